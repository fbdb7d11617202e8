import type { TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { mirror } from '../kernels/mirror.ts'
import type { PixelData } from '../kernels/pixels.ts'
import { checkImage, type ImageShape } from './imageShape.ts'
import { eachImage } from './values.ts'

/**
 * Mirrors an image, or each of a batch, left to right (`tf.image.flip_left_right`).
 *
 * @throws InvalidArgumentError for what is no image
 *
 * @example
 * flipLeftRight(ndarray(Uint8Array.of(1, 2, 3), [1, 3, 1])) // uint8 [[[3], [2], [1]]]
 */
export function flipLeftRight<D extends TypedDType, R extends number>(image: NdArray<D, R>): NdArray<D, R> {
  const shape = checkImage('flipLeftRight', image)
  return eachImage(image, shape, [shape.height, shape.width, shape.channels], (data, from, out, to) =>
    mirrorRows(data, from, out, to, shape),
  )
}

/**
 * Turns an image, or each of a batch, upside down, mirrored (`tf.image.flip_up_down`).
 *
 * @throws InvalidArgumentError for what is no image
 *
 * @example
 * flipUpDown(ndarray(Uint8Array.of(1, 2, 3), [3, 1, 1])) // uint8 [[[3]], [[2]], [[1]]]
 */
export function flipUpDown<D extends TypedDType, R extends number>(image: NdArray<D, R>): NdArray<D, R> {
  const shape = checkImage('flipUpDown', image)
  return eachImage(image, shape, [shape.height, shape.width, shape.channels], (data, from, out, to) =>
    reverseRows(data, from, out, to, shape),
  )
}

/** Copies one image with its columns in the opposite order. */
export function mirrorRows(
  data: PixelData,
  from: number,
  out: PixelData,
  to: number,
  { height, width, channels }: ImageShape,
): void {
  const size = height * width * channels
  mirror({ data: data.subarray(from, from + size), height, width, channels }, out.subarray(to, to + size))
}

/** Copies one image with its rows in the opposite order. */
export function reverseRows(
  data: PixelData,
  from: number,
  out: PixelData,
  to: number,
  { height, width, channels }: ImageShape,
): void {
  const row = width * channels
  for (let y = height - 1; y >= 0; y--, to += row) out.set(data.subarray(from + y * row, from + (y + 1) * row), to)
}
