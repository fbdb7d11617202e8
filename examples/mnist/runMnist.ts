import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type * as tf from '@tensorflow/tfjs'
import { Dataset, FailedPreconditionError, fileError, workerFn, writeAtomically } from 'millrace'
import { adam, fit, saveModel, setBackend, type FitResult } from 'millrace/train'
import { digitSheet } from '../pictures/digitSheet.ts'
import { lossCurves } from '../pictures/lossCurves.ts'
import type { Flags } from './flags.ts'
import { models } from './models.ts'
import { prepareMnist, type MnistFiles } from './prepare.ts'
import type { testBatches, trainingBatches } from './pipeline.ts'
import { testModel, type TestResult } from './testModel.ts'

/** What a run came to; also written as summary.json. */
export interface Summary {
  readonly model: string
  readonly backend: string
  readonly seed: number
  readonly batch: number
  readonly steps: number
  readonly interrupted: boolean
  /** Share of the 10,000 test digits that were read rightly; left out where the run was interrupted. */
  readonly testAccuracy?: number
  readonly testErrors?: number
  /** Mean cross-entropy in nats. */
  readonly testLoss?: number
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

/** Passes over the digits have so many of them. */
const trainingDigits = 60_000

/**
 * Prepares the data, trains, tests, and writes the model, a checkpoint, a summary and two pictures.
 *
 * @param signal ends the run after the step at hand, with a checkpoint to go on from
 */
export async function runMnist(flags: Flags, signal: AbortSignal): Promise<Summary> {
  const began = performance.now()
  const folder = join(flags.runs, `mnist-${flags.model}`)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder, 'cannot create the folder')
  })
  const { name: backend } = await setBackend(flags.backend)
  say(`${flags.model} on backend ${backend}, ${flags.batch} digits a step, seed ${flags.seed}`)
  const files = await prepareMnist(flags.data, signal)
  const model = compiled(flags)
  const trained = await train(model, flags, files, join(folder, 'checkpoint.safetensors'), signal)
  const tested = trained.interrupted ? undefined : await test(model, flags, files)
  const summary: Summary = {
    model: flags.model,
    backend,
    seed: flags.seed,
    batch: flags.batch,
    steps: trained.step,
    interrupted: trained.interrupted,
    ...(tested && { testAccuracy: tested.accuracy, testErrors: tested.errors, testLoss: tested.loss }),
    examplesPerSecond: trained.examplesPerSecond,
    stepMs: trained.stepMs,
    waitingShare: trained.waitingShare,
    secondsTraining: trained.secondsTraining,
    seconds: (performance.now() - began) / 1000,
    folder,
  }
  await writeResults(model, trained, tested, summary)
  tell(summary)
  return summary
}

function compiled(flags: Flags): tf.LayersModel {
  const model = models[flags.model](flags.seed)
  const steps = totalSteps(flags)
  // Half a cosine from 0.002 to 0: large steps first, and none that shakes the weights at the end.
  const learningRate = (step: number) => 0.001 * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))
  const optimizer = adam({ learningRate })
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] })
  return model
}

function totalSteps({ steps, epochs, batch }: Flags): number {
  return steps ?? epochs * Math.floor(trainingDigits / batch)
}

async function train(
  model: tf.LayersModel,
  flags: Flags,
  files: MnistFiles,
  checkpoint: string,
  signal: AbortSignal,
): Promise<FitResult> {
  if (flags.resume && !existsSync(checkpoint)) {
    throw new FailedPreconditionError(`--resume: there is no checkpoint at ${checkpoint}.`, {
      hint: 'Run without --resume first, or give the --runs folder and the --model of the run to go on with.',
    })
  }
  const { batch, seed, workers, epochs, steps, resume } = flags
  const pipeline = workerFn<typeof trainingBatches>(new URL('./pipeline.js', import.meta.url), 'trainingBatches')
  return fit(model, Dataset.fromWorkers(pipeline, { args: [files.train, batch, seed], workers }), {
    inputs: 'image',
    targets: 'label',
    epochs,
    stepsPerEpoch: Math.floor(trainingDigits / batch),
    ...(steps === undefined ? {} : { steps }),
    checkpoint,
    resume,
    progress: true,
    signal,
  })
}

async function test(model: tf.LayersModel, { batch, workers }: Flags, files: MnistFiles): Promise<TestResult> {
  const pipeline = workerFn<typeof testBatches>(new URL('./pipeline.js', import.meta.url), 'testBatches')
  return testModel(model, Dataset.fromWorkers(pipeline, { args: [files.test, batch], workers }))
}

async function writeResults(
  model: tf.LayersModel,
  trained: FitResult,
  tested: TestResult | undefined,
  summary: Summary,
): Promise<void> {
  const { folder } = summary
  const title = `MNIST, ${summary.model} on ${summary.backend}`
  const finalPoint = tested && { step: trained.step, loss: tested.loss, accuracy: tested.accuracy }
  await saveModel(model, join(folder, 'model'))
  await lossCurves(join(folder, 'curves.png'), {
    title,
    subtitle: `${summary.batch} digits a step, ${summary.examplesPerSecond.toFixed(0)} digits a second`,
    lossLabel: 'cross-entropy and L2',
    series: [
      { name: 'training', kind: 'training', measures: trained.training },
      {
        name: 'test (cross-entropy alone)',
        kind: 'validation',
        measures: finalPoint === undefined ? [] : [finalPoint],
      },
    ],
  })
  if (tested !== undefined) {
    await digitSheet(join(folder, 'misread.png'), { title: `${title}: misread test digits`, digits: tested.misread })
  }
  await writeAtomically(join(folder, 'summary.json'), Buffer.from(`${JSON.stringify(summary, null, 2)}\n`))
}

function tell(summary: Summary): void {
  const { testAccuracy, testErrors = 0, steps, stepMs, waitingShare, seconds, folder } = summary
  const speed = `${steps} steps of ${stepMs.toFixed(0)} ms, ${(waitingShare * 100).toFixed(2)}% of the time waiting for data`
  say(
    testAccuracy === undefined
      ? `interrupted: ${speed}; go on with --resume`
      : `test accuracy ${(testAccuracy * 100).toFixed(2)}% (${testErrors} of 10,000 misread): ${speed}, ${seconds.toFixed(0)} s in all`,
  )
  say(
    `see ${folder}: summary.json, curves.png, ${testAccuracy === undefined ? '' : 'misread.png, '}model, checkpoint.safetensors`,
  )
}

/** The summary alone goes to standard output, so that a program can read it. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
