import { wrongArgument } from '../core/checks.ts'
import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { turnHue } from '../kernels/colour.ts'
import { checkColours, throughFloat } from './floatImage.ts'

/**
 * Turns the hue of an RGB image or batch (`tf.image.adjust_hue`).
 *
 * @param delta share of the colour circle, from -1 to 1
 * @throws InvalidArgumentError for what is no image of 3 channels of numbers, and for another `delta`
 *
 * @example
 * adjustHue(ndarray(Uint8Array.of(255, 0, 0), [1, 1, 3]), 1 / 3) // uint8 [[[0, 255, 0]]]
 */
export function adjustHue<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  delta: number,
): NdArray<D, R> {
  checkColours('adjustHue', image, { channels: 3 })
  if (!(typeof delta === 'number' && delta >= -1 && delta <= 1)) {
    throw wrongArgument('adjustHue', 'delta', 'a number from -1 to 1', delta)
  }
  return throughFloat(image, (values) => turnHue(values, delta))
}
