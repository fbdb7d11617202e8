import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs'
import { isEnd } from '../core/cursor.ts'
import { FailedPreconditionError } from '../core/errors.ts'
import { release } from '../core/lease.ts'
import type { Json } from '../core/state.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'
import type { TrainContext } from './callbacks/callback.ts'
import { CallbackList } from './callbacks/callbackList.ts'
import { checkBatch } from './checkBatch.ts'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { accuracyPlace, noBatch } from './evaluate.ts'
import { FitMeter, type PassSums } from './fitMeter.ts'
import type { FitOptions } from './fitOptions.ts'
import type { EpochReport, FitResult, HistoryPoint, Logs, StepReport, ValidationReport } from './fitReport.ts'
import { keepFrozenNormalization } from './frozenNormalization.ts'
import { NonFiniteLossError, nonFinitePlace } from './nonFiniteLossError.ts'
import { Passes } from './passes.ts'
import { progressBar, type Progress } from './progress.ts'
import { setStep } from './stepKeyed.ts'
import { fieldsOf, supervise } from './supervision.ts'
import { trainStep } from './trainStep.ts'
import { validate } from './validate.ts'

/** What the history in a checkpoint holds. */
interface SavedHistory {
  readonly training: readonly HistoryPoint[]
  readonly validation: readonly HistoryPoint[]
  readonly epochs: readonly EpochReport[]
  /** Of the pass at hand; null between two. */
  readonly pass: PassSums | null
  readonly callbacks: readonly Json[]
}

/** One call of `fit`: where it stands, and what it measured. */
export class FitRun<T> implements TrainContext {
  readonly model: tf.LayersModel
  readonly #passes: Passes<T>
  readonly #options: FitOptions<T>
  readonly #progress: Progress | undefined
  readonly #callbacks: CallbackList
  readonly #meter = new FitMeter()
  readonly #training: HistoryPoint[] = []
  readonly #validation: HistoryPoint[] = []
  readonly #epochs: EpochReport[] = []
  /** Files that callbacks want a checkpoint in. */
  readonly #requested = new Set<string>()
  #step = 0
  #epoch = 0
  /** Where the next batch is, if not at the start of a pass. */
  #position: IteratorState | undefined
  #stopped: string | undefined
  /** The latest validation of this process. */
  #validated: ValidationReport | undefined

  constructor(model: tf.LayersModel, dataset: Dataset<T>, options: FitOptions<T>) {
    this.model = model
    keepFrozenNormalization(model.layers)
    this.#options = options
    this.#passes = new Passes(dataset, options.profile ?? false)
    this.#callbacks = new CallbackList(options.callbacks ?? [])
    const { progress, steps, epochs = 1, stepsPerEpoch } = options
    const inPasses = stepsPerEpoch === undefined || epochs === Infinity ? undefined : epochs * stepsPerEpoch
    const total = steps === undefined ? inPasses : Math.min(steps, inPasses ?? Infinity)
    this.#progress = progress === true ? progressBar(total) : progress === false ? undefined : progress
  }

  get step(): number {
    return this.#step
  }

  get epoch(): number {
    return this.#epoch
  }

  get validates(): boolean {
    return this.#options.validation !== undefined
  }

  stop(reason: string): void {
    this.#stopped ??= reason
  }

  requestCheckpoint(path: string): void {
    this.#requested.add(path)
  }

  async resume(): Promise<void> {
    const { checkpoint } = this.#options
    if (checkpoint === undefined) {
      throw new FailedPreconditionError('fit: resume needs the option checkpoint, the file to go on from.')
    }
    const state = await loadCheckpoint(checkpoint, this.model)
    const { training, validation, epochs, pass, callbacks } = state.history as SavedHistory
    this.#callbacks.restore(callbacks, state.tensors ?? new Map(), checkpoint)
    this.#step = state.step
    this.#epoch = state.epoch
    this.#position = state.iterator
    this.#training.push(...training)
    this.#validation.push(...validation)
    this.#epochs.push(...epochs)
    if (pass !== null) this.#meter.beginPass(pass)
  }

