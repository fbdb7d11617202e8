import { END, type Cursor, type Pull } from '../core/cursor.ts'
import { notAhead, ReadAhead } from '../core/readAhead.ts'
import type { Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { UserFunction } from '../core/userFunction.ts'

/*
 * Invariant: `entries` holds, in upstream order, every element read and not yet behind the delivered prefix. Its first
 * entry is never a delivered one. At most `numParallelCalls` of them are undelivered, and at most one upstream pull is
 * pending.
 *
 *   upstream -> | 7 calling | 6 done | 5 delivered | 4 calling | -> consumer      (not deterministic: 6 is next)
 */

/** How many calls, and in which order their results are handed on. */
export interface ParallelMapOptions {
  readonly numParallelCalls: number
  readonly deterministic: boolean
}

interface Entry<R> {
  status: 'calling' | 'done' | 'failed' | 'delivered'
  result: R | undefined
  error: unknown
}

interface ParallelMapState {
  /** Index of the first element that was not delivered. */
  readonly index: number
  /** Offsets from it of the elements that were delivered before it. */
  readonly done: readonly number[]
  readonly upstream: State
}

/** The cursor of `map` with several calls in flight. */
export class ParallelMapCursor<T, R> implements Cursor<R> {
  readonly #source: ReadAhead<T>
  readonly #fn: UserFunction<T, R>
  readonly #options: ParallelMapOptions
  readonly #entries: Entry<R>[] = []
  readonly #deliveredBefore: Set<number>
  #index: number
  #caughtUp = false
  #pulling = false
  #ended = false
  #closed = false
  #wake: () => void = () => undefined

  constructor(upstream: Upstream<T>, fn: UserFunction<T, R>, options: ParallelMapOptions, state?: State) {
    const { index = 0, done, upstream: inner } = (state ?? {}) as Partial<ParallelMapState>
    // A state without `done` was saved by the serial cursor, which reads nothing ahead.
    this.#source = new ReadAhead(upstream, done !== undefined || inner === undefined ? inner : notAhead(inner))
    this.#fn = fn
    this.#options = options
    this.#index = index
    this.#deliveredBefore = new Set((done ?? []).map((offset) => index + offset))
  }

  next(): Pull<R> {
    if (this.#closed) return END
    if (!this.#caughtUp) {
      this.#caughtUp = true
      const caughtUp = this.#source.catchUp()
      if (caughtUp instanceof Promise) return caughtUp.then(() => this.next())
    }
    this.#fill()
    const taken = this.#take()
    return taken === undefined ? this.#waitForOne() : taken
  }

  state() {
    const done = this.#entries.flatMap(({ status }, offset) => (status === 'delivered' ? [offset] : []))
    const restored = [...this.#deliveredBefore].map((index) => index - this.#index)
    return { index: this.#index, done: [...done, ...restored], upstream: this.#source.state() }
  }

  close(): void | Promise<void> {
    this.#closed = true
    this.#wake()
    return this.#source.cursor.close()
  }

  /** Starts calls until as many are in flight as may be. */
  #fill(): void {
    while (!this.#ended && !this.#pulling && !this.#closed && this.#undelivered() < this.#options.numParallelCalls) {
      this.#source.willRead()
      let element
      try {
        element = this.#source.cursor.next()
      } catch (error) {
        this.#fail(error)
        continue
      }
      if (element instanceof Promise) this.#await(element)
      else this.#start(element)
    }
  }

  #await(pending: Promise<T | typeof END>): void {
    this.#pulling = true
    void pending
      .then(
        (element) => this.#start(element),
        (error: unknown) => this.#fail(error),
      )
      .then(() => {
        this.#pulling = false
        this.#fill()
        this.#wake()
      })
  }

  /** The element failed upstream: its error waits for its turn, unless it was told of before the state was saved. */
  #fail(error: unknown): void {
    this.#source.didFail()
    const told = this.#deliveredBefore.delete(this.#index + this.#entries.length)
    this.#entries.push({ status: told ? 'delivered' : 'failed', result: undefined, error: told ? undefined : error })
    this.#dropDelivered()
  }

  #start(element: T | typeof END): void {
    if (element === END || this.#closed) {
      this.#ended = true
      return
    }
    const index = this.#index + this.#entries.length
    const entry: Entry<R> = { status: 'calling', result: undefined, error: undefined }
    this.#entries.push(entry)
    if (this.#deliveredBefore.delete(index)) {
      entry.status = 'delivered'
      this.#dropDelivered()
      return
    }
    const settle = (status: 'done' | 'failed', result: R | undefined, error: unknown): void => {
      Object.assign(entry, { status, result, error })
      this.#wake()
    }
    try {
      const result = this.#fn.call(element, index)
      if (result instanceof Promise) {
        result.then(
          (value) => settle('done', value, undefined),
          (error: unknown) => settle('failed', undefined, error),
        )
      } else settle('done', result, undefined)
    } catch (error) {
      settle('failed', undefined, error)
    }
  }

  /** The next result, END, or undefined where it is not there yet; throws what a call threw. */
  #take(): R | typeof END | undefined {
    const entry = this.#options.deterministic
      ? this.#entries.at(0)
      : this.#entries.find(({ status }) => status === 'done' || status === 'failed')
    if (entry === undefined) return this.#entries.length === 0 && this.#ended ? END : undefined
    if (entry.status === 'calling') return undefined
    const { status, result, error } = entry
    Object.assign(entry, { status: 'delivered', result: undefined, error: undefined })
    this.#dropDelivered()
    this.#fill()
    if (status === 'failed') throw error
    return result
  }

  async #waitForOne(): Promise<R | typeof END> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (this.#closed) return END
      const taken = this.#take()
      if (taken !== undefined) return taken
    }
  }

  #dropDelivered(): void {
    while (this.#entries.at(0)?.status === 'delivered') {
      this.#entries.shift()
      this.#index++
      this.#source.didDeliver()
    }
  }

  #undelivered(): number {
    return this.#entries.reduce((count, { status }) => count + Number(status !== 'delivered'), 0)
  }
}
