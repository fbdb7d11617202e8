import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkColours, pointwise } from './floatImage.ts'
import { checkNumber } from './imageShape.ts'

/**
 * Gamma correction of an image or batch (`tf.image.adjust_gamma`): gain * value ** gamma, on a scale from 0 to 1.
 *
 * @param gamma at least 0; 1 by default. Above 1 darkens
 * @param gain 1 by default
 * @throws InvalidArgumentError for what is no image of numbers, and for other numbers
 *
 * @example
 * adjustGamma(ndarray(Uint8Array.of(0, 100, 255), [1, 3, 1]), 2) // uint8 [[[0], [39], [255]]]
 */
export function adjustGamma<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  gamma = 1,
  gain = 1,
): NdArray<D, R> {
  checkColours('adjustGamma', image)
  const exponent = Math.fround(checkNumber('adjustGamma', 'gamma', gamma, 'a number of at least 0', 0))
  const factor = Math.fround(checkNumber('adjustGamma', 'gain', gain))
  return pointwise(image, (values) => {
    for (let i = 0; i < values.length; i++) values[i] = factor * Math.fround(values[i] ** exponent)
  })
}
