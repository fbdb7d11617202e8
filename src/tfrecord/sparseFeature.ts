import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { checkDType } from './fixedLenFeature.ts'

/** Values of one feature at the indices in others; made by SparseFeature. */
export interface SparseFeature<D extends DType = DType, R extends number = number> {
  readonly kind: 'sparse'
  /** The features that hold the index along each axis. */
  readonly indexKeys: readonly string[] & { readonly length: R }
  readonly valueKey: string
  readonly dtype: D
  /** The size of each axis. */
  readonly size: readonly number[]
  readonly alreadySorted: boolean
}

/** Options of `SparseFeature`. */
export interface SparseFeatureOptions {
  /** Whether the values are in the order of their indices already, and need no sorting; false by default. */
  readonly alreadySorted?: boolean
}

/**
 * Asks for the values of one feature at the indices that other features hold (`tf.io.SparseFeature`).
 *
 * One record gives a Sparse of shape `size`, a batch one of `[records, ...size]`. Values come in the order of their
 * indices, equal ones as they were stored. As in TensorFlow the sizes are not checked against the indices.
 *
 * @param indexKeys the name of the feature with the indices, or one name for each axis
 * @param valueKey the name of the feature with the values, as many as there are indices
 * @param size the size of the axis, or of each axis, less than 2^31
 * @throws InvalidArgumentError where an argument is not what it must be
 *
 * @example
 * const record = encodeExample({ at: [30, 10], count: [3, 1] })
 * const { sparse } = parseExample(record, { sparse: SparseFeature('at', 'count', 'int32', 100) })
 * sparse.values // int32 [1, 3]
 * sparse.indices // int32 [[10], [30]]
 */
export function SparseFeature<D extends DType>(
  indexKeys: string,
  valueKey: string,
  dtype: D,
  size: number,
  options?: SparseFeatureOptions,
): SparseFeature<D, 1>
export function SparseFeature<D extends DType, const K extends readonly string[]>(
  indexKeys: K,
  valueKey: string,
  dtype: D,
  size: readonly number[],
  options?: SparseFeatureOptions,
): SparseFeature<D, K['length']>
export function SparseFeature(
  indexKeys: string | readonly string[],
  valueKey: string,
  dtype: DType,
  size: number | readonly number[],
  options: SparseFeatureOptions = {},
): SparseFeature {
  const maker = 'SparseFeature'
  const keys = typeof indexKeys === 'string' ? [indexKeys] : [...indexKeys]
  const sizes = typeof size === 'number' ? [size] : [...size]
  checkDType(maker, dtype)
  checkOptions(maker, options, ['alreadySorted'])
  const wrong = [...keys, valueKey].find((key: unknown) => typeof key !== 'string')
  if (wrong !== undefined) throw wrongArgument(maker, 'indexKeys and valueKey', 'names of features', wrong)
  if (keys.length === 0 || keys.length !== sizes.length) {
    throw new InvalidArgumentError(`${maker}: ${keys.length} index keys need as many sizes, got ${sizes.length}.`)
  }
  for (const axis of sizes) {
    if (checkCount(maker, 'size', axis) >= 2 ** 31) throw wrongArgument(maker, 'size', 'less than 2^31', axis)
  }
  return Object.freeze({
    kind: 'sparse',
    indexKeys: Object.freeze(keys),
    valueKey,
    dtype,
    size: Object.freeze(sizes),
    alreadySorted: checkBoolean(maker, 'alreadySorted', options.alreadySorted ?? false),
  })
}
