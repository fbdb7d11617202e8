import type * as tf from '@tensorflow/tfjs'
import { convGeometry, explicitPad, type Geometry } from './geometry.ts'
import { callKernel, release, reshaped, transposed, type KernelCall, type WasmBackend } from './kernel.ts'
import { batchMatMul } from './batchMatMul.ts'

/**
 * `Conv2DBackpropFilter`: the gradient of a convolution with respect to its filter.
 *
 * It is a forward convolution, which XNNPACK does with SIMD: the channels of the input are its batch, the batch its
 * channels, the gradient of the output its filter, and the strides its dilations. It costs as many multiplications as
 * the forward pass, and three transposed copies. (Writing out what every window holds for one matrix product was no
 * faster, not even for the one channel of a first layer.)
 *
 * @returns float32 [filterHeight, filterWidth, inChannels, outChannels]
 */
export function conv2dFilterGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { x, dy } = inputs
  const geometry = convGeometry(attrs, x.shape, attrs['filterShape'] as number[])
  if (isPointwise(geometry)) return pointwise(backend, x, dy, geometry)

  const images = transposed(backend, x, [3, 1, 2, 0])
  const filter = transposed(backend, dy, [1, 2, 0, 3])
  const whole = convolve(backend, images, filter, geometry)
  release(backend, images, filter)

  const cut = cutTo(backend, whole, geometry.filterHeight, geometry.filterWidth)
  const out = transposed(backend, cut, [1, 2, 0, 3])
  release(backend, cut)
  return out
}

/** A filter of one pixel sees each pixel once: its gradient is one matrix product. */
function pointwise(backend: WasmBackend, x: tf.TensorInfo, dy: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
  const { inChannels, outChannels, batchSize, outHeight, outWidth } = geometry
  const pixels = batchSize * outHeight * outWidth
  const a = reshaped(x, [pixels, inChannels])
  const b = reshaped(dy, [pixels, outChannels])
  const out = batchMatMul({ inputs: { a, b }, attrs: { transposeA: true, transposeB: false }, backend })
  return { ...out, shape: geometry.filterShape }
}

function isPointwise({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Geometry): boolean {
  const ones = [filterHeight, filterWidth, strideHeight, strideWidth].every((size) => size === 1)
  return ones && padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0
}

function convolve(backend: WasmBackend, x: tf.TensorInfo, filter: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
  const { padInfo, strideHeight, strideWidth, inHeight, inWidth } = geometry
  const reach = (outSize: number, stride: number, filterSize: number) => (outSize - 1) * stride + filterSize
  const bottom = reach(geometry.outHeight, strideHeight, geometry.filterHeight) - inHeight - padInfo.top
  const right = reach(geometry.outWidth, strideWidth, geometry.filterWidth) - inWidth - padInfo.left
  // Rows that no window reached would need a negative padding; they give rows too many instead, cut off afterwards.
  const pad = explicitPad(padInfo.top, Math.max(0, bottom), padInfo.left, Math.max(0, right))
  const dilations = [strideHeight, strideWidth]
  return callKernel(backend, 'Conv2D', { x, filter }, { strides: 1, dilations, pad, dataFormat: 'NHWC' })
}

/** Keeps the first `height` rows and `width` columns; takes over what it is given. */
function cutTo(backend: WasmBackend, x: tf.TensorInfo, height: number, width: number): tf.TensorInfo {
  const [batch, inHeight, inWidth, channels] = x.shape
  if (inHeight === height && inWidth === width) return x
  const cut = callKernel(backend, 'Slice', { x }, { begin: [0, 0, 0, 0], size: [batch, height, width, channels] })
  release(backend, x)
  return cut
}
