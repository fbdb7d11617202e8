import { atPath } from './checks.ts'
import { after, END, isEnd, skipElements, type Cursor, type Pull } from './cursor.ts'
import type { StageContext, Upstream } from './stage.ts'
import type { State } from './state.ts'

/** How many batches so many elements make. */
export function batchCount(elements: number, batchSize: number, dropRemainder: boolean): number {
  return dropRemainder ? Math.floor(elements / batchSize) : Math.ceil(elements / batchSize)
}

/** How rows become batches. */
export interface Collecting<T, R> {
  readonly batchSize: number
  /** Whether a last batch of fewer elements is left out. */
  readonly dropRemainder: boolean
  /** Makes the batch of rows, which it must not keep; `firstIndex` is the index of the first of them. */
  readonly join: (rows: readonly T[], firstIndex: number) => R
}

interface CollectState {
  /** Elements read: the index of the first one of the next batch. */
  readonly index: number
  readonly upstream: State
}

/**
 * Makes batches of consecutive elements, for `batch` and its like. An element that fails takes those collected before it
 * with it, as in TensorFlow.
 */
export class CollectCursor<T, R> implements Cursor<R> {
  readonly #upstream: Cursor<T>
  readonly #path: string
  readonly #collecting: Collecting<T, R>
  #rows: T[] = []
  #filled = 0
  #index: number

  constructor(upstream: Upstream<T>, collecting: Collecting<T, R>, context: StageContext, state: State | undefined) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<CollectState>
    this.#upstream = upstream.open(inner)
    this.#path = context.path
    this.#collecting = collecting
    this.#index = index
  }

  get exhausted(): boolean {
    return this.#upstream.exhausted === true
  }

  next(): Pull<R> {
    this.#filled = 0
    this.#fillAtOnce()
    let waiting
    try {
      waiting = this.#fill()
    } catch (error) {
      return this.#fail(error)
    }
    return waiting === undefined ? this.#emit() : this.#fillLater(waiting)
  }

  skip(count: number): number | Promise<number> {
    const { batchSize, dropRemainder } = this.#collecting
    return after(skipElements(this.#upstream, count * batchSize), (skipped) => {
      this.#index += skipped
      return batchCount(skipped, batchSize, dropRemainder)
    })
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    this.#rows = []
    return this.#upstream.close()
  }

  /** Fills the rows, as far as nothing must be waited for; gives what must be. */
  #fill(): Promise<T | typeof END> | undefined {
    const { batchSize } = this.#collecting
    while (this.#filled < batchSize) {
      const element = this.#upstream.next()
      if (element instanceof Promise) return element
      if (isEnd(element)) return undefined
      this.#add(element)
      this.#fillAtOnce()
    }
    return undefined
  }

  /** Fills the rows with what need not be asked for one by one. */
  #fillAtOnce(): void {
    const upstream = this.#upstream
    if (upstream.nextInto === undefined) return
    const count = upstream.nextInto(this.#rows, this.#filled, this.#collecting.batchSize)
    this.#filled += count
    this.#index += count
  }

  async #fillLater(waiting: Promise<T | typeof END>): Promise<R | typeof END> {
    try {
      for (let pending: Promise<T | typeof END> | undefined = waiting; pending !== undefined;) {
        const element = await pending
        if (isEnd(element)) break
        this.#add(element)
        pending = this.#fill()
      }
    } catch (error) {
      return this.#fail(error)
    }
    return this.#emit()
  }

  #add(element: T): void {
    this.#index++
    this.#rows[this.#filled++] = element
  }

  /** The element that failed is counted too. */
  #fail(error: unknown): never {
    this.#index++
    throw error
  }

  #emit(): R | typeof END {
    return joinRows(this.#rows, this.#filled, this.#index, this.#collecting, this.#path)
  }
}

/** The batch of the first `filled` rows, or the end; `index` is that of the element after them. */
export function joinRows<T, R>(
  rows: readonly T[],
  filled: number,
  index: number,
  { batchSize, dropRemainder, join }: Collecting<T, R>,
  path: string,
): R | typeof END {
  if (filled === 0 || (dropRemainder && filled < batchSize)) return END
  try {
    return join(filled === rows.length ? rows : rows.slice(0, filled), index - filled)
  } catch (error) {
    throw atPath(error, path)
  }
}
