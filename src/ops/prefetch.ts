import { checkCount } from '../core/checks.ts'
import { END, type Cursor, type Pull } from '../core/cursor.ts'
import { ReadAhead } from '../core/readAhead.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/**
 * Reads up to `bufferSize` elements ahead while the consumer is busy with something it awaits
 * (`tf.data.Dataset.prefetch`).
 *
 * A consumer that blocks the thread, such as a training step, leaves no time to read in: run the pipeline in a worker
 * (`fromWorkers`) for that. Out: the elements, unchanged and in order; 0 reads nothing ahead. Length: unchanged. Saved:
 * the last element delivered, whatever was read beyond it.
 *
 * @example
 * Dataset.range(3).prefetch(2) // 0, 1, 2
 */
export function prefetch<T>(bufferSize: number): Stage<T, T> {
  checkCount('prefetch', 'bufferSize', bufferSize)
  return Object.freeze({
    name: 'prefetch',
    args: { bufferSize },
    tuning: ['bufferSize'],
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], _context, state) => new PrefetchCursor(upstream, bufferSize, state),
    randomAccess: ([upstream]) => upstream.openRandomAccess(),
    hints: { transparent: true },
  } satisfies Stage<T, T>)
}

/** What one pull gave; an error waits for its turn like an element. */
type Outcome<T> = { readonly element: T | typeof END } | { readonly error: unknown }

class PrefetchCursor<T> implements Cursor<T> {
  readonly #source: ReadAhead<T>
  readonly #bufferSize: number
  readonly #buffer: Outcome<T>[] = []
  #reading: Promise<void> | undefined
  #scheduled: NodeJS.Immediate | undefined
  #caughtUp = false
  #ended = false

  constructor(upstream: Upstream<T>, bufferSize: number, state?: State) {
    this.#source = new ReadAhead(upstream, state)
    this.#bufferSize = bufferSize
  }

  next(): Pull<T> {
    if (!this.#caughtUp) {
      this.#caughtUp = true
      const caughtUp = this.#source.catchUp()
      if (caughtUp instanceof Promise) return caughtUp.then(() => this.next())
    }
    if (this.#buffer.length === 0) {
      if (this.#ended) return END
      this.#reading ??= this.#read()
    }
    if (this.#buffer.length > 0 || this.#reading === undefined) return this.#deliver()
    return this.#reading.then(() => this.#deliver())
  }

  state(): State {
    return this.#source.state()
  }

  close(): void | Promise<void> {
    this.#ended = true
    this.#buffer.length = 0
    clearImmediate(this.#scheduled)
    return this.#source.cursor.close()
  }

  /** Reads one element into the buffer; a promise where it must be waited for. */
  #read(): Promise<void> | undefined {
    this.#source.willRead()
    let pulled
    try {
      pulled = this.#source.cursor.next()
    } catch (error) {
      this.#keep({ error })
      return undefined
    }
    if (!(pulled instanceof Promise)) {
      this.#keep({ element: pulled })
      return undefined
    }
    return pulled
      .then(
        (element) => this.#keep({ element }),
        (error: unknown) => this.#keep({ error }),
      )
      .then(() => {
        this.#reading = undefined
        this.#readOn()
      })
  }

  #keep(outcome: Outcome<T>): void {
    this.#buffer.push(outcome)
    if ('error' in outcome) this.#source.didFail()
    if ('element' in outcome && outcome.element === END) this.#ended = true
  }

  #deliver(): T | typeof END {
    const outcome = this.#buffer.shift()
    if (outcome === undefined) return END
    this.#readOn()
    if ('error' in outcome) {
      this.#source.didDeliver()
      throw outcome.error
    }
    if (outcome.element !== END) this.#source.didDeliver()
    return outcome.element
  }

  /** Goes on reading once the consumer lets the event loop run. */
  #readOn(): void {
    if (this.#ended || this.#reading !== undefined || this.#scheduled !== undefined) return
    if (this.#buffer.length >= this.#bufferSize) return
    this.#scheduled = setImmediate(() => {
      this.#scheduled = undefined
      if (this.#ended || this.#reading !== undefined || this.#buffer.length >= this.#bufferSize) return
      this.#reading = this.#read()
      this.#readOn()
    })
  }
}
