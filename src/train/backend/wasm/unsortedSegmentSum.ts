import type * as tf from '@tensorflow/tfjs'
import { zeros, type KernelCall } from './kernel.ts'

/**
 * `UnsortedSegmentSum`: adds the rows of `x` that carry the same id; the gradient of a lookup (`gather`, an embedding).
 *
 * One pass over `x`. Ids below 0 or past the end are left out, as in TensorFlow.
 *
 * @returns the dtype of `x`, [numSegments, ...the shape of a row]
 */
export function unsortedSegmentSum({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { x, segmentIds } = inputs
  const segments = attrs['numSegments'] as number
  const shape = [segments, ...x.shape.slice(segmentIds.shape.length)]
  const out = x.dtype === 'float32' ? zeros(backend, shape) : backend.makeOutput(shape, x.dtype)
  const totals = backend.typedArrayFromHeap(out)
  if (x.dtype !== 'float32') totals.fill(0)
  const values = backend.typedArrayFromHeap(x)
  const ids = backend.typedArrayFromHeap(segmentIds)
  const width = ids.length === 0 ? 0 : values.length / ids.length
  ids.forEach((id, row) => {
    if (id < 0 || id >= segments) return
    for (let i = 0; i < width; i++) totals[id * width + i] += values[row * width + i]
  })
  return out
}
