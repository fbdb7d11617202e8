import * as tf from '@tensorflow/tfjs'
import { foldIn, keyOf, Rng } from '../../core/random.ts'

/**
 * Rows of random directions at right angles to each other, as `tf.keras.initializers.Orthogonal` makes of matrices that
 * are wider than high. (That of tfjs takes seconds for large matrices, and prints a warning for small ones.)
 *
 * @param rows at most `columns`
 * @param seed decides them
 * @returns float32 [rows, columns]
 */
export function orthogonalRows(rows: number, columns: number, seed: number): tf.Tensor2D {
  const rng = new Rng(foldIn(keyOf(seed), 0x6f727468))
  const matrix = Float64Array.from({ length: rows * columns }, () => rng.normal())
  const row = (i: number): Float64Array => matrix.subarray(i * columns, (i + 1) * columns)
  for (let i = 0; i < rows; i++) {
    // Gram and Schmidt's way, twice, so that rounding leaves no angle.
    for (let pass = 0; pass < 2; pass++) {
      for (let before = 0; before < i; before++) addScaled(row(i), row(before), -dot(row(i), row(before)))
    }
    const length = Math.sqrt(dot(row(i), row(i)))
    for (let j = 0; j < columns; j++) row(i)[j] /= length
  }
  return tf.tensor2d(Float32Array.from(matrix), [rows, columns])
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i]
}
