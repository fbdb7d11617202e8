import type { Cursor } from './cursor.ts'
import { after, skipElements } from './cursor.ts'
import type { Upstream } from './stage.ts'
import type { State } from './state.ts'

/** Where a stage that reads ahead stands: a place upstream, and how many elements beyond it were delivered. */
export interface ReadAheadState extends State {
  readonly delivered: number
  /** Which of them failed. */
  readonly failed: readonly number[]
  readonly upstream: State
}

/** The state of a stage that read nothing ahead of a place upstream. */
export function notAhead(upstream: State): ReadAheadState {
  return { delivered: 0, failed: [], upstream }
}

/** Elements between two snapshots of the upstream: few enough to read again, many enough to cost nothing. */
const stride = 32

/**
 * An upstream that is read ahead of what is delivered. Its state is the last element delivered, not the last one read:
 * it keeps a snapshot of the upstream every few elements, and counts on from the one before the last delivered.
 */
export class ReadAhead<T> {
  readonly cursor: Cursor<T>
  readonly #snapshots: { readonly read: number; readonly state: State }[] = []
  /** Reads that failed, of those that a state may have to name. */
  #failed: number[]
  #toSkip: number
  #read = 0
  #delivered = 0

  constructor(upstream: Upstream<T>, state: State | undefined) {
    const { delivered = 0, failed = [], upstream: inner } = (state ?? {}) as Partial<ReadAheadState>
    this.cursor = upstream.open(inner)
    this.#snapshots.push({ read: 0, state: inner ?? this.cursor.state() })
    this.#failed = [...failed]
    this.#toSkip = delivered
  }

  /** Passes over what was delivered before the first new element; to be awaited before a pull, the first time does it. */
  catchUp(): void | Promise<void> {
    const count = this.#toSkip
    if (count === 0) return undefined
    this.#toSkip = 0
    const done = (): void => {
      this.#read += count
      this.#delivered += count
    }
    const skipped = this.#failed.length > 0 ? this.#failAgain(count) : skipElements(this.cursor, count)
    if (skipped instanceof Promise) return skipped.then(done)
    done()
  }

  /** To be called before each pull. */
  willRead(): void {
    if (this.#read > 0 && this.#read % stride === 0)
      this.#snapshots.push({ read: this.#read, state: this.cursor.state() })
    this.#read++
  }

  /** To be called where the last pull failed. */
  didFail(): void {
    this.#failed.push(this.#read - 1)
  }

  /** To be called for each element handed on, or for several at once, in order, failures included. */
  didDeliver(count = 1): void {
    this.#delivered += count
    while (this.#snapshots.length > 1 && this.#snapshots[1].read <= this.#delivered) this.#snapshots.shift()
    if (this.#failed.length > 0) this.#failed = this.#failed.filter((read) => read >= this.#snapshots[0].read)
  }

  /** Passes over elements as if they were read and delivered; only where all that was read is delivered. */
  skip(count: number): number | Promise<number> {
    return after(skipElements(this.cursor, count), (skipped) => {
      this.#read += skipped
      this.#delivered = this.#read
      this.#snapshots.splice(0, Infinity, { read: this.#read, state: this.cursor.state() })
      return skipped
    })
  }

  state(): ReadAheadState {
    const [{ read, state }] = this.#snapshots
    const delivered = this.#delivered + this.#toSkip
    const failed = this.#failed.filter((place) => place < delivered).map((place) => place - read)
    return { delivered: delivered - read, failed, upstream: state }
  }

  /** Passes over what was delivered; what failed then, and was told of, may fail again. */
  async #failAgain(count: number): Promise<void> {
    let read = 0
    for (const failed of this.#failed) {
      await skipElements(this.cursor, failed - read)
      await Promise.resolve()
        .then(() => this.cursor.next())
        .catch(() => undefined)
      read = failed + 1
    }
    await skipElements(this.cursor, count - read)
  }
}
