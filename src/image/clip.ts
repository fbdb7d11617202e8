import { InvalidArgumentError } from '../core/errors.ts'
import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkColours } from './floatImage.ts'
import { checkNumber } from './imageShape.ts'
import { eachImage } from './values.ts'

/**
 * Keeps the values of an image or batch within bounds (`tf.clip_by_value`).
 *
 * @throws InvalidArgumentError for what is no image of numbers, and for bounds that are no numbers or the wrong way round
 *
 * @example
 * clip(ndarray(Uint8Array.of(1, 50, 255), [1, 3, 1]), 10, 200) // uint8 [[[10], [50], [200]]]
 */
export function clip<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  least: number,
  most: number,
): NdArray<D, R> {
  const shape = checkColours('clip', image)
  checkNumber('clip', 'least', least)
  checkNumber('clip', 'most', most)
  if (least > most) throw new InvalidArgumentError(`clip: least must be at most ${most}, got ${least}.`)
  const size = shape.height * shape.width * shape.channels
  return eachImage(image, shape, [shape.height, shape.width, shape.channels], (data, from, out, to) => {
    for (let i = 0; i < size; i++) {
      const value = data[from + i]
      out[to + i] = value < least ? least : value > most ? most : value
    }
  })
}
