import type { NdArray } from '../../ndarray/ndarray.ts'

/** What a metric is shown: the outputs of a model for a batch, and what they should have been. */
export interface Predictions {
  /** Row-major values of the output. */
  readonly output: Float32Array
  /** [batch, ...] */
  readonly shape: readonly number[]
  readonly targets: NdArray
}

/** A measure that is collected batch by batch, as `tf.keras.metrics.Metric`. It keeps plain numbers, no tensors. */
export interface Metric<R> {
  /** Begins anew. */
  reset(): void
  /** Takes in a batch. */
  update(predictions: Predictions): void
  /** What was collected so far. */
  result(): R
}

/** What metrics come to, by their names. */
export type MetricResults<M extends Readonly<Record<string, Metric<unknown>>>> = {
  readonly [K in keyof M]: M[K] extends Metric<infer R> ? R : never
}

/** The class numbers that outputs [batch, ..., classes] point to: the place of the largest value, the first of equals. */
export function classesOf({ output, shape }: Predictions): Int32Array {
  const classes = shape[shape.length - 1]
  const found = new Int32Array(output.length / classes)
  for (let row = 0; row < found.length; row++) {
    let best = 0
    for (let i = 1; i < classes; i++) if (output[row * classes + i] > output[row * classes + best]) best = i
    found[row] = best
  }
  return found
}
