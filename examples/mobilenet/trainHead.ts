import { adam, cosineDecay, type FitResult } from 'millrace/train'
import type * as tf from '@tensorflow/tfjs'
import { type OpenRun, trainRun } from '../training/trainingRun.ts'
import { headModel, momentsOf } from '../transfer/headModel.ts'
import { batches, readAll, shuffledBatches } from '../transfer/readAll.ts'
import type { RecordSet } from '../transfer/recordSet.ts'
import type { Flags } from './flags.ts'

/** A head, and how it was trained. */
export interface TrainedHead {
  /** What was trained: it takes the features that are kept. */
  readonly model: tf.LayersModel
  readonly head: tf.LayersModel
  readonly trained: FitResult
}

/** Trains a dense softmax on the means of a layer's channels. */
export async function trainHead(
  run: OpenRun,
  features: RecordSet,
  flags: Flags,
  signal: AbortSignal,
): Promise<TrainedHead> {
  const { batch, seed, dropout, learningRate } = flags
  const [train, validation] = [await readAll(features, 'train'), await readAll(features, 'validation')]
  const classes = features.classNames.length
  const moments = momentsOf(train.values)
  const head = headModel({ features: features.shape[0], classes, moments, dropout, seed })
  const stepsPerEpoch = Math.ceil(train.label.size / batch)
  compile(head, learningRate, flags.steps ?? flags.epochs * stepsPerEpoch)
  const trained = await trainRun(run, head, shuffledBatches(train, batch, seed), {
    ...{ inputs: 'values', targets: 'label', stepsPerEpoch, signal },
    validation: batches(validation, batch),
  })
  return { model: head, head, trained }
}

/** Adam, with half a cosine from `learningRate` to 0, for labels that are numbers of classes. */
export function compile(model: tf.LayersModel, learningRate: number, decaySteps: number): void {
  const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: learningRate, decaySteps }) })
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] })
}
