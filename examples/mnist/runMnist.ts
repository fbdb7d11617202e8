import { join } from 'node:path'
import type * as tf from '@tensorflow/tfjs'
import { Dataset, workerFn } from 'millrace'
import { adam, cosineDecay, type FitResult } from 'millrace/train'
import { digitSheet } from '../pictures/digitSheet.ts'
import { lossCurves } from '../pictures/lossCurves.ts'
import { closeRun, openRun, type OpenRun, type RunSummary, summaryOf, trainRun } from '../training/trainingRun.ts'
import type { Flags } from './flags.ts'
import { models } from './models.ts'
import { prepareMnist, type MnistFiles } from './prepare.ts'
import type { testBatches, trainingBatches } from './pipeline.ts'
import { testModel, type TestResult } from './testModel.ts'

/** What a run came to; also written as summary.json. */
export interface Summary extends RunSummary {
  /** Share of the 10,000 test digits that were read rightly; left out where the run was interrupted. */
  readonly testAccuracy?: number
  readonly testErrors?: number
  /** Mean cross-entropy in nats. */
  readonly testLoss?: number
}

/** Passes over the digits have so many of them. */
const trainingDigits = 60_000

/**
 * Prepares the data, trains, tests, and writes the model, a checkpoint, a summary and two pictures.
 *
 * @param signal ends the run after the step at hand, with a checkpoint to go on from
 */
export async function runMnist(flags: Flags, signal: AbortSignal): Promise<Summary> {
  const run = await openRun(`mnist-${flags.model}`, flags)
  const files = await prepareMnist(flags.data, signal)
  const model = compiled(flags)
  const trained = await train(run, model, flags, files, signal)
  const tested = trained.interrupted ? undefined : await test(model, flags, files)
  const summary: Summary = {
    ...summaryOf(run, flags.model, model, trained),
    ...(tested && { testAccuracy: tested.accuracy, testErrors: tested.errors, testLoss: tested.loss }),
  }
  const pictures = await draw(trained, tested, summary)
  const { accuracy = 0, errors = 0 } = tested ?? {}
  const result = `test accuracy ${(accuracy * 100).toFixed(2)}% (${errors.toLocaleString('en')} of 10,000 misread)`
  await closeRun(run, model, summary, { result, pictures })
  return summary
}

function compiled(flags: Flags): tf.LayersModel {
  const model = models[flags.model](flags.seed)
  // Half a cosine from 0.002 to 0: large steps first, and none that shakes the weights at the end.
  const learningRate = cosineDecay({ initialLearningRate: 0.002, decaySteps: totalSteps(flags) })
  const optimizer = adam({ learningRate })
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] })
  return model
}

function totalSteps({ steps, epochs, batch }: Flags): number {
  return steps ?? Math.max(1, epochs * Math.floor(trainingDigits / batch))
}

async function train(
  run: OpenRun,
  model: tf.LayersModel,
  { batch, seed, workers }: Flags,
  files: MnistFiles,
  signal: AbortSignal,
): Promise<FitResult> {
  const pipeline = workerFn<typeof trainingBatches>(new URL('./pipeline.js', import.meta.url), 'trainingBatches')
  const batches = Dataset.fromWorkers(pipeline, { args: [files.train, batch, seed], workers })
  const stepsPerEpoch = Math.floor(trainingDigits / batch)
  return trainRun(run, model, batches, { inputs: 'image', targets: 'label', stepsPerEpoch, signal })
}

async function test(model: tf.LayersModel, { batch, workers }: Flags, files: MnistFiles): Promise<TestResult> {
  const pipeline = workerFn<typeof testBatches>(new URL('./pipeline.js', import.meta.url), 'testBatches')
  return testModel(model, Dataset.fromWorkers(pipeline, { args: [files.test, batch], workers }))
}

/** Draws the curves and the misread digits; returns the names of the files. */
async function draw(trained: FitResult, tested: TestResult | undefined, summary: Summary): Promise<string[]> {
  const { folder } = summary
  const title = `MNIST, ${summary.model} on ${summary.backend}`
  const finalPoint = tested && { step: trained.step, loss: tested.loss, accuracy: tested.accuracy }
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
  if (tested === undefined) return ['curves.png']
  await digitSheet(join(folder, 'misread.png'), { title: `${title}: misread test digits`, digits: tested.misread })
  return ['curves.png', 'misread.png']
}
