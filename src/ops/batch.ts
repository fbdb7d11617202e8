import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { after, END, pump, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { mapSpec, TensorSpec, type Spec } from '../core/spec.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
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
    cardinality: ([length]) =>
      length === undefined ? undefined : dropRemainder ? Math.floor(length / batchSize) : Math.ceil(length / batchSize),
    spec: ([spec]) => spec && batchSpec(spec, batchSize, dropRemainder),
    open: ([upstream], context, state) => new BatchCursor(upstream, batchSize, dropRemainder, context, state),
  } satisfies Stage<T, Batched<T>>)
}

function batchSpec(spec: Spec, batchSize: number, whole: boolean): Spec {
  return mapSpec(spec, ({ shape, dtype }) => new TensorSpec(shape && [whole ? batchSize : null, ...shape], dtype))
}

interface BatchState {
  /** Elements read: the index of the first one of the next batch. */
  readonly index: number
  readonly upstream: State
}

class BatchCursor<T> implements Cursor<Batched<T>> {
  readonly #upstream: Cursor<T>
  readonly #spec: Spec | undefined
  readonly #path: string
  readonly #batchSize: number
  readonly #dropRemainder: boolean
  readonly #collect: (element: T) => boolean
  #rows: T[] = []
  #index: number

  constructor(
    upstream: Upstream<T>,
    batchSize: number,
    dropRemainder: boolean,
    context: StageContext,
    state: State | undefined,
  ) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<BatchState>
    this.#upstream = upstream.open(inner)
    this.#spec = upstream.spec
    this.#path = context.path
    this.#batchSize = batchSize
    this.#dropRemainder = dropRemainder
    this.#index = index
    this.#collect = (element) => {
      this.#index++
      return this.#rows.push(element) < batchSize
    }
  }

  next(): Pull<Batched<T>> {
    this.#rows = []
    let ended
    try {
      ended = pump(this.#upstream, this.#collect)
    } catch (error) {
      return this.#fail(error)
    }
    if (ended === true || ended === false) return this.#emit()
    return ended.then(
      () => this.#emit(),
      (error: unknown) => this.#fail(error),
    )
  }

  skip(count: number): number | Promise<number> {
    return after(skipElements(this.#upstream, count * this.#batchSize), (skipped) => {
      this.#index += skipped
      return this.#dropRemainder ? Math.floor(skipped / this.#batchSize) : Math.ceil(skipped / this.#batchSize)
    })
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    this.#rows = []
    return this.#upstream.close()
  }

  /** The element that failed is counted too. */
  #fail(error: unknown): never {
    this.#index++
    throw error
  }

  #emit(): Batched<T> | typeof END {
    const rows = this.#rows
    this.#rows = []
    if (rows.length === 0 || (this.#dropRemainder && rows.length < this.#batchSize)) return END
    try {
      return stack(rows, this.#spec, this.#index - rows.length)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new InvalidArgumentError(`${this.#path}: ${error.message}`, { path: this.#path, index: error.index })
    }
  }
}
