import type { NumericDType } from '../core/spec.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { convertValues } from './convertImageDtype.ts'
import { checkImage, type ImageRule, type ImageShape } from './imageShape.ts'
import { resizableDTypes } from './resize.ts'
import { valuesOf } from './values.ts'

/*
 * Colours are computed in float32, as in TensorFlow: float32 images as they are, others converted and scaled to 0..1 first
 * and back at the end.
 */

/** Checks an image for an operation on colours. */
export function checkColours(operation: string, image: NdArray, rule: ImageRule = {}): ImageShape {
  return checkImage(operation, image, { dtypes: resizableDTypes, ...rule })
}

/**
 * Changes the values of an image as float32; back in a whole-number dtype they are kept within its range.
 *
 * @param change writes over the values
 */
export function throughFloat<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  change: (values: Float32Array) => void,
): NdArray<D, R> {
  const { dtype } = image
  const values: Float32Array = convertValues(valuesOf(image), dtype, 'float32', false)
  change(values)
  const back = dtype === 'float32' ? values : convertValues(values, 'float32', dtype as NumericDType, true)
  return new NdArray<D, R>(dtype, image.shape, back as never)
}

/** Every value of a byte. */
const allBytes = Uint8Array.from({ length: 256 }, (_, i) => i)

/**
 * As `throughFloat`, for a change of each value by itself: of bytes there are 256, and what becomes of each is looked up.
 *
 * @param change writes over values, each by itself
 */
export function pointwise<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  change: (values: Float32Array) => void,
): NdArray<D, R> {
  const bytes: unknown = image.data
  if (!(bytes instanceof Uint8Array)) return throughFloat(image, change)
  const table = tableOf(change)
  const out = new Uint8Array(bytes.length)
  for (let i = 0; i < out.length; i++) out[i] = table[bytes[i]]
  return new NdArray<D, R>(image.dtype, image.shape, out as never)
}

/** What becomes of each byte by way of float32. */
function tableOf(change: (values: Float32Array) => void): Uint8Array {
  const values = convertValues(allBytes, 'uint8', 'float32', false)
  change(values)
  return convertValues(values, 'float32', 'uint8', true)
}
