import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { scaleSaturation } from '../kernels/colour.ts'
import { checkColours, throughFloat } from './floatImage.ts'
import { checkNumber } from './imageShape.ts'

/**
 * Multiplies the saturation of an RGB image or batch (`tf.image.adjust_saturation`); it is kept from 0 to 1.
 *
 * @param saturationFactor 0 makes it gray, 1 changes nothing
 * @throws InvalidArgumentError for what is no image of 3 channels of numbers, and for a factor that is no finite number
 *
 * @example
 * adjustSaturation(ndarray(Uint8Array.of(200, 100, 100), [1, 1, 3]), 2) // uint8 [[[200, 0, 0]]]
 */
export function adjustSaturation<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  saturationFactor: number,
): NdArray<D, R> {
  checkColours('adjustSaturation', image, { channels: 3 })
  checkNumber('adjustSaturation', 'saturationFactor', saturationFactor)
  return throughFloat(image, (values) => scaleSaturation(values, saturationFactor))
}
