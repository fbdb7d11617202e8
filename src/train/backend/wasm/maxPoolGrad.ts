import type * as tf from '@tensorflow/tfjs'
import { poolGeometry, type Geometry } from './geometry.ts'
import { heapKernels, type HeapKernels } from './heapKernels.ts'
import { floats, zeros, type KernelCall, type WasmBackend } from './kernel.ts'

/**
 * `MaxPoolGrad`: hands each gradient of the output to the largest value of its window, the first of equal ones.
 *
 * A plain loop over the heap, ten times as fast as the kernel the backend brings, which searches every window anew for
 * each of its pixels. The common 2 x 2 windows that neither overlap nor cross the border have a loop of their own, and a
 * kernel.
 *
 * @returns float32 [batch, inHeight, inWidth, channels]
 */
export function maxPoolGrad({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { dy, input } = inputs
  const geometry = poolGeometry(attrs, input.shape)
  const kernels = heapKernels(backend)
  if (kernels !== null && isTwoByTwo(geometry) && geometry.inChannels % 4 === 0) {
    return twoByTwoOnHeap(backend, kernels, { input, dy }, geometry)
  }
  const out = zeros(backend, input.shape)
  const pass = isTwoByTwo(geometry) ? twoByTwo : anyWindow
  pass(floats(backend, input), floats(backend, dy), floats(backend, out), geometry)
  return out
}

/** The same as `twoByTwo`, by the kernel, which also writes the zeros of a window. */
function twoByTwoOnHeap(
  backend: WasmBackend,
  kernels: HeapKernels,
  { input, dy }: { readonly input: tf.TensorInfo; readonly dy: tf.TensorInfo },
  { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth }: Geometry,
): tf.TensorInfo {
  const covered = outHeight * 2 === inHeight && outWidth * 2 === inWidth
  const out = covered ? backend.makeOutput(input.shape, 'float32') : zeros(backend, input.shape)
  const [x, gradients, into] = [input, dy, out].map((info) => floats(backend, info).byteOffset)
  kernels.maxPoolGrad(x, gradients, into, batchSize, inHeight, inWidth, inChannels, outHeight, outWidth)
  return out
}

function isTwoByTwo(geometry: Geometry): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, outHeight, outWidth } = geometry
  const two = [filterHeight, filterWidth, strideHeight, strideWidth].every((size) => size === 2)
  return (
    two && outHeight * 2 <= inHeight && outWidth * 2 <= inWidth && geometry.padInfo.top + geometry.padInfo.left === 0
  )
}

/** Computes the place instead of branching on it: which of four values is largest is a guess lost half the time. */
export function twoByTwo(x: Float32Array, dy: Float32Array, dx: Float32Array, geometry: Geometry): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = geometry
  const below = inWidth * inChannels
  let from = 0
  for (let image = 0; image < batchSize; image++) {
    for (let oh = 0; oh < outHeight; oh++) {
      let at = (image * inHeight + 2 * oh) * below
      for (let ow = 0; ow < outWidth; ow++, at += inChannels) {
        for (const end = at + inChannels; at < end; at++, from++) {
          const low = at + below
          const upper = at + Number(x[at + inChannels] > x[at]) * inChannels
          const lower = low + Number(x[low + inChannels] > x[low]) * inChannels
          dx[upper + Number(x[lower] > x[upper]) * (lower - upper)] = dy[from]
        }
      }
    }
  }
}

function anyWindow(x: Float32Array, dy: Float32Array, dx: Float32Array, geometry: Geometry): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = geometry
  const { strideHeight, strideWidth, padInfo } = geometry
  const best = new Float32Array(inChannels)
  const place = new Int32Array(inChannels)
  let from = 0
  for (let image = 0; image < batchSize; image++) {
    for (let oh = 0; oh < outHeight; oh++) {
      const top = oh * strideHeight - padInfo.top
      const lastRow = Math.min(inHeight, top + filterHeight)
      for (let ow = 0; ow < outWidth; ow++, from += inChannels) {
        const left = ow * strideWidth - padInfo.left
        const lastColumn = Math.min(inWidth, left + filterWidth)
        best.fill(-Infinity)
        place.fill(-1)
        for (let row = Math.max(0, top); row < lastRow; row++) {
          for (let column = Math.max(0, left); column < lastColumn; column++) {
            const at = ((image * inHeight + row) * inWidth + column) * inChannels
            search(x, at, best, place)
          }
        }
        for (let c = 0; c < inChannels; c++) if (place[c] >= 0) dx[place[c]] += dy[from + c]
      }
    }
  }
}

/** Notes the channels of the pixel at `at` that are larger than the best so far. */
function search(x: Float32Array, at: number, best: Float32Array, place: Int32Array): void {
  for (let c = 0; c < best.length; c++) {
    if (x[at + c] > best[c]) {
      best[c] = x[at + c]
      place[c] = at + c
    }
  }
}
