import { join } from 'node:path'
import type * as tf from '@tensorflow/tfjs'
import { Dataset, workerFn } from 'millrace'
import { adam, cosineDecay, evaluate, type FitResult, type Metric, rootMeanSquaredError } from 'millrace/train'
import { linePlot } from '../pictures/linePlot.ts'
import { closeRun, openRun, type OpenRun, type RunSummary, summaryOf, trainRun } from '../training/trainingRun.ts'
import type { Flags } from './flags.ts'
import { sineModel } from './model.ts'
import { gap, type testBatches, type trainingBatches, trainingWindows, windowSize } from './pipeline.ts'

/** What a run came to; also written as summary.json. */
export interface Summary extends RunSummary {
  readonly layers: number
  readonly units: number
  readonly bidirectional: boolean
  readonly dropout: number
  /** Root of the mean squared error over the 1,000 test windows; left out where the run was interrupted. */
  readonly testRmse?: number
}

interface Tested {
  readonly rmse: number
  /** Of each test window, in the order of time. */
  readonly labels: readonly number[]
  readonly predictions: readonly number[]
}

/**
 * Trains, tests, and writes the model, a checkpoint, a summary and two pictures.
 *
 * @param signal ends the run after the step at hand, with a checkpoint to go on from
 */
export async function runSine(flags: Flags, signal: AbortSignal): Promise<Summary> {
  const { layers, units, bidirectional, dropout } = flags
  const run = await openRun('sine', flags)
  const steps = flags.steps ?? Math.ceil((flags.epochs * trainingWindows) / flags.batch)
  const model = sineModel(flags)
  // Half a cosine from 0.005 to 0: the last steps settle to the third digit.
  const learningRate = cosineDecay({ initialLearningRate: 0.005, decaySteps: steps })
  model.compile({ optimizer: adam({ learningRate }), loss: 'meanSquaredError' })
  const pipeline = workerFn<typeof trainingBatches>(new URL('./pipeline.js', import.meta.url), 'trainingBatches')
  // Batches are small and steps are short: many ahead bridge the moments in which the worker's thread does not run.
  const ahead = { workers: flags.workers, bufferSize: 32 }
  const batches = Dataset.fromWorkers(pipeline, { args: [flags.batch, flags.seed], ...ahead })
  // The stream is endless: it is one pass, and the steps end it.
  const trained = await trainRun(run, model, batches, { epochs: 1, steps, signal })
  const tested = trained.interrupted ? undefined : await test(model, flags)
  const summary: Summary = {
    ...summaryOf(run, `lstm-${layers}x${units}`, model, trained),
    ...{ layers, units, bidirectional, dropout },
    ...(tested && { testRmse: tested.rmse }),
  }
  const pictures = await draw(run, trained, tested)
  await closeRun(run, model, summary, { result: `test RMSE ${tested?.rmse.toFixed(5) ?? ''}`, pictures })
  return summary
}

async function test(model: tf.LayersModel, { workers }: Flags): Promise<Tested> {
  const pipeline = workerFn<typeof testBatches>(new URL('./pipeline.js', import.meta.url), 'testBatches')
  const batches = Dataset.fromWorkers(pipeline, { args: [250], workers })
  const { metrics } = await evaluate(model, batches, { metrics: { rmse: rootMeanSquaredError(), pairs: pairs() } })
  return { rmse: metrics.rmse, ...metrics.pairs }
}

/** Keeps every label and prediction, to draw them. */
function pairs(): Metric<Pick<Tested, 'labels' | 'predictions'>> {
  const labels: number[] = []
  const predictions: number[] = []
  return {
    reset() {
      labels.length = 0
      predictions.length = 0
    },
    update({ output, targets }) {
      predictions.push(...output)
      labels.push(...Array.from(targets.data as Float32Array))
    },
    result: () => ({ labels, predictions }),
  }
}

async function draw({ folder }: OpenRun, trained: FitResult, tested: Tested | undefined): Promise<string[]> {
  await linePlot(join(folder, 'loss.png'), {
    title: 'LSTM on a sine: mean squared error of the training batches',
    xLabel: 'training step',
    yLabel: 'mean squared error',
    logarithmic: true,
    lines: [{ name: 'training', points: trained.training.map(({ step, loss }) => ({ x: step, y: loss })) }],
  })
  if (tested === undefined) return ['loss.png']
  const first = trainingWindows + 2 * windowSize
  const line = (name: string, values: readonly number[]) => ({
    name,
    points: values.map((y, i) => ({ x: (first + i) * gap, y })),
  })
  await linePlot(join(folder, 'predictions.png'), {
    title: 'LSTM on a sine: the next sample, told from the ten before it',
    subtitle: `1,000 test windows, RMSE ${tested.rmse.toFixed(5)}`,
    xLabel: 'time (radians)',
    yLabel: 'sine',
    lines: [line('label', tested.labels), line('prediction', tested.predictions)],
  })
  return ['loss.png', 'predictions.png']
}
