import type * as tf from '@tensorflow/tfjs'
import type { KernelCall } from './kernel.ts'

/**
 * `Identity` as another owner of the same data; the kernel the backend brings copies it (tensors never change, and a
 * training step clones every activation it saves).
 *
 * @returns the same values
 */
export function identity({ inputs, backend }: KernelCall): tf.TensorInfo {
  const { x } = inputs
  backend.incRef(x.dataId)
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
}
