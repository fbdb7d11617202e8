import type { Rng } from '../core/random.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkRng } from './checkRng.ts'
import { mirrorRows, reverseRows } from './flip.ts'
import { checkImage } from './imageShape.ts'
import { eachImage } from './values.ts'

/**
 * Mirrors an image, or each of a batch by itself, left to right with a chance of one half
 * (`tf.image.random_flip_left_right`).
 *
 * @param rng one draw an image
 * @throws InvalidArgumentError for what is no image or no generator
 *
 * @example
 * randomFlipLeftRight(ndarray(Uint8Array.of(1, 2), [1, 2, 1]), new Rng({ a: 1, b: 0 })) // uint8 [[[2], [1]]]
 */
export function randomFlipLeftRight<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  rng: Rng,
): NdArray<D, R> {
  return randomFlip('randomFlipLeftRight', image, rng, mirrorRows)
}

/**
 * Turns an image, or each of a batch by itself, upside down with a chance of one half (`tf.image.random_flip_up_down`).
 *
 * @param rng one draw an image
 * @throws InvalidArgumentError for what is no image or no generator
 *
 * @example
 * randomFlipUpDown(ndarray(Uint8Array.of(1, 2), [2, 1, 1]), new Rng({ a: 1, b: 0 })) // uint8 [[[2]], [[1]]]
 */
export function randomFlipUpDown<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  rng: Rng,
): NdArray<D, R> {
  return randomFlip('randomFlipUpDown', image, rng, reverseRows)
}

function randomFlip<D extends TypedDType, R extends number>(
  operation: string,
  image: NdArray<D, R>,
  rng: Rng,
  flip: typeof mirrorRows,
): NdArray<D, R> {
  const shape = checkImage(operation, image)
  checkRng(operation, rng)
  const size = shape.height * shape.width * shape.channels
  return eachImage(image, shape, [shape.height, shape.width, shape.channels], (data, from, out, to) => {
    if (rng.uniform() < 0.5) flip(data, from, out, to, shape)
    else out.set(data.subarray(from, from + size), to)
  })
}
