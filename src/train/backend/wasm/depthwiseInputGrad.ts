import type * as tf from '@tensorflow/tfjs'
import { convGeometry, eachTap, explicitPad, type Geometry } from './geometry.ts'
import { callKernel, floats, release, turned, zeros, type KernelCall, type WasmBackend } from './kernel.ts'

/**
 * `DepthwiseConv2dNativeBackpropInput`: the gradient of a depthwise convolution with respect to its input.
 *
 * With stride 1 and one filter a channel it is a forward depthwise convolution with the filter turned by 180 degrees,
 * which XNNPACK does with SIMD. Otherwise a plain loop, about 1 ns a multiplication.
 *
 * @returns float32 [batch, inHeight, inWidth, inChannels]
 */
export function depthwiseInputGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { dy, filter } = inputs
  const geometry = convGeometry(attrs, attrs['inputShape'] as number[], filter.shape, true)
  const { strideHeight, strideWidth, padInfo, inChannels, outChannels } = geometry
  const { effectiveFilterHeight, effectiveFilterWidth } = geometry
  const fits =
    Math.max(padInfo.top, padInfo.bottom) < effectiveFilterHeight &&
    Math.max(padInfo.left, padInfo.right) < effectiveFilterWidth
  if (strideHeight === 1 && strideWidth === 1 && inChannels === outChannels && fits) {
    return asConvolution(backend, dy, filter, geometry)
  }
  const out = zeros(backend, geometry.inShape)
  const dx = floats(backend, out)
  const gradient = floats(backend, dy)
  const weights = floats(backend, filter)
  const filters = outChannels / inChannels
  eachTap(geometry, (from, to, weight) => {
    for (let c = 0; c < outChannels; c++) dx[to + ((c / filters) | 0)] += gradient[from + c] * weights[weight + c]
  })
  return out
}

function asConvolution(
  backend: WasmBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  geometry: Geometry,
): tf.TensorInfo {
  const { padInfo, inHeight, inWidth, outHeight, outWidth, dilationHeight, dilationWidth } = geometry
  const upsideDown = turned(backend, filter)
  const top = geometry.effectiveFilterHeight - 1 - padInfo.top
  const left = geometry.effectiveFilterWidth - 1 - padInfo.left
  const pad = explicitPad(top, inHeight - outHeight + padInfo.top, left, inWidth - outWidth + padInfo.left)
  const attrs = { strides: 1, dilations: [dilationHeight, dilationWidth], pad }
  const out = callKernel(backend, 'DepthwiseConv2dNative', { x: dy, filter: upsideDown }, attrs)
  release(backend, upsideDown)
  return out
}
