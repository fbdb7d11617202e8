import { checkAs } from '../core/checks.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Unbatched } from '../ndarray/element.ts'
import { rowsOf, rowSpec, rowTotal, type Rows } from '../ndarray/rows.ts'

/**
 * Takes batches apart into the rows of their leaves along axis 0 (`tf.data.Dataset.unbatch`).
 *
 * In: elements whose leaves are NdArrays that agree on axis 0. Out: their rows, as views; plain scalars where a leaf
 * has one axis. Length: known where the spec says how many rows each batch has. Saved: the upstream before the batch at hand, and the row in it.
 *
 * @example
 * Dataset.range(4).batch(2).unbatch() // 0, 1, 2, 3
 * @throws InvalidArgumentError where a leaf has no axis, or axis 0 differs
 */
export function unbatch<T>(): Stage<T, Unbatched<T>> {
  return Object.freeze({
    name: 'unbatch',
    args: {},
    cardinality: ([length], [spec]) => rowTotal(length, spec),
    spec: ([spec]) => spec && checkAs('unbatch', () => rowSpec(spec)),
    open: ([upstream], context, state) => new UnbatchCursor(upstream, context, state),
  } satisfies Stage<T, Unbatched<T>>)
}

interface UnbatchState {
  /** Index of the batch at hand, or of the next one. */
  readonly index: number
  /** Rows of it that were delivered. */
  readonly row: number
  readonly upstream: State
}

class UnbatchCursor<T> implements Cursor<Unbatched<T>> {
  readonly #upstream: Cursor<T>
  readonly #path: string
  #before: State
  #rows: Rows<Unbatched<T>> | undefined
  #row: number
  /** Index of the batch at hand, or of the last one. */
  #index: number

  constructor(upstream: Upstream<T>, context: StageContext, state?: State) {
    const { index = 0, row = 0, upstream: inner } = (state ?? {}) as Partial<UnbatchState>
    this.#upstream = upstream.open(inner)
    this.#path = context.path
    this.#before = inner ?? this.#upstream.state()
    this.#index = index - 1
    this.#row = row
  }

  next(): Pull<Unbatched<T>> {
    const rows = this.#rows
    return rows !== undefined && this.#row < rows.length ? rows.at(this.#row++) : this.#search()
  }

  state() {
    if (this.#rows !== undefined) return { index: this.#index, row: this.#row, upstream: this.#before }
    return { index: this.#index + 1, row: this.#row, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #search(): Pull<Unbatched<T>> {
    return search(this.#step(), () => this.#step())
  }

  #step(): Step<Unbatched<T> | typeof END> {
    if (this.#rows !== undefined) {
      if (this.#row < this.#rows.length) return this.#rows.at(this.#row++)
      this.#finish()
    }
    this.#before = this.#upstream.state()
    // Counted before the pull, for a batch that fails upstream is counted too.
    this.#index++
    const element = this.#upstream.next()
    return element instanceof Promise ? element.then((settled) => this.#open(settled)) : this.#open(element)
  }

  #open(element: T | typeof END): typeof END | typeof AGAIN {
    if (isEnd(element)) {
      this.#index--
      return END
    }
    try {
      this.#rows = rowsOf(element)
      return AGAIN
    } catch (error) {
      const index = this.#index
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new InvalidArgumentError(`${this.#path}: element ${index}: ${error.message}`, { path: this.#path, index })
    }
  }

  #finish(): void {
    this.#rows = undefined
    this.#row = 0
  }
}
