import { InvalidArgumentError } from '../core/errors.ts'
import { describe, isNdArray, NdArray } from '../ndarray/ndarray.ts'
import { convertChannels } from './channels.ts'
import { valuesOf } from './values.ts'

/**
 * An image as people can look at it: uint8 with 3 channels, alpha over white.
 *
 * @param range the values that are black and white; by default 0 and 255 of bytes, and of other values whichever of
 *   [0, 1], [-1, 1] and [0, 255] they lie in, or else their own least and greatest
 */
export function shownPixels(image: unknown, range?: readonly [number, number]): NdArray<'uint8', 3> {
  if (!isNdArray(image) || image.rank !== 3 || ![1, 2, 3, 4].includes(image.shape[2]) || image.size === 0) {
    throw new InvalidArgumentError(
      `contactSheet: an image must be [height, width, 1 to 4 channels], got ${describe(image)}.`,
    )
  }
  const [height, width, channels] = image.shape
  const bytes = toBytes(image, range)
  const alpha = channels % 2 === 0
  const rgb = convertChannels(bytes, channels, 3)
  const pixels = alpha && rgb === bytes ? bytes.slice() : rgb
  if (alpha) {
    for (let i = 0; i < height * width; i++) {
      const cover = bytes[(i + 1) * channels - 1] / 255
      for (let c = 0; c < 3; c++) pixels[3 * i + c] = Math.round(pixels[3 * i + c] * cover + 255 * (1 - cover))
    }
  }
  return new NdArray('uint8', [height, width, 3], pixels)
}

function toBytes(image: NdArray, range: readonly [number, number] | undefined): Uint8Array {
  const values = valuesOf(image)
  if (values instanceof Uint8Array && range === undefined) return values
  const [low, high] = range ?? rangeOf(values)
  const scale = 255 / (high - low || 1)
  return new Uint8Array(Uint8ClampedArray.from(values, (value) => (value - low) * scale).buffer)
}

function rangeOf(values: ArrayLike<number>): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i]
    if (values[i] > most) most = values[i]
  }
  const usual = [
    [0, 1],
    [-1, 1],
    [0, 255],
  ] as const
  return usual.find(([low, high]) => least >= low && most <= high) ?? [least, most]
}
