import { checkAs, checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { after, END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import { mapSpec, TensorSpec, type Spec } from '../core/spec.ts'
import type { Cardinality, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { joinRows, rowCount, type RowRange } from '../ndarray/rowRange.ts'
import { rowSpec, rowTotal } from '../ndarray/rows.ts'

/** Options of `rebatch`. */
export interface RebatchOptions {
  /** Whether a last batch of fewer rows is left out; false by default. */
  readonly dropRemainder?: boolean
}

/**
 * Cuts batches into batches of another size (`tf.data.Dataset.rebatch`), as `unbatch` and `batch` would.
 *
 * In: elements whose leaves are NdArrays that agree on axis 0. Out: the same rows in the same order, `batchSize` at a
 * time, or, where it is a list, as many as its numbers say in turn. A new batch that lies within an old one is a view on
 * it; another is copied once. Length: known where the spec says how many rows each batch has. Saved: the upstream before the
 * batch at hand, the row in it, and whose turn it is.
 *
 * @example
 * Dataset.range(6).batch(4).rebatch(3) // int32 [0, 1, 2], int32 [3, 4, 5]
 * Dataset.range(6).batch(4).rebatch([1, 3]) // int32 [0], int32 [1, 2, 3], int32 [4], int32 [5]
 * @throws InvalidArgumentError where a leaf has no axis, or batches do not fit together
 */
export function rebatch<T>(batchSize: number | readonly number[], options: RebatchOptions = {}): Stage<T, T> {
  const sizes = checkSizes(batchSize)
  checkOptions('rebatch', options, ['dropRemainder'])
  const dropRemainder = checkBoolean('rebatch', 'dropRemainder', options.dropRemainder ?? false)
  return Object.freeze({
    name: 'rebatch',
    args: { batchSize, dropRemainder },
    cardinality: ([length], [spec]) => batchCount(rowTotal(length, spec), sizes, dropRemainder),
    spec: ([spec]) => spec && batchSpec(spec, sizes, dropRemainder),
    open: ([upstream], context, state) => new RebatchCursor(upstream, sizes, dropRemainder, context, state),
  } satisfies Stage<T, T>)
}

function checkSizes(batchSize: number | readonly number[]): readonly number[] {
  if (!Array.isArray(batchSize)) return [checkCount('rebatch', 'batchSize', batchSize, { min: 1 })]
  if (batchSize.length === 0)
    throw wrongArgument('rebatch', 'batchSize', 'a number, or a list of at least one', batchSize)
  return batchSize.map((size, i) => checkCount('rebatch', `batchSize[${i}]`, size, { min: 1 }))
}

function batchSpec(spec: Spec, sizes: readonly number[], whole: boolean): Spec {
  const size = whole && new Set(sizes).size === 1 ? sizes[0] : null
  const rows = checkAs('rebatch', () => rowSpec(spec))
  return mapSpec(rows, ({ shape, dtype }) => new TensorSpec(shape && [size, ...shape], dtype))
}

function batchCount(rows: Cardinality, sizes: readonly number[], whole: boolean): Cardinality {
  if (rows === undefined || rows === Infinity) return rows
  const round = sizes.reduce((total, size) => total + size, 0)
  let count = Math.floor(rows / round) * sizes.length
  let left = rows % round
  for (const size of sizes) {
    if (left >= size || (left > 0 && !whole)) count++
    left = Math.max(0, left - size)
  }
  return count
}

interface RebatchState {
  /** Index of the old batch at hand, or of the next one. */
  readonly index: number
  /** Rows of it that were delivered. */
  readonly row: number
  /** Batches delivered, by the count of the list of sizes. */
  readonly turn: number
  readonly upstream: State
}

class RebatchCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #sizes: readonly number[]
  readonly #dropRemainder: boolean
  readonly #path: string
  #before: State
  #batch: RowRange | undefined
  #ranges: RowRange[] = []
  #missing = 0
  #index: number
  #row: number
  #turn: number
  #ended = false

  constructor(
    upstream: Upstream<T>,
    sizes: readonly number[],
    dropRemainder: boolean,
    context: StageContext,
    state?: State,
  ) {
    const { index = 0, row = 0, turn = 0, upstream: inner } = (state ?? {}) as Partial<RebatchState>
    this.#upstream = upstream.open(inner)
    this.#sizes = sizes
    this.#dropRemainder = dropRemainder
    this.#path = context.path
    this.#before = inner ?? this.#upstream.state()
    this.#index = index
    this.#row = row
    this.#turn = turn
  }

  next(): Pull<T> {
    return after(this.#collect(), (whole) => (whole ? this.#join() : END))
  }

  skip(count: number): number | Promise<number> {
    let skipped = 0
    const step = (): Step<number> =>
      skipped === count
        ? skipped
        : after(this.#collect(), (whole) => {
            if (!whole) return skipped
            skipped++
            return AGAIN
          })
    return search(step(), step)
  }

  state() {
    return { index: this.#index, row: this.#row, turn: this.#turn, upstream: this.#before }
  }

  close(): void | Promise<void> {
    this.#batch = undefined
    this.#ranges = []
    return this.#upstream.close()
  }

  /** Collects the ranges of the next batch; says whether there is one. */
  #collect(): boolean | Promise<boolean> {
    this.#ranges = []
    this.#missing = this.#sizes[this.#turn]
    return search(this.#step(), () => this.#step())
  }

  #step(): Step<boolean> {
    if (this.#take() || this.#ended) return this.#finish()
    this.#before = this.#upstream.state()
    return after(this.#pull(), (batch) => this.#open(batch))
  }

  #pull(): Pull<T> {
    try {
      const batch = this.#upstream.next()
      return batch instanceof Promise ? batch.catch((error: unknown) => this.#fail(error)) : batch
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** The batch that failed is used up, and with it the rows collected before it. */
  #fail(error: unknown): never {
    this.#index++
    this.#before = this.#upstream.state()
    throw error
  }

  /** Takes what is wanted of the batch at hand; says whether that is all. */
  #take(): boolean {
    if (this.#batch === undefined) return false
    const { structure, end } = this.#batch
    const start = this.#row
    const taken = Math.min(this.#missing, end - start)
    if (taken > 0) this.#ranges.push({ structure, start, end: start + taken })
    this.#row += taken
    this.#missing -= taken
    if (this.#row === end && this.#missing > 0) {
      this.#batch = undefined
      this.#row = 0
      this.#index++
    }
    return this.#missing === 0
  }

  #open(batch: T | typeof END): typeof AGAIN {
    if (isEnd(batch)) {
      this.#ended = true
      return AGAIN
    }
    try {
      this.#batch = { structure: batch, start: 0, end: rowCount(batch) }
      return AGAIN
    } catch (error) {
      const index = this.#index++
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new InvalidArgumentError(`${this.#path}: element ${index}: ${error.message}`, { path: this.#path, index })
    }
  }

  #finish(): boolean {
    if (this.#ranges.length === 0 || (this.#missing > 0 && this.#dropRemainder)) return false
    this.#turn = (this.#turn + 1) % this.#sizes.length
    return true
  }

  #join(): T {
    try {
      return joinRows(this.#ranges) as T
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new InvalidArgumentError(`${this.#path}: ${error.message}`, { path: this.#path, index: this.#index })
    }
  }
}
