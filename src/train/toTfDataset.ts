import * as tf from '@tensorflow/tfjs'
import { END } from '../core/cursor.ts'
import { release } from '../core/lease.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetIterator } from '../dataset/datasetIterator.ts'
import { fieldsOf, supervise, type SupervisionOptions } from './supervision.ts'

/** What `model.fitDataset` and `model.evaluateDataset` take of a batch. */
export interface TfBatch {
  readonly xs: tf.Tensor | tf.Tensor[]
  readonly ys: tf.Tensor
}

type TfIterator = Awaited<ReturnType<tf.data.Dataset<tf.TensorContainer>['iterator']>>

/** A millrace dataset in the clothes of a `tf.data.Dataset` of tfjs. */
class TfDataset<T> extends tf.data.Dataset<tf.TensorContainer> {
  override readonly size: number
  readonly #dataset: Dataset<T>
  readonly #options: SupervisionOptions<T>
  #open: DatasetIterator<T> | undefined

  constructor(dataset: Dataset<T>, options: SupervisionOptions<T>) {
    super()
    this.#dataset = dataset
    this.#options = options
    // tfjs takes null for unknown.
    this.size = dataset.cardinality() ?? (null as unknown as number)
  }

  override async iterator(): Promise<TfIterator> {
    // tfjs never says that it is done with an iterator: the next one ends the last one.
    await this.#open?.return()
    const iterator = this.#dataset.iterator()
    this.#open = iterator
    const next = async (): Promise<IteratorResult<TfBatch>> => {
      const batch = await iterator.pull()
      if (batch === END) return { done: true, value: undefined }
      const { xs, ys } = supervise(fieldsOf(batch, this.#options))
      // tfjs reads the values of a tensor at its first operation, and the batch's memory is used again.
      const value = tf.tidy(() => ({ xs: xs.length === 1 ? own(xs[0]) : xs.map(own), ys: own(ys) }))
      tf.dispose([...xs, ys])
      release(batch)
      return { done: false, value }
    }
    return tf.data.generator(() => ({ next }) as unknown as Iterator<tf.TensorContainer>).iterator()
  }
}

/**
 * A millrace dataset as tfjs's own `tf.data.Dataset`, for `model.fitDataset` and `model.evaluateDataset`: each batch is
 * `{ xs, ys }`, whose tensors tfjs frees. Each pass of `fitDataset` begins the next pass of the dataset, so that a
 * shuffle reshuffles. `fit` does more: exact resume, checkpoints, a stall report.
 *
 * @param options which fields the model reads and predicts
 * @example
 * await model.fitDataset(toTfDataset(batches, { inputs: 'image', targets: 'label' }), { epochs: 2 })
 */
export function toTfDataset<T>(
  dataset: Dataset<T>,
  options: SupervisionOptions<T> = {},
): tf.data.Dataset<tf.TensorContainer> {
  return new TfDataset(dataset, options)
}

/** A tensor over memory of its own. */
function own(x: tf.Tensor): tf.Tensor {
  return tf.tensor(x.dataSync().slice(), x.shape, x.dtype)
}
