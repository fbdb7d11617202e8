import type * as tf from '@tensorflow/tfjs'
import { batchMatMul } from './batchMatMul.ts'
import { canSwap, filterGradBySwapping } from './conv2dFilterGradSwapped.ts'
import { convGeometry, explicitPad, mostPlaces, type Geometry } from './geometry.ts'
import { heapKernels, type HeapKernels } from './heapKernels.ts'
import {
  batchLast,
  callKernel,
  floats,
  release,
  reshaped,
  transposed,
  type KernelCall,
  type WasmBackend,
} from './kernel.ts'

/**
 * `Conv2DBackpropFilter`: the gradient of a convolution with respect to its filter.
 *
 * It is a forward convolution, which XNNPACK does with SIMD: the channels of the input are its batch, the batch its
 * channels, the gradient of the output its filter, and the strides its dilations. It costs as many multiplications as
 * the forward pass, and transposed copies. Of the two operands, the one with fewer channels had better be the filter
 * (see `filterGradBySwapping`). A first layer's is added up directly (`assembly/filterGrad.ts`).
 *
 * XNNPACK works on 4 pixels of one picture at a time and wastes what is left over: 3 of 12 for a 3 x 3 filter. So the
 * pictures are interleaved, column by column, to one, and the dilation skips over the others (6 % faster for 5 x 5).
 *
 * @returns float32 [filterHeight, filterWidth, inChannels, outChannels]
 */
export function conv2dFilterGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { x, dy } = inputs
  const geometry = convGeometry(attrs, x.shape, attrs['filterShape'] as number[])
  if (isPointwise(geometry)) return pointwise(backend, x, dy, geometry)
  const kernels = heapKernels(backend)
  if (kernels !== null && isOfFewChannels(geometry)) return summedUp(backend, kernels, x, dy, geometry)
  if (canSwap(geometry)) return filterGradBySwapping(backend, x, dy, geometry)

  const { inChannels, batchSize, inHeight, inWidth, filterHeight, filterWidth, outHeight, outWidth } = geometry
  const places = inChannels * filterHeight * filterWidth * outHeight * outWidth
  const folded = places <= mostPlaces
  const images = folded ? batchLast(backend, x) : transposed(backend, x, [3, 1, 2, 0])
  const filter = transposed(backend, dy, [1, 2, 0, 3])
  const shape = folded ? [1, inHeight, inWidth * inChannels, batchSize] : images.shape
  const whole = convolve(backend, reshaped(images, shape), filter, geometry, folded ? inChannels : 1)
  release(backend, images, filter)
  return folded ? cutTo(backend, unfolded(whole, inChannels), geometry) : gathered(backend, whole, geometry)
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

/**
 * Whether adding up directly is faster: in a first layer, whose few channels leave the convolution little to do at a time
 * (a third of the time for 5 x 5 x 1 x 32).
 */
function isOfFewChannels(geometry: Geometry): boolean {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, inChannels, outChannels } = geometry
  const dense = [strideHeight, strideWidth, dilationHeight, dilationWidth].every((size) => size === 1)
  return dense && inChannels <= fewChannels && outChannels % 4 === 0
}

const fewChannels = 4

function summedUp(
  backend: WasmBackend,
  kernels: HeapKernels,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  geometry: Geometry,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry
  const { filterHeight, filterWidth, padInfo, filterShape } = geometry
  const out = backend.makeOutput(filterShape, 'float32')
  const places = [x, dy, out].map((info) => floats(backend, info).byteOffset)
  const sizes = [batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels]
  kernels.filterGrad(...places, ...sizes, filterHeight, filterWidth, padInfo.top, padInfo.left)
  return out
}

/** `folds` pictures lie interleaved in each of `x`. */
function convolve(
  backend: WasmBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  geometry: Geometry,
  folds: number,
): tf.TensorInfo {
  const { padInfo, strideHeight, strideWidth, inHeight, inWidth } = geometry
  const reach = (outSize: number, stride: number, filterSize: number) => (outSize - 1) * stride + filterSize
  const bottom = reach(geometry.outHeight, strideHeight, geometry.filterHeight) - inHeight - padInfo.top
  const right = reach(geometry.outWidth, strideWidth, geometry.filterWidth) - inWidth - padInfo.left
  // Rows that no window reached would need a negative padding; they give rows too many instead, cut off afterwards.
  const pad = explicitPad(padInfo.top, Math.max(0, bottom), padInfo.left * folds, Math.max(0, right) * folds)
  const dilations = [strideHeight, strideWidth * folds]
  return callKernel(backend, 'Conv2D', { x, filter }, { strides: 1, dilations, pad, dataFormat: 'NHWC' })
}

/** [1, height, width * channels, outChannels] as [height, width, channels, outChannels]. */
function unfolded(whole: tf.TensorInfo, channels: number): tf.TensorInfo {
  const [, height, width, outChannels] = whole.shape
  return reshaped(whole, [height, width / channels, channels, outChannels])
}

/** [channels, height, width, outChannels] as the filter; takes over what it is given. */
function gathered(backend: WasmBackend, whole: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
  const turned = transposed(backend, whole, [1, 2, 0, 3])
  release(backend, whole)
  return cutTo(backend, turned, geometry)
}

/** Keeps the first rows and columns, as many as the filter has; takes over what it is given. */
function cutTo(backend: WasmBackend, x: tf.TensorInfo, { filterShape, filterHeight, filterWidth }: Geometry) {
  if (x.shape[0] === filterHeight && x.shape[1] === filterWidth) return x
  const cut = callKernel(backend, 'Slice', { x }, { begin: [0, 0, 0, 0], size: filterShape })
  release(backend, x)
  return cut
}
