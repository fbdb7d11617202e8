import type { NumericDType } from '../core/spec.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { convertValues } from './convertImageDtype.ts'
import { checkColours } from './floatImage.ts'
import { checkImage } from './imageShape.ts'
import { eachImage, valuesOf } from './values.ts'

const { abs, fround, max, min } = Math

const red = fround(0.2989)
const green = fround(0.587)
const blue = fround(0.114)

/**
 * The brightness of an RGB image or batch (`tf.image.rgb_to_grayscale`): 0.2989 r + 0.587 g + 0.114 b.
 *
 * @returns the same dtype, with one channel
 * @throws InvalidArgumentError for what is no image of 3 channels of numbers
 *
 * @example
 * rgbToGrayscale(ndarray(Uint8Array.of(255, 0, 0), [1, 1, 3])) // uint8 [[[76]]]
 */
export function rgbToGrayscale<D extends NumericDType, R extends number>(image: NdArray<D, R>): NdArray<D, R> {
  checkColours('rgbToGrayscale', image, { channels: 3 })
  const dtype: NumericDType = image.dtype
  const values: Float32Array = convertValues(valuesOf(image), dtype, 'float32', false)
  const gray = new Float32Array(values.length / 3)
  for (let i = 0, at = 0; i < gray.length; i++, at += 3) {
    gray[i] = fround(fround(red * values[at]) + fround(green * values[at + 1])) + fround(blue * values[at + 2])
  }
  const data = dtype === 'float32' ? gray : convertValues(gray, 'float32', dtype, false)
  return new NdArray<D, R>(image.dtype, [...image.shape.slice(0, -1), 1], data as never)
}

/**
 * Repeats the one channel of an image or batch three times (`tf.image.grayscale_to_rgb`).
 *
 * @throws InvalidArgumentError for what is no image of one channel
 *
 * @example
 * grayscaleToRgb(ndarray(Uint8Array.of(7), [1, 1, 1])) // uint8 [[[7, 7, 7]]]
 */
export function grayscaleToRgb<D extends NumericDType, R extends number>(image: NdArray<D, R>): NdArray<D, R> {
  const shape = checkImage('grayscaleToRgb', image, { channels: 1 })
  const pixels = shape.height * shape.width
  return eachImage(image, shape, [shape.height, shape.width, 3], (data, from, out, to) => {
    for (let i = 0; i < pixels; i++, to += 3) out.fill(data[from + i], to, to + 3)
  })
}

/**
 * Hue, saturation and value, each from 0 to 1, of an RGB image or batch of floats (`tf.image.rgb_to_hsv`).
 *
 * @throws InvalidArgumentError for what is no image of 3 channels of float32 or float64
 *
 * @example
 * rgbToHsv(ndarray(Float32Array.of(0, 1, 1), [1, 1, 3])) // float32 [[[0.5, 1, 1]]]
 */
export function rgbToHsv<D extends 'float32' | 'float64', R extends number>(image: NdArray<D, R>): NdArray<D, R> {
  return eachPixel('rgbToHsv', image, (r, g, b, out, at, round) => {
    const value = max(r, g, b)
    const range = round(value - min(r, g, b))
    const norm = round(round(1 / range) * round(1 / 6))
    const hue =
      r === value
        ? round(norm * round(g - b))
        : g === value
          ? round(round(norm * round(b - r)) + round(2 / 6))
          : round(round(norm * round(r - g)) + round(4 / 6))
    const positive = range > 0 ? hue : 0
    out[at] = positive < 0 ? positive + 1 : positive
    out[at + 1] = value > 0 ? range / value : 0
    out[at + 2] = value
  })
}

/**
 * The RGB image or batch of hue, saturation and value, each from 0 to 1, in floats (`tf.image.hsv_to_rgb`).
 *
 * @throws InvalidArgumentError for what is no image of 3 channels of float32 or float64
 *
 * @example
 * hsvToRgb(ndarray(Float32Array.of(0.5, 1, 1), [1, 1, 3])) // float32 [[[0, 1, 1]]]
 */
export function hsvToRgb<D extends 'float32' | 'float64', R extends number>(image: NdArray<D, R>): NdArray<D, R> {
  return eachPixel('hsvToRgb', image, (h, s, v, out, at, round) => {
    const turned = round(h * 6)
    const rest = round(1 - s)
    const share = (part: number): number => round(round(rest + round(s * max(0, min(1, part)))) * v)
    out[at] = share(round(abs(round(turned - 3)) - 1))
    out[at + 1] = share(round(2 - abs(round(turned - 2))))
    out[at + 2] = share(round(2 - abs(round(turned - 4))))
  })
}

/** Writes what becomes of the three numbers of a pixel; `round` rounds to the dtype. */
type PixelChange = (
  a: number,
  b: number,
  c: number,
  out: Float32Array | Float64Array,
  at: number,
  round: (value: number) => number,
) => void

function eachPixel<D extends 'float32' | 'float64', R extends number>(
  operation: string,
  image: NdArray<D, R>,
  change: PixelChange,
): NdArray<D, R> {
  checkImage(operation, image, { dtypes: ['float32', 'float64'], channels: 3 })
  const data: Float32Array | Float64Array = image.data
  const single = data instanceof Float32Array
  const out = single ? new Float32Array(data.length) : new Float64Array(data.length)
  const round = single ? fround : (value: number): number => value
  for (let i = 0; i < data.length; i += 3) change(data[i], data[i + 1], data[i + 2], out, i, round)
  return new NdArray<D, R>(image.dtype, image.shape, out as never)
}