  async train(): Promise<FitResult> {
    const { epochs = 1 } = this.#options
    await this.#callbacks.tell('onTrainBegin', this)
    while (this.#epoch < epochs && !this.#isOver()) {
      const { ended, bottleneck } = await this.#trainEpoch()
      await this.#afterEpoch(ended, bottleneck)
      await this.#save()
    }
    const result: FitResult = {
      step: this.#step,
      training: this.#training,
      validation: this.#validation,
      epochs: this.#epochs,
      interrupted: this.#isAborted() && this.#epoch < epochs && !this.#isDone(),
      ...(this.#stopped === undefined ? {} : { stopped: this.#stopped }),
      examplesPerSecond: this.#meter.examplesPerSecond,
      waitingShare: this.#meter.waitingShare,
      secondsTraining: this.#meter.secondsTraining,
      stepMs: this.#meter.stepMs,
    }
    await this.#callbacks.tell('onTrainEnd', result, this)
    return result
  }

  async close(): Promise<void> {
    this.#progress?.stop()
    try {
      await this.#passes.close()
    } finally {
      await this.#callbacks.close()
    }
  }

  /** Runs to the end of a pass, of the run, or to an abort. */
  async #trainEpoch(): Promise<{ ended: boolean; bottleneck: string | undefined }> {
    const { profile = false, signal } = this.#options
    const state = this.#position
    if (state === undefined) {
      this.#meter.beginPass()
      await this.#callbacks.tell('onEpochBegin', this.#epoch, this)
    }
    const pass = this.#passes.open(this.#epoch, state)
    const bottleneck = (): string | undefined => (profile ? pass.bottleneck : undefined)
    try {
      while (!this.#isOver()) {
        const began = performance.now()
        const pulled = pass.pull(signal)
        const batch = pulled instanceof Promise ? await pulled : pulled
        if (this.#goesOn() && pass.exhausted) this.#passes.begin(this.#epoch + 1)
        if (isEnd(batch)) {
          if (this.#meter.pass.steps === 0 && !this.#isAborted()) throw noBatch('fit')
          return { ended: !this.#isAborted(), bottleneck: bottleneck() }
        }
        await this.#trainBatch(batch, began, performance.now() - began)
        this.#position = pass.save()
        await this.#afterStep()
      }
      return { ended: false, bottleneck: bottleneck() }
    } finally {
      await pass.close()
    }
  }

  /** Whether another pass is to follow the one at hand, if nothing stops the run. */
  #goesOn(): boolean {
    const { epochs = 1, steps = Infinity } = this.#options
    return this.#epoch + 1 < epochs && this.#step + 1 < steps && !this.#isOver()
  }

  async #trainBatch(batch: T, began: number, waitedMs: number): Promise<void> {
    const fields = fieldsOf(batch, this.#options)
    checkBatch(this.model, fields)
    const tensors = supervise(fields)
    setStep(this.model, this.#step)
    const careful = fields.inputs.some((input) => nonFinitePlace(input) !== -1)
    const { measures, finite } = runFreeing(tensors, () => trainStep(this.model, tensors, careful))
    const [loss] = measures
    if (!finite) throw this.#nonFinite(loss, batch, fields.examples)
    release(batch)
    // A backend that computes in this thread resolves at once: without a turn of the loop no signal would be heard.
    await setImmediate()
    this.#step++
    const place = accuracyPlace(this.model)
    const accuracy = place === -1 ? undefined : measures[place]
    const tookMs = performance.now() - began
    this.#meter.add({ step: this.#step, examples: fields.examples, loss, accuracy, tookMs, waitedMs })
    await this.#report(loss, accuracy)
  }

  #nonFinite(loss: number, batch: T, examples: number): NonFiniteLossError {
    const first = this.#meter.pass.examples
    const elements = [first, first + examples] as const
    return new NonFiniteLossError(
      { loss, step: this.#step + 1, epoch: this.#epoch, elements, state: this.#position },
      batch,
    )
  }

  async #report(loss: number, accuracy: number | undefined): Promise<void> {
    const point = { step: this.#step, loss, ...(accuracy === undefined ? {} : { accuracy }) }
    this.#training.push(point)
    const { examplesPerSecond, waitingShare } = this.#meter
    const report: StepReport = { ...point, epoch: this.#epoch, accuracy, examplesPerSecond, waitingShare }
    this.#progress?.step(report)
    this.#options.onStep?.(report)
    await this.#callbacks.tell('onBatchEnd', report, this)
  }

  async #afterStep(): Promise<void> {
    const { checkpointEvery, validateEvery } = this.#options
    if (validateEvery !== undefined && this.#step % validateEvery === 0) await this.#validate()
    await this.#saveRequested()
    if (checkpointEvery !== undefined && this.#step % checkpointEvery === 0) await this.#save()
  }

  async #afterEpoch(ended: boolean, bottleneck: string | undefined): Promise<void> {
    const { validationFreq = 1 } = this.#options
    const epoch = this.#epoch
    if (ended) {
      this.#epoch++
      this.#position = undefined
    }
    const due = (ended && this.#epoch % validationFreq === 0) || (this.#isOver() && !this.#isAborted())
    const validation = due ? await this.#validate() : {}
    if (!ended) return
    const report = this.#meter.report(epoch, this.#step, validation, bottleneck)
    this.#meter.beginPass()
    this.#epochs.push(report)
    this.#progress?.epoch?.(report)
    await this.#callbacks.tell('onEpochEnd', report, this)
  }

  /** What a validation measures here; one that was made at this step already is not made again. */
  async #validate(): Promise<Logs> {
    const { validation } = this.#options
    if (validation === undefined) return {}
    if (this.#validated?.step === this.#step) return this.#validated.logs
    const report = await validate(this.model, validation, this.#options, this.#step, this.#epoch)
    this.#validated = report
    const { step, loss, accuracy } = report
    this.#validation.push({ step, loss, ...(accuracy === undefined ? {} : { accuracy }) })
    await this.#callbacks.tell('onValidationEnd', report, this)
    return report.logs
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#options
    if (checkpoint !== undefined) this.#requested.add(checkpoint)
    await this.#saveRequested()
  }

  async #saveRequested(): Promise<void> {
    const files = [...this.#requested]
    this.#requested.clear()
    for (const file of files) {
      const { values, tensors } = this.#callbacks.save()
      await saveCheckpoint(file, this.model, {
        step: this.#step,
        epoch: this.#epoch,
        ...(this.#position === undefined ? {} : { iterator: this.#position }),
        history: {
          training: this.#training,
          validation: this.#validation,
          epochs: this.#epochs,
          pass: this.#position === undefined ? null : this.#meter.pass,
          callbacks: values,
        } satisfies SavedHistory,
        tensors,
      })
    }
  }

  /** Whether nothing is left to do, or to be done now. */
  #isOver(): boolean {
    return this.#isDone() || this.#isAborted()
  }

  #isDone(): boolean {
    return this.#step >= (this.#options.steps ?? Infinity) || this.#stopped !== undefined
  }

  #isAborted(): boolean {
    return this.#options.signal?.aborted === true
  }
}

/** Frees the tensors of a batch however the action ends. */
function runFreeing<R>({ xs, ys }: ReturnType<typeof supervise>, action: () => R): R {
  try {
    return action()
  } finally {
    tf.dispose([...xs, ys])
  }
}
