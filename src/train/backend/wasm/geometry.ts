import * as tf from '@tensorflow/tfjs'
import type { KernelCall } from './kernel.ts'

/** Sizes, strides and padding of a convolution or a pooling, worked out by tfjs. */
export type Geometry = tf.backend_util.Conv2DInfo

/** Most places a convolution with interleaved pictures may have; XNNPACK lists one a window and tap, of 4 bytes. */
export const mostPlaces = 4_000_000

type Shape4 = [number, number, number, number]
type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
type Rounding = NonNullable<Parameters<typeof tf.backend_util.computeConv2DInfo>[5]>
type Pair = [number, number] | number

/** The geometry of a convolution, from the attributes of its gradient kernels. */
export function convGeometry(
  attrs: KernelCall['attrs'],
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise = false,
): Geometry {
  const { strides, dilations, pad, dimRoundingMode } = attrs
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    strides as Pair,
    (dilations ?? 1) as Pair,
    pad as Pad,
    dimRoundingMode as Rounding,
    depthwise,
  )
}

/** The geometry of a pooling, from the attributes of its gradient kernel. */
export function poolGeometry(attrs: KernelCall['attrs'], inputShape: readonly number[]): Geometry {
  const { filterSize, strides, pad, dimRoundingMode } = attrs
  return tf.backend_util.computePool2DInfo(
    inputShape as Shape4,
    filterSize as Pair,
    strides as Pair,
    1,
    pad as Pad,
    dimRoundingMode as Rounding,
  )
}

/** Padding in the form that `Conv2D` takes, from the four sides of the picture. */
export function explicitPad(top: number, bottom: number, left: number, right: number): number[][] {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

/**
 * Walks a convolution: calls `visit` for each pixel of the output and each place of the filter over it that is not in
 * the padding, with the positions of their first channels in the output, the input and the filter (of one row of
 * `outChannels` values a place, as depthwise filters are).
 */
export function eachTap(geometry: Geometry, visit: (output: number, input: number, filter: number) => void): void {
  const { batchSize, outHeight, outWidth, outChannels, inHeight, inWidth, inChannels } = geometry
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = geometry
  let output = 0
  for (let image = 0; image < batchSize; image++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let ow = 0; ow < outWidth; ow++, output += outChannels) {
        for (let fh = 0; fh < filterHeight; fh++) {
          const row = oh * strideHeight - padInfo.top + fh * dilationHeight
          if (row < 0 || row >= inHeight) continue
          for (let fw = 0; fw < filterWidth; fw++) {
            const column = ow * strideWidth - padInfo.left + fw * dilationWidth
            if (column < 0 || column >= inWidth) continue
            const input = ((image * inHeight + row) * inWidth + column) * inChannels
            visit(output, input, (fh * filterWidth + fw) * outChannels)
          }
        }
      }
    }
  }
}
