import { atPath } from './checks.ts'
import { after, END, pump, skipElements, type Cursor, type Pull } from './cursor.ts'
import type { StageContext, Upstream } from './stage.ts'
import type { State } from './state.ts'

interface CollectState {
  /** Elements read: the index of the first one of the next batch. */
  readonly index: number
  readonly upstream: State
}

/** How rows become batches. */
export interface Collecting<T, R> {
  readonly batchSize: number
  /** Whether a last batch of fewer elements is left out. */
  readonly dropRemainder: boolean
  /** Makes the batch; `firstIndex` is the index of its first row. */
  readonly join: (rows: readonly T[], firstIndex: number) => R
}

/** Makes batches of consecutive elements, for `batch` and its like. */
export class CollectCursor<T, R> implements Cursor<R> {
  readonly #upstream: Cursor<T>
  readonly #path: string
  readonly #batchSize: number
  readonly #dropRemainder: boolean
  readonly #join: (rows: readonly T[], firstIndex: number) => R
  readonly #collect: (element: T) => boolean
  #rows: T[] = []
  #index: number

  constructor(
    upstream: Upstream<T>,
    { batchSize, dropRemainder, join }: Collecting<T, R>,
    context: StageContext,
    state: State | undefined,
  ) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<CollectState>
    this.#upstream = upstream.open(inner)
    this.#path = context.path
    this.#batchSize = batchSize
    this.#dropRemainder = dropRemainder
    this.#join = join
    this.#index = index
    this.#collect = (element) => {
      this.#index++
      return this.#rows.push(element) < batchSize
    }
  }

  next(): Pull<R> {
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

  #emit(): R | typeof END {
    const rows = this.#rows
    this.#rows = []
    if (rows.length === 0 || (this.#dropRemainder && rows.length < this.#batchSize)) return END
    try {
      return this.#join(rows, this.#index - rows.length)
    } catch (error) {
      throw atPath(error, this.#path)
    }
  }
}
