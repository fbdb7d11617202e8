import * as tf from '@tensorflow/tfjs'
import { convGeometry, eachTap } from './geometry.ts'
import { floats, type KernelCall } from './kernel.ts'

/**
 * `DepthwiseConv2dNativeBackpropFilter`: the gradient of a depthwise convolution with respect to its filter.
 *
 * A plain loop over batch * outHeight * outWidth * filterHeight * filterWidth * outChannels products, about 1 ns each,
 * added up in float64. No kernel that the backend brings mixes pixels without mixing channels.
 *
 * @returns float32 [filterHeight, filterWidth, inChannels, filters a channel]
 */
export function depthwiseFilterGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { x, dy } = inputs
  const filterShape = attrs['filterShape'] as number[]
  const geometry = convGeometry(attrs, x.shape, filterShape, true)
  const { inChannels, outChannels } = geometry
  const out = backend.makeOutput(filterShape, 'float32')
  const values = floats(backend, x)
  const gradient = floats(backend, dy)
  const filters = outChannels / inChannels
  const sums = new Float64Array(tf.util.sizeFromShape(filterShape))
  eachTap(geometry, (from, at, to) => {
    for (let c = 0; c < outChannels; c++) sums[to + c] += values[at + ((c / filters) | 0)] * gradient[from + c]
  })
  floats(backend, out).set(sums)
  return out
}
