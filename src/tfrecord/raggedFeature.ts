import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { checkDType } from './fixedLenFeature.ts'

/** How the values of a ragged feature are divided into rows: by numbers in another feature, or evenly. */
export type Partition =
  | {
      readonly by: 'rowSplits' | 'rowLengths' | 'rowStarts' | 'rowLimits' | 'valueRowids'
      /** The feature that holds the numbers. */
      readonly key: string
    }
  | UniformPartition

/** Rows of one length. */
export interface UniformPartition {
  readonly by: 'uniformRowLength'
  readonly length: number
}

/** A feature of rows of different lengths; made by RaggedFeature. */
export interface RaggedFeature<D extends DType = DType, P extends readonly Partition[] = readonly Partition[]> {
  readonly kind: 'ragged'
  readonly dtype: D
  /** The feature that holds the values; undefined where it has the name of this one. */
  readonly valueKey: string | undefined
  /** From the outermost to the innermost. */
  readonly partitions: P
}

/** Options of `RaggedFeature`. */
export interface RaggedFeatureOptions<P extends readonly Partition[]> {
  /** The feature that holds the values; that of the same name by default. */
  readonly valueKey?: string
  /** How the values are divided into rows, from the outermost to the innermost; none by default. */
  readonly partitions?: P
}

/**
 * Asks for a feature of any number of values, in rows that may differ in length (`tf.io.RaggedFeature`). A record without
 * it has none.
 *
 * Without partitions one record gives a flat NdArray, and each partition makes it a Ragged of one more level (or an
 * NdArray of one more axis, for a `uniformRowLength` with no other partition after it). A batch is a Ragged of what its
 * records give, as are the steps of a SequenceExample. FixedLenFeature says which dtypes are read from which lists.
 *
 * Partitions have to fit their values: where TensorFlow leaves that unchecked (`validate=False`) it is an error here.
 *
 * @throws InvalidArgumentError where an argument is not what it must be
 *
 * @example
 * const { rowLengths } = RaggedFeature
 * const features = { words: RaggedFeature('string', { partitions: [rowLengths('counts')] }) }
 * const { words } = parseExample(encodeExample({ words: ['a', 'b', 'c'], counts: [1, 0, 2] }), features)
 * words.rowSplits // int32 [0, 1, 1, 3]
 */
export function RaggedFeature<D extends DType, const P extends readonly Partition[] = readonly []>(
  dtype: D,
  options: RaggedFeatureOptions<P> = {},
): RaggedFeature<D, P> {
  const maker = 'RaggedFeature'
  checkDType(maker, dtype)
  checkOptions(maker, options, ['valueKey', 'partitions'])
  const { valueKey, partitions = [] as unknown as P } = options
  if (valueKey !== undefined && typeof (valueKey as unknown) !== 'string') {
    throw wrongArgument(maker, 'valueKey', 'the name of a feature', valueKey)
  }
  for (const partition of partitions) {
    if (!(partition.by in makers)) {
      throw new InvalidArgumentError(`${maker}: there is no partition ${partition.by as string}.`, {
        hint: `It is made by RaggedFeature.${Object.keys(makers).join(', .')}.`,
      })
    }
  }
  return Object.freeze({
    kind: 'ragged',
    dtype,
    valueKey,
    partitions: Object.freeze(partitions.slice()) as unknown as P,
  })
}

const makers = {
  /** Rows between positions: row i is `values[splits[i], splits[i + 1])`. */
  rowSplits: (key: string) => keyed('rowSplits', key),
  /** Rows of these lengths. */
  rowLengths: (key: string) => keyed('rowLengths', key),
  /** Rows that begin at these positions, the first at 0. */
  rowStarts: (key: string) => keyed('rowStarts', key),
  /** Rows that end before these positions, the last at the number of values. */
  rowLimits: (key: string) => keyed('rowLimits', key),
  /** For each value the number of its row, ascending. */
  valueRowids: (key: string) => keyed('valueRowids', key),
  /** Rows of one length. */
  uniformRowLength: (length: number): UniformPartition => {
    checkCount('RaggedFeature', 'uniformRowLength', length, { min: 1 })
    return Object.freeze({ by: 'uniformRowLength', length })
  },
}

RaggedFeature.rowSplits = makers.rowSplits
RaggedFeature.rowLengths = makers.rowLengths
RaggedFeature.rowStarts = makers.rowStarts
RaggedFeature.rowLimits = makers.rowLimits
RaggedFeature.valueRowids = makers.valueRowids
RaggedFeature.uniformRowLength = makers.uniformRowLength

function keyed<B extends Exclude<Partition['by'], 'uniformRowLength'>>(
  by: B,
  key: string,
): { readonly by: B; readonly key: string } {
  if (typeof (key as unknown) !== 'string') throw wrongArgument('RaggedFeature', by, 'the name of a feature', key)
  return Object.freeze({ by, key })
}
