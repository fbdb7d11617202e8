import * as tf from '@tensorflow/tfjs'
import { checkOptions } from '../core/checks.ts'
import { isEnd } from '../core/cursor.ts'
import { release } from '../core/lease.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetIterator } from '../dataset/datasetIterator.ts'
import { checkDataset } from './checkDataset.ts'
import { fieldsOf, supervise, type Supervised, type SupervisionOptions } from './supervision.ts'

/** What `model.fitDataset` and `model.evaluateDataset` take of a batch. */
export type TfBatch = {
  xs: tf.Tensor | tf.Tensor[]
  ys: tf.Tensor
}

type TfIterator = Awaited<ReturnType<tf.data.Dataset<TfBatch>['iterator']>>

/** Makes the iterators of a dataset, and the tensors of its batches. */
interface Batches {
  readonly size: number | undefined
  iterator(): DatasetIterator<unknown>
  supervise(batch: unknown): Supervised
}

/** A millrace dataset as a `tf.data.Dataset` of tfjs; see `toTfDataset`. */
export class TfDataset extends tf.data.Dataset<TfBatch> {
  override readonly size: number
  readonly #batches: Batches
  #open: DatasetIterator<unknown> | undefined

  constructor(batches: Batches) {
    super()
    this.#batches = batches
    // tfjs takes null for unknown.
    this.size = batches.size ?? (null as unknown as number)
  }

  override async iterator(): Promise<TfIterator> {
    // tfjs never says that it is done with an iterator: the next one ends the last one.
    await this.#open?.return()
    const iterator = this.#batches.iterator()
    this.#open = iterator
    const next = async (): Promise<IteratorResult<TfBatch, undefined>> => {
      const batch = await iterator.pull()
      if (isEnd(batch)) return { done: true, value: undefined }
      const { xs, ys } = this.#batches.supervise(batch)
      // tfjs reads the values of a tensor at its first operation, and the batch's memory is used again.
      const value = tf.tidy(() => ({ xs: xs.length === 1 ? own(xs[0]) : xs.map(own), ys: own(ys) }))
      tf.dispose([...xs, ys])
      release(batch)
      return { done: false, value }
    }
    const batches = { next, [Symbol.asyncIterator]: () => batches }
    // The types of tfjs forget that it takes iterators that make one wait.
    return tf.data.generator<TfBatch>(() => batches).iterator()
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
export function toTfDataset<T>(dataset: Dataset<T>, options: SupervisionOptions<T> = {}): TfDataset {
  checkOptions('toTfDataset', options, ['inputs', 'targets'])
  checkDataset('toTfDataset', dataset)
  return new TfDataset({
    size: dataset.cardinality(),
    iterator: () => dataset.iterator(),
    supervise: (batch) => supervise(fieldsOf(batch as T, options)),
  })
}

/** A tensor over memory of its own. */
function own(x: tf.Tensor): tf.Tensor {
  return tf.tensor(x.dataSync().slice(), x.shape, x.dtype)
}
