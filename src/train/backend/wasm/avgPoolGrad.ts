import type * as tf from '@tensorflow/tfjs'
import { poolGeometry } from './geometry.ts'
import { floats, zeros, type KernelCall } from './kernel.ts'

/**
 * `AvgPoolGrad`: spreads each gradient of the output evenly over the pixels of its window.
 *
 * As in TensorFlow, padding is no pixel: a window that hangs over the border divides by the pixels it holds. (The
 * kernels of the wasm and cpu backends divide by the whole window there, which is not the gradient of their AvgPool.)
 *
 * @returns float32 [batch, inHeight, inWidth, channels]
 */
export function avgPoolGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { dy, input } = inputs
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, ...geometry } = poolGeometry(
    attrs,
    input.shape,
  )
  const out = zeros(backend, input.shape)
  const dx = floats(backend, out)
  const gradient = floats(backend, dy)
  const share = new Float32Array(inChannels)
  let from = 0
  for (let image = 0; image < batchSize; image++) {
    for (let oh = 0; oh < outHeight; oh++) {
      const [firstRow, lastRow] = span(oh, geometry.strideHeight, geometry.padInfo.top, geometry.filterHeight, inHeight)
      for (let ow = 0; ow < outWidth; ow++, from += inChannels) {
        const [first, last] = span(ow, geometry.strideWidth, geometry.padInfo.left, geometry.filterWidth, inWidth)
        const pixels = (lastRow - firstRow) * (last - first)
        for (let c = 0; c < inChannels; c++) share[c] = gradient[from + c] / pixels
        for (let row = firstRow; row < lastRow; row++) {
          const start = ((image * inHeight + row) * inWidth + first) * inChannels
          addToPixels(dx, start, last - first, share)
        }
      }
    }
  }
  return out
}

/** First pixel of a window along one axis, and the one after its last, without the padding. */
function span(window: number, stride: number, pad: number, size: number, inSize: number): readonly [number, number] {
  const start = window * stride - pad
  return [Math.max(0, start), Math.min(inSize, start + size)]
}

function addToPixels(dx: Float32Array, start: number, pixels: number, share: Float32Array): void {
  let at = start
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let c = 0; c < share.length; c++) dx[at++] += share[c]
  }
}
