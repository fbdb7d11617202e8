import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkColours, pointwise } from './floatImage.ts'
import { checkNumber } from './imageShape.ts'

/**
 * Adds `delta` to every value of an image or batch (`tf.image.adjust_brightness`): of whole-number dtypes as a share of
 * the range, kept within it; of float32 as it is.
 *
 * @throws InvalidArgumentError for what is no image of numbers, and for a `delta` that is no finite number
 *
 * @example
 * adjustBrightness(ndarray(Uint8Array.of(0, 100, 200), [1, 3, 1]), 0.5) // uint8 [[[127], [227], [255]]]
 */
export function adjustBrightness<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  delta: number,
): NdArray<D, R> {
  checkColours('adjustBrightness', image)
  checkNumber('adjustBrightness', 'delta', delta)
  const added = Math.fround(delta)
  return pointwise(image, (values) => {
    for (let i = 0; i < values.length; i++) values[i] += added
  })
}
