import { atPath, checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { batchCount, CollectCursor } from '../core/collectCursor.ts'
import { after, askAll } from '../core/cursor.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import { mapSpec, TensorSpec, type Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import { BatchMemory } from '../ndarray/batchMemory.ts'
import type { Batched } from '../ndarray/element.ts'
import { stack } from '../ndarray/stack.ts'

/** Options of `batch`. */
export interface BatchOptions {
  /** Whether a last batch of fewer elements is left out; false by default. */
  readonly dropRemainder?: boolean
}

/**
 * Stacks consecutive elements into batches (`tf.data.Dataset.batch`).
 *
 * In: elements of one structure, dtypes and shapes. Out: the same structure with one axis more in front, of
 * `batchSize`, but in the last batch. An element that fails takes with it those collected before it: the next batch
 * begins after it. Plain numbers take the dtype of the spec, else float32. Length: the input's
 * divided by `batchSize`, rounded up, or down with `dropRemainder`. Saved: the upstream.
 *
 * The memory of a large batch that is given back with `release` is that of a later one; `fit` and its like do so.
 *
 * @example
 * Dataset.range(5).batch(2) // int32 [0, 1], int32 [2, 3], int32 [4]
 * @throws InvalidArgumentError naming both elements where they cannot be stacked
 */
export function batch<T>(batchSize: number, options: BatchOptions = {}): Stage<T, Batched<T>> {
  checkCount('batch', 'batchSize', batchSize, { min: 1 })
  checkOptions('batch', options, ['dropRemainder'])
  const dropRemainder = checkBoolean('batch', 'dropRemainder', options.dropRemainder ?? false)
  return Object.freeze({
    name: 'batch',
    args: { batchSize, dropRemainder },
    cardinality: ([length]) => (length === undefined ? undefined : batchCount(length, batchSize, dropRemainder)),
    spec: ([spec]) => spec && batchSpec(spec, batchSize, dropRemainder),
    open: ([upstream], context, state) =>
      new CollectCursor(upstream, { batchSize, dropRemainder, join: stacker<T>(upstream.spec) }, context, state),
    randomAccess: ([upstream], context) => {
      const join = (rows: readonly T[], first: number): Batched<T> => {
        try {
          return stack(rows, upstream.spec, first)
        } catch (error) {
          throw atPath(error, context.path)
        }
      }
      return mapRandomAccess(upstream, (input) => ({
        length: batchCount(input.length, batchSize, dropRemainder),
        at: (index) => {
          const first = index * batchSize
          const places = Array.from({ length: Math.min(batchSize, input.length - first) }, (_, i) => first + i)
          return after(
            askAll(places, (place) => input.at(place)),
            (rows) => join(rows, first),
          )
        },
      }))
    },
    hints: { batches: { batchSize, dropRemainder, stacker } },
  } satisfies Stage<T, Batched<T>>)
}

function batchSpec(spec: Spec, batchSize: number, whole: boolean): Spec {
  return mapSpec(spec, ({ shape, dtype }) => new TensorSpec(shape && [whole ? batchSize : null, ...shape], dtype))
}

/** What makes the batches of one cursor: each of rows, of which the first one has the index `first`. */
function stacker<T>(spec: Spec | undefined): (rows: readonly T[], first: number) => Batched<T> {
  const memory = new BatchMemory()
  return (rows, first) => memory.lend(stack(rows, spec, first, memory))
}
