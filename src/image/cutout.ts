import { checkCount, checkOptions } from '../core/checks.ts'
import type { Rng } from '../core/random.ts'
import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { PixelData } from '../kernels/pixels.ts'
import { checkRng } from './checkRng.ts'
import { checkColours } from './floatImage.ts'
import { checkNumber, checkSize, type ImageShape } from './imageShape.ts'
import { eachImage } from './values.ts'

/** Options of `cutout`. */
export interface CutoutOptions {
  /** What the pixels become; 0 by default. */
  readonly constantValue?: number
}

/**
 * Covers a rectangle of an image, or one of each of a batch, with one value (DeVries and Taylor, "Improved Regularization
 * of Convolutional Neural Networks with Cutout", 2017). Its centre may be any pixel; what lies outside is left out.
 *
 * @param maskSize side of a square, or [height, width]
 * @param rng two draws an image
 * @throws InvalidArgumentError for what is no image of numbers or no generator, and for another size
 *
 * @example
 * cutout(ndarray(Uint8Array.of(7), [1, 1, 1]), 1, new Rng({ a: 1, b: 0 })) // uint8 [[[0]]]
 */
export function cutout<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  maskSize: number | readonly [number, number],
  rng: Rng,
  options: CutoutOptions = {},
): NdArray<D, R> {
  checkOptions('cutout', options, ['constantValue'])
  const value = checkNumber('cutout', 'constantValue', options.constantValue ?? 0)
  const shape = checkColours('cutout', image)
  const sides = typeof maskSize === 'number' ? [maskSize, maskSize] : maskSize
  if (typeof maskSize === 'number') checkCount('cutout', 'maskSize', maskSize, { min: 1 })
  const [maskHeight, maskWidth] = checkSize('cutout', sides)
  checkRng('cutout', rng)
  const { height, width, channels } = shape
  const size = height * width * channels
  return eachImage(image, shape, [height, width, channels], (data, from, out, to) => {
    out.set(data.subarray(from, from + size), to)
    if (size === 0) return
    const [top, bottom] = around(rng.integer(height), maskHeight, height)
    const [left, right] = around(rng.integer(width), maskWidth, width)
    fillRectangle(out.subarray(to, to + size), shape, top, left, bottom, right, value)
  })
}

/** The bounds of `length` places around a centre, as far as they lie within an axis. */
export function around(centre: number, length: number, size: number): readonly [number, number] {
  const start = centre - Math.floor(length / 2)
  return [Math.max(0, start), Math.min(size, start + length)]
}

function fillRectangle(
  values: PixelData,
  { width, channels }: ImageShape,
  top: number,
  left: number,
  bottom: number,
  right: number,
  value: number,
): void {
  for (let y = top; y < bottom; y++) {
    const row = y * width
    values.fill(value, (row + left) * channels, (row + right) * channels)
  }
}
