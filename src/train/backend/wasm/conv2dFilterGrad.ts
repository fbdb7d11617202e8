import type * as tf from '@tensorflow/tfjs'
import { convGeometry, explicitPad, type Geometry } from './geometry.ts'
import { callKernel, floats, release, reshaped, transposed, type KernelCall, type WasmBackend } from './kernel.ts'
import { batchMatMul } from './batchMatMul.ts'

const plain = { transposeA: false, transposeB: false }

/**
 * `Conv2DBackpropFilter`: the gradient of a convolution with respect to its filter.
 *
 * It is a forward convolution, which XNNPACK does with SIMD: the channels of the input are its batch, the batch its
 * channels, the gradient of the output its filter, and the strides its dilations. It costs as many multiplications as
 * the forward pass, and three transposed copies, and as many again inside the backend. Where windows hold few values (a
 * first layer), writing them out and taking one matrix product copies less.
 *
 * @returns float32 [filterHeight, filterWidth, inChannels, outChannels]
 */
export function conv2dFilterGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { x, dy } = inputs
  const geometry = convGeometry(attrs, x.shape, attrs['filterShape'] as number[])
  if (isPointwise(geometry)) return pointwise(backend, x, dy, geometry)
  if (windowValues(geometry) <= 2 * geometry.outChannels) return byWindows(backend, x, dy, geometry)

  const images = transposed(backend, x, [3, 1, 2, 0])
  const filter = transposed(backend, dy, [1, 2, 0, 3])
  const whole = convolve(backend, images, filter, geometry)
  release(backend, images, filter)

  const cut = cutTo(backend, whole, geometry.filterHeight, geometry.filterWidth)
  const out = transposed(backend, cut, [1, 2, 0, 3])
  release(backend, cut)
  return out
}

function windowValues({ filterHeight, filterWidth, inChannels }: Geometry): number {
  return filterHeight * filterWidth * inChannels
}

/** Writes out what each value of the filter meets, one row a value and one column a window, times the gradient. */
function byWindows(backend: WasmBackend, x: tf.TensorInfo, dy: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
  const windows = geometry.batchSize * geometry.outHeight * geometry.outWidth
  const a = backend.makeOutput([windowValues(geometry), windows], 'float32')
  writeWindows(floats(backend, x), floats(backend, a), geometry)
  const out = callKernel(backend, 'BatchMatMul', { a, b: reshaped(dy, [windows, geometry.outChannels]) }, plain)
  release(backend, a)
  return { ...out, shape: geometry.filterShape }
}

function writeWindows(x: Float32Array, rows: Float32Array, geometry: Geometry): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo, strideHeight, strideWidth } = geometry
  const step = strideWidth * inChannels
  let to = 0
  for (let value = 0; value < windowValues(geometry); value++) {
    const channel = value % inChannels
    const column = Math.floor(value / inChannels) % geometry.filterWidth
    const row = Math.floor(value / inChannels / geometry.filterWidth)
    const first = Math.min(outWidth, Math.max(0, Math.ceil((padInfo.left - column) / strideWidth)))
    const last = Math.max(first, Math.min(outWidth, Math.ceil((inWidth + padInfo.left - column) / strideWidth)))
    for (let image = 0; image < batchSize; image++) {
      for (let oh = 0; oh < outHeight; oh++, to += outWidth) {
        const at = oh * strideHeight - padInfo.top + row
        if (at < 0 || at >= inHeight) {
          rows.fill(0, to, to + outWidth)
          continue
        }
        const start = ((image * inHeight + at) * inWidth + column - padInfo.left) * inChannels + channel
        for (let ow = 0; ow < outWidth; ow++) rows[to + ow] = ow < first || ow >= last ? 0 : x[start + ow * step]
      }
    }
  }
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

export function isPointwise(geometry: Geometry): boolean {
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth } = geometry
  return filterHeight === 1 && filterWidth === 1 && inHeight === outHeight && inWidth === outWidth
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
