import { checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError, messageOf } from '../core/errors.ts'
import { checkShape, shapeText, type DType } from '../core/spec.ts'
import { dtypes, type ScalarOf, type TypedArray } from '../ndarray/dtype.ts'
import { isNdArray, ndarray, scalarAt, sizeOf, type NdArray } from '../ndarray/ndarray.ts'

/** A feature that has the same number of values in every record; made by FixedLenFeature. */
export interface FixedLenFeature<D extends DType = DType, S extends readonly number[] = readonly number[]> {
  readonly kind: 'fixedLen'
  readonly shape: S
  readonly dtype: D
  /** What a record without the feature gives: a scalar for shape [], an NdArray of the shape for others. */
  readonly defaultValue: ScalarOf<D> | NdArray<D> | undefined
}

/** What a feature may have as default: one value, which fills the shape, or all values as array or NdArray. */
export type DefaultValue<D extends DType> = ScalarOf<D> | NdArray<D> | TypedArray | readonly unknown[]

/**
 * Asks for a feature of a fixed number of values (`tf.io.FixedLenFeature`), in the dtype that the element is to have:
 *
 * - int64 (bigint scalars), and bool, int8, int16, int32, uint8, uint16, uint32, float64 with a check that each value
 *   fits: from an int64 list
 * - float32 and float64: from a float list
 * - string (checked UTF-8) and bytes: from a bytes list
 * - every dtype but string and bytes: from a bytes list of one string, whose bytes are the values, little-endian
 *   (`tf.io.decode_raw`); where they are aligned, always for uint8, the array is a view on the record
 *
 * @param shape sizes of the axes; [] for a plain scalar
 * @param options.defaultValue what a record without the feature gives; none by default, so that it is an error. One
 *   value fills the shape (TensorFlow asks for all of them).
 * @throws InvalidArgumentError where shape, dtype or default are not what they must be
 *
 * @example
 * const features = { image: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int32') }
 * featureSpec(features) // { image: uint8 [28, 28, 1], label: int32 [] }
 */
export function FixedLenFeature<D extends DType, const S extends readonly number[]>(
  shape: S,
  dtype: D,
  options: { readonly defaultValue?: DefaultValue<D> } = {},
): FixedLenFeature<D, S> {
  checkKnownShape('FixedLenFeature', shape)
  checkDType('FixedLenFeature', dtype)
  checkOptions('FixedLenFeature', options, ['defaultValue'])
  const { defaultValue } = options
  return Object.freeze({
    kind: 'fixedLen',
    shape: Object.freeze(shape.slice()) as unknown as S,
    dtype,
    defaultValue: defaultValue === undefined ? undefined : filled(shape, dtype, defaultValue),
  })
}

/** Refuses a shape with a size that is not known. */
export function checkKnownShape(maker: string, shape: readonly number[]): void {
  if (!Array.isArray(shape)) throw wrongArgument(maker, 'shape', 'an array of sizes, such as [28, 28] or []', shape)
  checkShape(`${maker}: shape`, shape)
  if (shape.some((size: number | null) => size === null)) {
    throw new InvalidArgumentError(`${maker}: every size must be known, got ${shapeText(shape)}.`)
  }
}

/** Refuses what is no dtype. */
export function checkDType(maker: string, dtype: DType): void {
  if (dtypes.includes(dtype)) return
  throw new InvalidArgumentError(`${maker}: there is no dtype ${dtype as string}.`, {
    hint: `It is one of ${dtypes.join(', ')}.`,
  })
}

/** One plain value of a dtype, as an NdArray holds it. */
export function oneValue<D extends DType>(maker: string, dtype: D, value: unknown): ScalarOf<D> {
  try {
    return scalarAt(ndarray<D>([value], [1], dtype), 0)
  } catch (cause) {
    const what = `${maker}: the default does not fit ${dtype} []: ${messageOf(cause)}`
    throw new InvalidArgumentError(what, { cause })
  }
}

function filled<D extends DType>(shape: readonly number[], dtype: D, value: unknown): ScalarOf<D> | NdArray<D> {
  const scalar = !isNdArray(value) && !Array.isArray(value) && (dtype === 'bytes' || !ArrayBuffer.isView(value))
  if (shape.length === 0 && !scalar) {
    throw new InvalidArgumentError('FixedLenFeature: the default of shape [] must be one plain value.')
  }
  if (shape.length === 0) return oneValue('FixedLenFeature', dtype, value)
  try {
    return ndarray<D>(scalar ? new Array<unknown>(sizeOf(shape)).fill(value) : value, shape, dtype)
  } catch (cause) {
    const what = `FixedLenFeature: the default does not fit ${dtype} ${shapeText(shape)}: ${messageOf(cause)}`
    throw new InvalidArgumentError(what, { cause })
  }
}
