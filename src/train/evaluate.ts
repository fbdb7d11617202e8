import * as tf from '@tensorflow/tfjs'
import { END } from '../core/cursor.ts'
import { release } from '../core/lease.ts'
import type { Dataset } from '../dataset/dataset.ts'
import { supervise, type SupervisionOptions } from './supervision.ts'

/** Means over the examples of an evaluation. */
export interface Evaluation {
  readonly loss: number
  /** From 0 to 1; undefined where the model was compiled without the metric `accuracy`. */
  readonly accuracy: number | undefined
  readonly examples: number
}

/**
 * The loss and accuracy of a compiled model over all batches of a dataset.
 *
 * @example
 * const { accuracy } = await evaluate(model, test.batch(100), { inputs: 'image', targets: 'label' })
 */
export async function evaluate<T>(
  model: tf.LayersModel,
  dataset: Dataset<T>,
  options: SupervisionOptions<T> = {},
): Promise<Evaluation> {
  let loss = 0
  let accuracy = 0
  let examples = 0
  const withAccuracy = accuracyPlace(model) !== -1
  const iterator = dataset.iterator({ epoch: 0 })
  try {
    for (let batch = await iterator.pull(); batch !== END; batch = await iterator.pull()) {
      const { xs, ys, examples: count } = supervise(batch, options)
      const measured = [model.evaluate(xs, ys, { batchSize: count })].flat()
      const values = await Promise.all(measured.map(async (scalar) => (await scalar.data())[0]))
      tf.dispose([xs, ys, measured])
      release(batch)
      loss += values[0] * count
      accuracy += (values[accuracyPlace(model)] ?? 0) * count
      examples += count
    }
  } finally {
    await iterator.return()
  }
  return { loss: loss / examples, accuracy: withAccuracy ? accuracy / examples : undefined, examples }
}

/** Where the accuracy stands among the measures of a step; -1 where it is not measured. */
export function accuracyPlace(model: tf.LayersModel): number {
  return model.metricsNames.findIndex((name) => name === 'acc' || name === 'accuracy')
}
