import type * as tf from '@tensorflow/tfjs'
import { explicitPad, mostPlaces, type Geometry } from './geometry.ts'
import { batchLast, callKernel, floats, release, reshaped, transposed, turned, type WasmBackend } from './kernel.ts'

/** Whether the input can, and had better, be the filter of the convolution that `filterGradBySwapping` does. */
export function canSwap(geometry: Geometry): boolean {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo, inChannels, outChannels } = geometry
  const { filterHeight, filterWidth, inHeight, inWidth } = geometry
  const dense = [strideHeight, strideWidth, dilationHeight, dilationWidth].every((size) => size === 1)
  const fits =
    Math.max(padInfo.top, padInfo.bottom) < filterHeight && Math.max(padInfo.left, padInfo.right) < filterWidth
  const places = outChannels * filterHeight * filterWidth * inHeight * inWidth
  return dense && fits && inChannels < outChannels && places <= mostPlaces
}

/**
 * The gradient of a convolution with stride 1 with respect to its filter, as a convolution of the gradient of the output
 * with the input as its filter; it finds the wanted filter turned by 180 degrees.
 *
 * XNNPACK rearranges its filter before it starts, 2 ns a value, so the operand with fewer channels had better be it
 * (8 % faster for 32 and 64 channels). It works on 8 output channels at a time: where the input has fewer, as in a
 * first layer, its copies shifted by each column of the filter stand in for more (twice as fast for 1 channel).
 *
 * The gradients of all output channels lie interleaved in one picture, as in `conv2dFilterGrad`.
 *
 * @returns float32 [filterHeight, filterWidth, inChannels, outChannels]
 */
export function filterGradBySwapping(
  backend: WasmBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  geometry: Geometry,
): tf.TensorInfo {
  const { padInfo, batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, filterShape } = geometry
  const { outHeight, outWidth, outChannels } = geometry
  const shifts = inChannels < 8 ? filterWidth : 1
  const gradients = batchLast(backend, dy)
  const plain = transposed(backend, x, [1, 2, 0, 3])
  const filter = shifts === 1 ? plain : shifted(backend, plain, geometry)
  const left = shifts === 1 ? filterWidth - 1 - padInfo.left : 0
  const right = shifts === 1 ? inWidth - outWidth + padInfo.left : 0
  const pad = explicitPad(
    filterHeight - 1 - padInfo.top,
    inHeight - outHeight + padInfo.top,
    left * outChannels,
    right * outChannels,
  )
  const attrs = { strides: 1, dilations: [1, outChannels], pad, dataFormat: 'NHWC' }
  const picture = reshaped(gradients, [1, outHeight, outWidth * outChannels, batchSize])
  const found = callKernel(backend, 'Conv2D', { x: picture, filter }, attrs)
  release(backend, gradients, plain, ...(shifts === 1 ? [] : [filter]))

  const upsideDown = reshaped(found, [filterHeight, filterWidth / shifts, outChannels, shifts * inChannels])
  const upright = turned(backend, upsideDown)
  const out = transposed(backend, upright, [0, 1, 3, 2])
  release(backend, found, upright)
  return reshaped(out, filterShape)
}

/** For each column of the output, what each column of the filter sees: [inHeight, outWidth, batch, columns * channels]. */
function shifted(backend: WasmBackend, x: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
  const { padInfo, batchSize, inHeight, inWidth, outWidth, inChannels, filterWidth } = geometry
  const out = backend.makeOutput([inHeight, outWidth, batchSize, filterWidth * inChannels], 'float32')
  const from = floats(backend, x)
  const to = floats(backend, out)
  const width = filterWidth * inChannels
  for (let pixel = 0; pixel < inHeight * outWidth; pixel++) {
    for (let fw = 0; fw < filterWidth; fw++) {
      const column = (pixel % outWidth) + fw - padInfo.left
      const inside = column >= 0 && column < inWidth
      const start = (Math.floor(pixel / outWidth) * inWidth + column) * batchSize * inChannels
      for (let c = 0; c < inChannels; c++) {
        let at = pixel * batchSize * width + fw * inChannels + c
        for (let image = 0; image < batchSize; image++, at += width) {
          to[at] = inside ? from[start + image * inChannels + c] : 0
        }
      }
    }
  }
  return out
}
