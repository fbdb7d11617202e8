import type * as tf from '@tensorflow/tfjs'
import { batchMatMul } from './batchMatMul.ts'
import { convGeometry, explicitPad, type Geometry } from './geometry.ts'
import {
  callKernel,
  floats,
  release,
  reshaped,
  transposed,
  turned,
  zeros,
  type KernelCall,
  type WasmBackend,
} from './kernel.ts'

/** Values of the column matrix worked on at a time (8 MB), so that it stays near the processor. */
const columnValues = 2_000_000

/**
 * `Conv2DBackpropInput`: the gradient of a convolution with respect to its input.
 *
 * With stride 1 it is a forward convolution with the filter turned by 180 degrees and its channels swapped (ten times
 * as fast as the kernel the backend brings). With larger strides it is a matrix product that gives what every window
 * adds to its pixels, then the adding: as many multiplications as the forward pass, and one plain loop over
 * batch * outHeight * outWidth * filterHeight * filterWidth * inChannels values, in pieces of some images.
 *
 * @returns float32 [batch, inHeight, inWidth, inChannels]
 */
export function conv2dInputGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { dy, filter } = inputs
  const geometry = convGeometry(attrs, attrs['inputShape'] as number[], filter.shape)
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = geometry
  const fits =
    Math.max(padInfo.top, padInfo.bottom) < filterHeight && Math.max(padInfo.left, padInfo.right) < filterWidth
  return strideHeight === 1 && strideWidth === 1 && fits
    ? asConvolution(backend, dy, filter, geometry)
    : byColumns(backend, dy, filter, geometry)
}

function asConvolution(
  backend: WasmBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  geometry: Geometry,
): tf.TensorInfo {
  const { filterHeight, filterWidth, padInfo, inHeight, inWidth, outHeight, outWidth } = geometry
  const swapped = transposed(backend, filter, [0, 1, 3, 2])
  const upsideDown = turned(backend, swapped)
  const top = filterHeight - 1 - padInfo.top
  const left = filterWidth - 1 - padInfo.left
  const bottom = inHeight - outHeight + padInfo.top
  const right = inWidth - outWidth + padInfo.left
  const pad = explicitPad(top, bottom, left, right)
  const attrs = { strides: 1, dilations: 1, pad, dataFormat: 'NHWC' }
  const out = callKernel(backend, 'Conv2D', { x: dy, filter: upsideDown }, attrs)
  release(backend, swapped, upsideDown)
  return out
}

function byColumns(backend: WasmBackend, dy: tf.TensorInfo, filter: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = geometry
  const rowsOfImage = outHeight * outWidth
  const width = filterHeight * filterWidth * inChannels
  const step = Math.max(1, Math.floor(columnValues / (rowsOfImage * width)))
  const dx = zeros(backend, geometry.inShape)
  const b = transposed(backend, reshaped(filter, [width, outChannels]), [1, 0])
  for (let first = 0; first < batchSize; first += step) {
    const images = Math.min(step, batchSize - first)
    const begin = [first * rowsOfImage, 0]
    const size = [images * rowsOfImage, outChannels]
    const x = reshaped(dy, [batchSize * rowsOfImage, outChannels])
    const a = callKernel(backend, 'Slice', { x }, { begin, size })
    const columns = batchMatMul({ inputs: { a, b }, attrs: {}, backend })
    addColumns(floats(backend, columns), floats(backend, dx), geometry, first, images)
    release(backend, a, columns)
  }
  release(backend, b)
  return dx
}

/** Adds each row of `columns`, one window of filterHeight x filterWidth x inChannels values, to its place in `dx`. */
function addColumns(columns: Float32Array, dx: Float32Array, geometry: Geometry, first: number, images: number): void {
  const { outHeight, outWidth, filterHeight, filterWidth, inHeight, inWidth, inChannels, padInfo } = geometry
  const { strideHeight, strideWidth } = geometry
  let from = 0
  for (let image = first; image < first + images; image++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let ow = 0; ow < outWidth; ow++) {
        const left = ow * strideWidth - padInfo.left
        const skip = Math.max(0, -left)
        const end = Math.min(filterWidth, inWidth - left)
        for (let fh = 0; fh < filterHeight; fh++, from += filterWidth * inChannels) {
          const row = oh * strideHeight - padInfo.top + fh
          if (row < 0 || row >= inHeight) continue
          const shift = ((image * inHeight + row) * inWidth + left) * inChannels - from
          const stop = from + end * inChannels
          for (let i = from + skip * inChannels; i < stop; i++) dx[i + shift] += columns[i]
        }
      }
    }
  }
}
