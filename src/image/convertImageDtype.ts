import { checkBoolean, checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { allocateUnset, integerRange, type DataOf } from '../ndarray/dtype.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { affine } from '../kernels/affine.ts'
import type { Affine, PixelData } from '../kernels/pixels.ts'
import { toBytes } from '../kernels/toBytes.ts'
import type { NumericDType } from '../core/spec.ts'
import { checkImage } from './imageShape.ts'
import { resizableDTypes } from './resize.ts'
import { valuesOf } from './values.ts'

/** Options of `convertImageDtype`. */
export interface ConvertImageDtypeOptions {
  /** Whether values that the new dtype cannot hold become its least or greatest; false by default: they wrap round. */
  readonly saturate?: boolean
}

/**
 * Converts an image, or a batch, to another dtype and scales it (`tf.image.convert_image_dtype`): 0 to 1 in float32 and
 * float64 is 0 to the greatest value of a whole-number dtype. The same dtype gives the same array.
 *
 * @throws InvalidArgumentError for what is no image of numbers, and for an unknown dtype
 *
 * @example
 * convertImageDtype(ndarray(Float32Array.of(0, 0.5, 1), [1, 3, 1]), 'uint8') // uint8 [[[0], [127], [255]]]
 */
export function convertImageDtype<D extends NumericDType, R extends number>(
  image: NdArray<NumericDType, R>,
  dtype: D,
  options: ConvertImageDtypeOptions = {},
): NdArray<D, R> {
  const operation = 'convertImageDtype'
  checkOptions(operation, options, ['saturate'])
  const saturate = checkBoolean(operation, 'saturate', options.saturate ?? false)
  checkImage(operation, image, { dtypes: resizableDTypes })
  if (!resizableDTypes.includes(dtype)) {
    throw new InvalidArgumentError(`${operation}: dtype must be one of ${resizableDTypes.join(', ')}, got ${dtype}.`)
  }
  const from: NumericDType = image.dtype
  if (from === dtype) return image as NdArray<D, R>
  return new NdArray<D, R>(dtype, image.shape, convertValues(valuesOf(image), from, dtype, saturate))
}

const { floor, fround } = Math

/** A byte as a share of 255. */
const bytesToFloats: Affine = {
  delta: 0,
  subtract: Float32Array.of(0),
  multiply: Float32Array.of(1 / 255),
  add: Float32Array.of(0),
}

/** Converts and scales values to another dtype; they are always copied. */
export function convertValues<D extends NumericDType>(
  values: PixelData,
  from: NumericDType,
  to: D,
  saturate: boolean,
): DataOf[D] {
  const out = allocateUnset(to, values.length)
  const [fromRange, toRange] = [integerRange[from], integerRange[to]]
  if (fromRange === undefined && toRange === undefined) out.set(values)
  else if (values instanceof Uint8Array && out instanceof Float32Array) affine(values, bytesToFloats, out)
  else if (values instanceof Float32Array && out instanceof Uint8Array && saturate) toBytes(values, 255.5, out)
  else if (fromRange === undefined) scaleToWhole(values, out, (toRange as Range)[1], limitsOf(from, toRange, saturate))
  else if (toRange === undefined) scaleToFraction(values, out, to, fromRange[1])
  else betweenWhole(values, out, fromRange[1], toRange[1], limitsOf(from, toRange, saturate))
  return out
}

type Range = readonly [number, number]

/** What values are kept within before they are cast: the range of the dtype, as far as the old dtype can express it. */
function limitsOf(from: NumericDType, range: Range | undefined, saturate: boolean): Range {
  if (!saturate || range === undefined) return [-Infinity, Infinity]
  // The float32 nearest to 2^31 - 1 is too large for an int32; the one before it is taken.
  const rounded = from === 'float32' && fround(range[1]) > range[1]
  return rounded ? [range[0], fround(range[1]) - 2 ** (range[1] > 2 ** 31 ? 8 : 7)] : range
}

/** A fraction times the greatest value and a half, so that the cut at the end rounds. */
function scaleToWhole(values: PixelData, out: PixelData, most: number, [low, high]: Range): void {
  const single = values instanceof Float32Array
  const scale = single ? fround(most + 0.5) : most + 0.5
  for (let i = 0; i < values.length; i++) {
    const scaled = single ? fround(values[i] * scale) : values[i] * scale
    out[i] = scaled < low ? low : scaled > high ? high : scaled
  }
}

function scaleToFraction(values: PixelData, out: PixelData, to: NumericDType, most: number): void {
  if (to === 'float64') {
    for (let i = 0; i < values.length; i++) out[i] = values[i] * (1 / most)
    return
  }
  const scale = fround(1 / most)
  for (let i = 0; i < values.length; i++) out[i] = fround(values[i]) * scale
}

/** Whole numbers are shifted by the difference of the dtypes' widths. */
function betweenWhole(values: PixelData, out: PixelData, fromMost: number, toMost: number, [low, high]: Range): void {
  const down = fromMost > toMost
  const scale = down ? (fromMost + 1) / (toMost + 1) : (toMost + 1) / (fromMost + 1)
  for (let i = 0; i < values.length; i++) {
    const value = down ? floor(values[i] / scale) : values[i]
    const kept = value < low ? low : value > high ? high : value
    out[i] = down ? kept : kept * scale
  }
}
