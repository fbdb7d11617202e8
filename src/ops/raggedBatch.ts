import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { batchCount, CollectCursor } from '../core/collectCursor.ts'
import type { Stage } from '../core/stage.ts'
import { raggedSpec, raggedStack, type RaggedBatched, type RowSplitsDType } from '../ndarray/ragged.ts'

/** Options of `raggedBatch`. */
export interface RaggedBatchOptions<S extends RowSplitsDType = 'int64'> {
  /** Whether a last batch of fewer elements is left out; false by default. */
  readonly dropRemainder?: boolean
  /** Dtype of the row splits; int64 by default. */
  readonly rowSplitsDtype?: S
}

/**
 * Joins consecutive elements whose NdArrays differ in shape, without padding (`tf.data.Dataset.ragged_batch`).
 *
 * In: elements of one structure, dtypes and ranks. Out: the same structure with `{ values, rowSplits }` for each
 * NdArray, nested where more axes are of unknown size (all, where no spec is known), and a vector for each plain scalar.
 * An NdArray of known shape becomes ragged too (TensorFlow: a tensor), for types do not depend on specs. Length, and what
 * a failing element costs: as of `batch`. Saved: the upstream.
 *
 * @example
 * Dataset.fromGenerator([ndarray([1]), ndarray([2, 3])]).raggedBatch(2) // { values: int32 [1, 2, 3], rowSplits: int64 [0n, 1n, 3n] }
 * @throws InvalidArgumentError naming both elements where they cannot be joined
 */
export function raggedBatch<T, S extends RowSplitsDType = 'int64'>(
  batchSize: number,
  options: RaggedBatchOptions<S> = {},
): Stage<T, RaggedBatched<T, S>> {
  checkCount('raggedBatch', 'batchSize', batchSize, { min: 1 })
  checkOptions('raggedBatch', options, ['dropRemainder', 'rowSplitsDtype'])
  const dropRemainder = checkBoolean('raggedBatch', 'dropRemainder', options.dropRemainder ?? false)
  const rowSplitsDtype: unknown = options.rowSplitsDtype ?? 'int64'
  if (rowSplitsDtype !== 'int64' && rowSplitsDtype !== 'int32') {
    throw wrongArgument('raggedBatch', 'rowSplitsDtype', "'int32' or 'int64'", rowSplitsDtype)
  }
  return Object.freeze({
    name: 'raggedBatch',
    args: { batchSize, dropRemainder, rowSplitsDtype },
    cardinality: ([length]) => (length === undefined ? undefined : batchCount(length, batchSize, dropRemainder)),
    spec: ([spec]) => spec && raggedSpec(spec, rowSplitsDtype, dropRemainder ? batchSize : null),
    open: ([upstream], context, state) => {
      const join = (rows: readonly T[], index: number) =>
        raggedStack(rows, rowSplitsDtype, upstream.spec, index) as RaggedBatched<T, S>
      return new CollectCursor(upstream, { batchSize, dropRemainder, join }, context, state)
    },
  } satisfies Stage<T, RaggedBatched<T, S>>)
}
