import type { DType } from '../core/spec.ts'
import { checkDType } from './fixedLenFeature.ts'

/** A feature of any number of values, given sparse; made by VarLenFeature. */
export interface VarLenFeature<D extends DType = DType> {
  readonly kind: 'varLen'
  readonly dtype: D
}

/**
 * Asks for a feature of any number of values (`tf.io.VarLenFeature`). A record without it has none.
 *
 * One record gives a Sparse of shape `[values]`; a batch one of `[records, longest]`; each step of a SequenceExample is
 * a row too. FixedLenFeature says which dtypes are read from which lists.
 *
 * @throws InvalidArgumentError where there is no such dtype
 *
 * @example
 * const { words } = parseExample(encodeExample({ words: ['a', 'b'] }), { words: VarLenFeature('string') })
 * words.values // string ['a', 'b']
 * words.denseShape // int32 [2]
 */
export function VarLenFeature<D extends DType>(dtype: D): VarLenFeature<D> {
  checkDType('VarLenFeature', dtype)
  return Object.freeze({ kind: 'varLen', dtype })
}
