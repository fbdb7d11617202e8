import { checkAs } from '../core/checks.ts'
import { END, type Cursor } from '../core/cursor.ts'
import type { Stage } from '../core/stage.ts'
import { BatchMemory } from '../ndarray/batchMemory.ts'
import { specOf, type Tensors, type Unbatched } from '../ndarray/element.ts'
import { elementDigest } from '../ndarray/elementDigest.ts'
import { rowsOf, rowSpec, toTensors, type Rows } from '../ndarray/rows.ts'
import { range } from './range.ts'

/** The element that slices of T along axis 0 are. */
export type SlicesOf<T> = Unbatched<Tensors<T>>

/**
 * The rows of tensors along axis 0 (`tf.data.Dataset.from_tensor_slices`).
 *
 * In: a typed array, nested plain arrays, an NdArray, or an object or tuple of them that agree on axis 0. Out: one
 * element a row, in the same form: views on the given memory, and plain scalars where a tensor has one axis. Length:
 * axis 0. Saved: the position.
 *
 * @example
 * Dataset.fromTensorSlices({ x: [[1, 2], [3, 4]], y: ['a', 'b'] }) // { x: int32 [1, 2], y: 'a' }, { x: int32 [3, 4], y: 'b' }
 * @throws InvalidArgumentError where a leaf has no axis, or axis 0 differs
 */
export function fromTensorSlices<T>(tensors: T): Stage<never, SlicesOf<T>> {
  const { structure, rows } = asRows<SlicesOf<T>>(tensors)
  const spec = rowSpec(specOf(structure))
  let identity: string | undefined
  return Object.freeze({
    name: 'fromTensorSlices',
    args: {},
    identity: () => (identity ??= elementDigest(structure) ?? ''),
    cardinality: () => rows.length,
    spec: () => spec,
    open: (_inputs, _context, state) => new SlicesCursor(rows, (state as SlicesState | undefined)?.position ?? 0),
    randomAccess: () => ({
      length: rows.length,
      at: (index) => rows.at(index),
      gather: (indices) => rows.gather(indices),
      close: ownsNothing,
    }),
    hints: {
      madeOf: {
        stage: () => range(rows.length),
        make: (index) => rows.at(index),
        batcher: () => {
          const memory = new BatchMemory()
          return (indices) => memory.lend(rows.gather(indices, memory))
        },
      },
    },
  } satisfies Stage<never, SlicesOf<T>>)
}

function asRows<T>(tensors: unknown): { structure: unknown; rows: Rows<T> } {
  return checkAs('fromTensorSlices', () => {
    const structure = toTensors(tensors)
    return { structure, rows: rowsOf<T>(structure) }
  })
}

interface SlicesState {
  readonly position: number
}

class SlicesCursor<T> implements Cursor<T> {
  readonly #rows: Rows<T>
  #position: number

  constructor(rows: Rows<T>, position: number) {
    this.#rows = rows
    this.#position = position
  }

  next(): T | typeof END {
    return this.#position < this.#rows.length ? this.#rows.at(this.#position++) : END
  }

  skip(count: number): number {
    const skipped = Math.min(count, this.#rows.length - this.#position)
    this.#position += skipped
    return skipped
  }

  state() {
    return { position: this.#position }
  }

  /** Comes to the end: whoever searches on among the rows is to find nothing more. */
  close(): void {
    this.#position = this.#rows.length
  }
}

function ownsNothing(): void {
  // The rows are the caller's memory: there is nothing to free.
}
