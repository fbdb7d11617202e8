import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type * as tf from '@tensorflow/tfjs'
import { type Dataset, FailedPreconditionError, fileError, writeAtomically } from 'millrace'
import { fit, type FitOptions, type FitResult, saveModel, setBackend, tensorBoard } from 'millrace/train'
import type { CommonFlags } from './flags.ts'
import { say } from './say.ts'

/** What every run tells of itself; also in summary.json. */
export interface RunSummary {
  readonly model: string
  readonly backend: string
  readonly seed: number
  readonly batch: number
  readonly steps: number
  readonly parameters: number
  readonly interrupted: boolean
  readonly examplesPerSecond: number
  /** Median of a training step, without waiting for data. */
  readonly stepMs: number
  /** Share of the training time that was spent waiting for data. */
  readonly waitingShare: number
  readonly secondsTraining: number
  readonly seconds: number
  /** The folder with everything the run wrote. */
  readonly folder: string
}

/** A run that has begun: its folder is there, and its backend is chosen. */
export interface OpenRun {
  readonly name: string
  readonly flags: CommonFlags
  readonly folder: string
  readonly backend: string
  /** When it began, on the clock of `performance`. */
  readonly began: number
}

/**
 * Makes the folder of a run and chooses the backend.
 *
 * @param name of the run, and of its folder in `--runs`
 */
export async function openRun(name: string, flags: CommonFlags): Promise<OpenRun> {
  const began = performance.now()
  const folder = join(flags.runs, name)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder, 'cannot create the folder')
  })
  const { name: backend } = await setBackend(flags.backend)
  say(`${name} on backend ${backend}, ${flags.batch} examples a step, seed ${flags.seed}`)
  return { name, flags, folder, backend, began }
}

/** Trains with checkpoints in the run's folder, `--resume`, a progress bar, and event files for TensorBoard. */
export async function trainRun<T>(
  { folder, flags }: OpenRun,
  model: tf.LayersModel,
  dataset: Dataset<T>,
  options: FitOptions<T>,
): Promise<FitResult> {
  const checkpoint = join(folder, 'checkpoint.safetensors')
  if (flags.resume && !existsSync(checkpoint)) {
    throw new FailedPreconditionError(`--resume: there is no checkpoint at ${checkpoint}.`, {
      hint: 'Run without --resume first, or give the --runs folder and the model of the run to go on with.',
    })
  }
  return fit(model, dataset, {
    epochs: flags.epochs,
    ...(flags.steps === undefined ? {} : { steps: flags.steps }),
    checkpoint,
    resume: flags.resume,
    progress: true,
    ...options,
    callbacks: [tensorBoard(join(folder, 'logs')), ...(options.callbacks ?? [])],
  })
}

/** What the run came to so far. */
export function summaryOf(run: OpenRun, modelName: string, model: tf.LayersModel, trained: FitResult): RunSummary {
  const { flags, folder, backend, began } = run
  return {
    model: modelName,
    backend,
    seed: flags.seed,
    batch: flags.batch,
    steps: trained.step,
    parameters: model.countParams(),
    interrupted: trained.interrupted,
    examplesPerSecond: trained.examplesPerSecond,
    stepMs: trained.stepMs,
    waitingShare: trained.waitingShare,
    secondsTraining: trained.secondsTraining,
    seconds: (performance.now() - began) / 1000,
    folder,
  }
}

/** Saves the model, and then the summary, and tells of both. */
export async function closeRun(
  { folder }: OpenRun,
  model: tf.LayersModel,
  summary: RunSummary,
  { result, pictures }: { readonly result: string; readonly pictures: readonly string[] },
): Promise<void> {
  await saveModel(model, join(folder, 'model'))
  await writeAtomically(join(folder, 'summary.json'), Buffer.from(`${JSON.stringify(summary, null, 2)}\n`))
  const { steps, stepMs, waitingShare, seconds, interrupted } = summary
  const waiting = `${(waitingShare * 100).toFixed(2)}% of the time waiting for data`
  const speed = `${steps} steps of ${stepMs.toFixed(stepMs < 10 ? 1 : 0)} ms, ${waiting}`
  say(
    interrupted ? `interrupted: ${speed}; go on with --resume` : `${result}: ${speed}, ${seconds.toFixed(0)} s in all`,
  )
  say(`see ${folder}: ${['summary.json', ...pictures, 'model', 'logs', 'checkpoint.safetensors'].join(', ')}`)
}
