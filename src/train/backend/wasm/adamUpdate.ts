import type * as tf from '@tensorflow/tfjs'
import { heapKernels } from './heapKernels.ts'
import { floats, type KernelCall } from './kernel.ts'

/** The name of the kernel, of ours alone. */
export const adamKernel = 'MillraceAdam'

/** Numbers of one update by Adam; `rate` has the bias corrections in it. */
export interface AdamAttributes {
  readonly beta1: number
  readonly beta2: number
  readonly rate: number
  readonly epsilon: number
}

/**
 * One update of a weight by Adam in one pass, where it would be twelve operations over as many values (1.6 million of them
 * in the MNIST CNN, half the time).
 *
 * @returns float32: the weight, the mean of the gradients and that of their squares, each anew
 */
export function adamUpdate({ inputs, attrs, backend }: KernelCall): tf.TensorInfo[] {
  const { weight, gradient, mean, square } = inputs
  const { beta1, beta2, rate, epsilon } = attrs as unknown as AdamAttributes
  const outputs = [weight, mean, square].map(({ shape }) => backend.makeOutput(shape, 'float32'))
  const [newWeight, newMean, newSquare] = outputs.map((info) => floats(backend, info))
  const [w, g, m, v] = [weight, gradient, mean, square].map((info) => floats(backend, info))
  const [gain1, gain2] = [1 - beta1, 1 - beta2]
  const kernels = heapKernels(backend)
  const places = [w, g, m, v, newWeight, newMean, newSquare].map(({ byteOffset }) => byteOffset)
  kernels?.adam(...places, w.length, beta1, beta2, rate, epsilon)
  const done = kernels === null ? 0 : w.length - (w.length % 2)
  for (let i = done; i < w.length; i++) {
    const first = m[i] * beta1 + g[i] * gain1
    const second = v[i] * beta2 + g[i] * g[i] * gain2
    newMean[i] = first
    newSquare[i] = second
    newWeight[i] = w[i] - (rate * first) / (Math.sqrt(second) + epsilon)
  }
  return outputs
}
