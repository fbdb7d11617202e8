import * as tf from '@tensorflow/tfjs'
import { isEnd } from '../core/cursor.ts'
import { release } from '../core/lease.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetIterator } from '../dataset/datasetIterator.ts'
import type { IteratorOptions } from '../dataset/iteratorOptions.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'
import { checkDataset } from './checkDataset.ts'
import { toTensors, type TensorsOf } from './toTensors.ts'

/** The batches of a dataset as tensors, for a loop of one's own. */
export class TensorBatches<T> implements AsyncIterableIterator<TensorsOf<T>, undefined> {
  readonly #iterator: DatasetIterator<T>
  #batch: T | undefined
  #tensors: TensorsOf<T> | undefined

  constructor(iterator: DatasetIterator<T>) {
    this.#iterator = iterator
  }

  async next(): Promise<IteratorResult<TensorsOf<T>, undefined>> {
    this.#letGo()
    const batch = await this.#iterator.pull()
    if (isEnd(batch)) return { done: true, value: undefined }
    this.#batch = batch
    this.#tensors = toTensors(batch)
    return { done: false, value: this.#tensors }
  }

  /** Where the loop stands: after the batch at hand. */
  save(): IteratorState {
    return this.#iterator.save()
  }

  /** Frees the tensors at hand and ends the iteration; `break` and a throw in the loop call it. */
  async return(): Promise<IteratorResult<TensorsOf<T>, undefined>> {
    this.#letGo()
    await this.#iterator.return()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #letGo(): void {
    if (this.#tensors !== undefined) tf.dispose(this.#tensors)
    // The cpu backend computes in the batch's own memory, which a clone of the tensor shares.
    if (this.#batch !== undefined && tf.getBackend() !== 'cpu') release(this.#batch)
    this.#tensors = undefined
    this.#batch = undefined
  }
}

/**
 * The batches of a dataset as tensors, for a bare `for await` loop. The tensors of a batch are freed when the next one
 * is asked for, and however the loop ends: at its end, by `break`, a throw or an abort. To keep one longer, `clone()` it.
 * Tensors that the loop itself makes are its own affair: `tf.tidy` and `optimizer.minimize` see to most of them.
 *
 * @param options as of `dataset.iterator`: `state` to go on from, `signal`, `epoch`
 * @returns an iterator, each batch the structure of the dataset's with a tensor for each NdArray; `save()` gives its place
 * @throws InvalidArgumentError where a part of a batch is no NdArray, or of a dtype that tfjs lacks
 * @example
 * for await (const { image, label } of tensorBatches(batches)) {
 *   optimizer.minimize(() => tf.losses.softmaxCrossEntropy(tf.oneHot(label.toInt(), 10), model.apply(image) as tf.Tensor))
 * }
 */
export function tensorBatches<T>(dataset: Dataset<T>, options: IteratorOptions = {}): TensorBatches<T> {
  checkDataset('tensorBatches', dataset)
  return new TensorBatches(dataset.iterator(options))
}
