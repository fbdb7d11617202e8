import type * as tf from '@tensorflow/tfjs'
import { callKernel, floats, type KernelCall } from './kernel.ts'

/**
 * `Sum` over the first axes, as in the gradient of a bias: adds row after row, in float64.
 *
 * The kernel the backend brings first moves those axes to the end, a transposed copy of everything, and adds in
 * float32; twice as slow over 2.5 million values. Any other sum is left to it.
 *
 * @returns float32, the shape without its first axes
 */
export function sum(call: KernelCall): tf.TensorInfo {
  const { inputs, attrs, backend } = call
  const { x } = inputs
  const summed = firstAxes(x, attrs['axis'])
  if (summed === undefined) return callKernel(backend, 'Sum', inputs, attrs)
  const kept = x.shape.slice(summed)
  const shape = attrs['keepDims'] === true ? [...x.shape.slice(0, summed).fill(1), ...kept] : kept
  const out = backend.makeOutput(shape, 'float32')
  const values = floats(backend, x)
  const width = kept.reduce((product, size) => product * size, 1)
  const totals = new Float64Array(width)
  for (let at = 0; at < values.length;) {
    for (let i = 0; i < width; i++) totals[i] += values[at++]
  }
  floats(backend, out).set(totals)
  return out
}

/** How many axes are summed, where they are the first ones and others follow. */
function firstAxes(x: tf.TensorInfo, axis: unknown): number | undefined {
  if (axis === null || axis === undefined) return undefined
  const rank = x.shape.length
  const axes = (Array.isArray(axis) ? (axis as number[]) : [axis as number]).map((a) => (a < 0 ? a + rank : a))
  const count = new Set(axes).size
  const fits = x.dtype === 'float32' && count > 0 && count < rank && axes.every((a) => a < count)
  return fits && !x.shape.includes(0) ? count : undefined
}
