import { checkAs, checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { batchCount, CollectCursor } from '../core/collectCursor.ts'
import type { Stage } from '../core/stage.ts'
import type { Batched, Scalar } from '../ndarray/element.ts'
import { checkPaddedShapes, paddedSpec, padStack, type PaddedShapes, type PaddingValues } from '../ndarray/pad.ts'

/** Options of `paddedBatch`. */
export interface PaddedBatchOptions<T> {
  /**
   * Sizes to pad each leaf to, in the form of the element; null, -1 or undefined where the longest of the batch decides,
   * which is the default for every axis.
   */
  readonly paddedShapes?: PaddedShapes<T>
  /** What to pad with: one value for all leaves, or one for each; 0, '' or false by default. */
  readonly paddingValues?: PaddingValues<T> | Exclude<Scalar, Uint8Array>
  /** Whether a last batch of fewer elements is left out; false by default. */
  readonly dropRemainder?: boolean
}

/**
 * Stacks consecutive elements after padding their NdArrays at the end of each axis (`tf.data.Dataset.padded_batch`).
 *
 * In: elements of one structure, dtypes and ranks. Out: as of `batch`, each axis as long as `paddedShapes` says, else as
 * the longest of the batch. Length, and what a failing element costs: as of `batch`. Saved: the upstream.
 *
 * @example
 * Dataset.range(3).map((n) => ndarray(new Int32Array(n))).paddedBatch(2, { paddingValues: 7 }) // int32 [[7], [0]], int32 [[0, 0]]
 * @throws DataLossError where an element is longer than the shape it is to be padded to
 */
export function paddedBatch<T>(batchSize: number, options: PaddedBatchOptions<T> = {}): Stage<T, Batched<T>> {
  checkCount('paddedBatch', 'batchSize', batchSize, { min: 1 })
  checkOptions('paddedBatch', options, ['paddedShapes', 'paddingValues', 'dropRemainder'])
  const { paddedShapes: shapes, paddingValues: values } = options
  if (shapes !== undefined) checkPaddedShapes(shapes, 'paddedBatch: paddedShapes')
  const dropRemainder = checkBoolean('paddedBatch', 'dropRemainder', options.dropRemainder ?? false)
  const padding = { shapes, values }
  return Object.freeze({
    name: 'paddedBatch',
    args: {
      batchSize,
      ...(shapes === undefined ? {} : { paddedShapes: shapes }),
      ...(values === undefined ? {} : { paddingValues: values }),
      dropRemainder,
    },
    cardinality: ([length]) => (length === undefined ? undefined : batchCount(length, batchSize, dropRemainder)),
    spec: ([spec]) => spec && checkAs('paddedBatch', () => paddedSpec(spec, padding, dropRemainder ? batchSize : null)),
    open: ([upstream], context, state) => {
      const join = (rows: readonly T[], index: number) => padStack(rows, padding, upstream.spec, index)
      return new CollectCursor(upstream, { batchSize, dropRemainder, join }, context, state)
    },
  } satisfies Stage<T, Batched<T>>)
}
