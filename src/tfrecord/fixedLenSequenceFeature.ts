import { checkBoolean, checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText, type DType } from '../core/spec.ts'
import type { ScalarOf } from '../ndarray/dtype.ts'
import { sizeOf } from '../ndarray/ndarray.ts'
import { checkDType, checkKnownShape, oneValue } from './fixedLenFeature.ts'

/** A feature of any number of items of one shape; made by FixedLenSequenceFeature. */
export interface FixedLenSequenceFeature<D extends DType = DType, S extends readonly number[] = readonly number[]> {
  readonly kind: 'fixedLenSequence'
  /** The shape of one item. */
  readonly shape: S
  readonly dtype: D
  readonly allowMissing: boolean
  /** What fills the rows of a batch that are shorter than the longest one. */
  readonly defaultValue: ScalarOf<D> | undefined
}

/** Options of `FixedLenSequenceFeature`. */
export interface FixedLenSequenceOptions<D extends DType> {
  /** Whether a record may lack the feature, which then has no items; false by default. An Example has to allow it. */
  readonly allowMissing?: boolean
  /** One value, which fills the shorter rows of a batch; 0, false or an empty string by default. */
  readonly defaultValue?: ScalarOf<D>
}

/**
 * Asks for a feature of any number of items of one shape (`tf.io.FixedLenSequenceFeature`).
 *
 * In an Example the list holds the values of all items, one item after the other, and `allowMissing` has to be true, as
 * in TensorFlow; in a SequenceExample each step is one item. One record gives an NdArray `[items, ...shape]`; a batch
 * `[records, longest, ...shape]`, filled up with the default. FixedLenFeature says which dtypes are read from which
 * lists.
 *
 * @param shape sizes of the axes of one item; [] where it is one value
 * @throws InvalidArgumentError where shape, dtype or default are not what they must be; an item of no values is refused,
 *   since their number could not be told
 *
 * @example
 * const features = { points: FixedLenSequenceFeature([2], 'float32', { allowMissing: true }) }
 * parseExample(encodeExample({ points: [0.5, 1, 1.5, 2] }), features) // { points: float32 [[0.5, 1], [1.5, 2]] }
 */
export function FixedLenSequenceFeature<D extends DType, const S extends readonly number[]>(
  shape: S,
  dtype: D,
  options: FixedLenSequenceOptions<D> = {},
): FixedLenSequenceFeature<D, S> {
  const maker = 'FixedLenSequenceFeature'
  checkKnownShape(maker, shape)
  checkDType(maker, dtype)
  checkOptions(maker, options, ['allowMissing', 'defaultValue'])
  if (sizeOf(shape) === 0) {
    throw new InvalidArgumentError(`${maker}: an item must hold at least one value, got ${shapeText(shape)}.`)
  }
  const { allowMissing = false, defaultValue } = options
  return Object.freeze({
    kind: 'fixedLenSequence',
    shape: Object.freeze(shape.slice()) as unknown as S,
    dtype,
    allowMissing: checkBoolean(maker, 'allowMissing', allowMissing),
    defaultValue: defaultValue === undefined ? undefined : oneValue(maker, dtype, defaultValue),
  })
}
