import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs'
import { END } from '../core/cursor.ts'
import { FailedPreconditionError } from '../core/errors.ts'
import { release } from '../core/lease.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetIterator } from '../dataset/datasetIterator.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { accuracyPlace, evaluate, type Evaluation } from './evaluate.ts'
import type { FitOptions } from './fitOptions.ts'
import type { FitResult, HistoryPoint, StepReport } from './fitReport.ts'
import { progressBar, type Progress } from './progress.ts'
import { setStep } from './stepKeyed.ts'
import { supervise } from './supervision.ts'

/** What the history in a checkpoint holds. */
interface SavedHistory {
  readonly training: readonly HistoryPoint[]
  readonly validation: readonly HistoryPoint[]
}

/** One call of `fit`: where it stands, and what it measured. */
export class FitRun<T> {
  readonly #model: tf.LayersModel
  readonly #dataset: Dataset<T>
  readonly #options: FitOptions<T>
  readonly #progress: Progress | undefined
  readonly #training: HistoryPoint[] = []
  readonly #validation: HistoryPoint[] = []
  readonly #stepMs: number[] = []
  #step = 0
  #epoch = 0
  /** Where the next batch is, if not at the start of a pass. */
  #position: IteratorState | undefined
  #examples = 0
  #waitedMs = 0
  #trainedMs = 0

  constructor(model: tf.LayersModel, dataset: Dataset<T>, options: FitOptions<T>) {
    this.#model = model
    this.#dataset = dataset
    this.#options = options
    const { progress, steps, epochs = 1, stepsPerEpoch } = options
    const inPasses = stepsPerEpoch === undefined || epochs === Infinity ? undefined : epochs * stepsPerEpoch
    const total = steps === undefined ? inPasses : Math.min(steps, inPasses ?? Infinity)
    this.#progress = progress === true ? progressBar(total) : progress === false ? undefined : progress
  }

  async resume(): Promise<void> {
    const { checkpoint } = this.#options
    if (checkpoint === undefined) {
      throw new FailedPreconditionError('fit: resume needs the option checkpoint, the file to go on from.')
    }
    const state = await loadCheckpoint(checkpoint, this.#model)
    const { training, validation } = state.history as SavedHistory
    this.#step = state.step
    this.#epoch = state.epoch
    this.#position = state.iterator
    this.#training.push(...training)
    this.#validation.push(...validation)
  }

  async train(): Promise<FitResult> {
    const { epochs = 1, validation } = this.#options
    while (this.#epoch < epochs && !this.#isOver() && !this.#isAborted()) {
      const ended = await this.#trainEpoch()
      if (ended) {
        this.#epoch++
        this.#position = undefined
      }
      if (validation !== undefined && (ended || this.#isOver())) {
        this.#validation.push(this.#point(await evaluate(this.#model, validation, this.#options)))
      }
      await this.#save()
    }
    return {
      step: this.#step,
      training: this.#training,
      validation: this.#validation,
      interrupted: this.#isAborted() && this.#epoch < epochs && !this.#isOver(),
      examplesPerSecond: this.#examplesPerSecond(),
      waitingShare: this.#waitingShare(),
      secondsTraining: this.#trainedMs / 1000,
      stepMs: median(this.#stepMs),
    }
  }

  stop(): void {
    this.#progress?.stop()
  }

  /** Runs to the end of a pass, of the run, or to an abort; returns whether the pass ended. */
  async #trainEpoch(): Promise<boolean> {
    const { checkpointEvery } = this.#options
    const state = this.#position
    const iterator = this.#dataset.iterator({ epoch: this.#epoch, ...(state === undefined ? {} : { state }) })
    try {
      while (!this.#isOver() && !this.#isAborted()) {
        const began = performance.now()
        const batch = await this.#pull(iterator)
        if (batch === END) return !this.#isAborted()
        const waited = performance.now() - began
        await this.#trainBatch(batch, began, waited)
        this.#position = iterator.save()
        if (checkpointEvery !== undefined && this.#step % checkpointEvery === 0) await this.#save()
      }
      return false
    } finally {
      await iterator.return()
    }
  }

  /** The next batch, or END; END too where the run is aborted while it is waited for. */
  #pull(iterator: DatasetIterator<T>): T | typeof END | Promise<T | typeof END> {
    const pulled = iterator.pull()
    const { signal } = this.#options
    if (!(pulled instanceof Promise) || signal === undefined) return pulled
    const onAbort = (): void => void iterator.return()
    signal.addEventListener('abort', onAbort, { once: true })
    return pulled.finally(() => signal.removeEventListener('abort', onAbort))
  }

  async #trainBatch(batch: T, began: number, waited: number): Promise<void> {
    const { xs, ys, examples } = supervise(batch, this.#options)
    setStep(this.#model, this.#step)
    const measured = [await this.#model.trainOnBatch(xs, ys)].flat()
    tf.dispose([xs, ys])
    release(batch)
    // A backend that computes in this thread resolves at once: without a turn of the loop no signal would be heard.
    await setImmediate()
    const took = performance.now() - began
    this.#step++
    this.#examples += examples
    this.#waitedMs += waited
    this.#trainedMs += took
    this.#stepMs.push(took - waited)
    const accuracy = measured.at(accuracyPlace(this.#model))
    this.#report(measured[0], accuracyPlace(this.#model) === -1 ? undefined : accuracy)
  }

  #report(loss: number, accuracy: number | undefined): void {
    this.#training.push(this.#point({ loss, accuracy }))
    const report: StepReport = {
      step: this.#step,
      epoch: this.#epoch,
      loss,
      accuracy,
      examplesPerSecond: this.#examplesPerSecond(),
      waitingShare: this.#waitingShare(),
    }
    this.#progress?.step(report)
    this.#options.onStep?.(report)
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#options
    if (checkpoint === undefined) return
    await saveCheckpoint(checkpoint, this.#model, {
      step: this.#step,
      epoch: this.#epoch,
      ...(this.#position === undefined ? {} : { iterator: this.#position }),
      history: { training: this.#training, validation: this.#validation } satisfies SavedHistory,
    })
  }

  #point({ loss, accuracy }: Pick<Evaluation, 'loss' | 'accuracy'>): HistoryPoint {
    return { step: this.#step, loss, ...(accuracy === undefined ? {} : { accuracy }) }
  }

  #isOver(): boolean {
    return this.#step >= (this.#options.steps ?? Infinity)
  }

  #isAborted(): boolean {
    return this.#options.signal?.aborted === true
  }

  #examplesPerSecond(): number {
    return this.#trainedMs === 0 ? 0 : (this.#examples * 1000) / this.#trainedMs
  }

  #waitingShare(): number {
    return this.#trainedMs === 0 ? 0 : this.#waitedMs / this.#trainedMs
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.at(Math.floor(sorted.length / 2)) ?? 0
}
