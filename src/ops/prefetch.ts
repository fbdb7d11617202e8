import { checkCount } from '../core/checks.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { hold, openAccount, type MemoryAccount } from '../core/memory.ts'
import { Queue } from '../core/queue.ts'
import { ReadAhead } from '../core/readAhead.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import { report } from '../core/stageReport.ts'
import type { State } from '../core/state.ts'
import { openKnob, type Knob } from '../core/tuner.ts'

/**
 * Reads up to `bufferSize` elements ahead while the consumer is busy with something it awaits
 * (`tf.data.Dataset.prefetch`).
 *
 * A consumer that blocks the thread, such as a training step, leaves no time to read in: run the pipeline in a worker
 * (`fromWorkers`) for that. With AUTOTUNE, the buffer grows where it was full and yet ran empty. Out: the elements,
 * unchanged and in order; 0 reads nothing ahead. Length: unchanged. Saved: the last element delivered, whatever was read
 * beyond it.
 *
 * @example
 * Dataset.range(3).prefetch(2) // 0, 1, 2
 */
export function prefetch<T>(bufferSize: number): Stage<T, T> {
  checkCount('prefetch', 'bufferSize', bufferSize, { autotune: true })
  return Object.freeze({
    name: 'prefetch',
    args: { bufferSize },
    tuning: ['bufferSize'],
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => new PrefetchCursor(upstream, bufferSize, context, state),
    randomAccess: ([upstream]) => upstream.openRandomAccess(),
    hints: { transparent: true },
  } satisfies Stage<T, T>)
}

/** Elements in the buffer to begin with, and at most, where it is tuned. */
const tunedSize = { name: 'bufferSize', kind: 'buffer', start: 2, least: 1, most: 256 } as const

/** Part of the capped memory that an element counts as before it is there, at the least. */
const share = 1 / 8

/** What one pull gave, with the bytes that count; an error waits for its turn like an element. */
type Outcome<T> = { readonly element: T | typeof END; readonly bytes: number } | { readonly error: unknown }

class PrefetchCursor<T> implements Cursor<T> {
  readonly #source: ReadAhead<T>
  readonly #size: Knob
  readonly #account: MemoryAccount
  readonly #buffer = new Queue<Outcome<T>>()
  #reading: Promise<void> | undefined
  #scheduled: NodeJS.Immediate | undefined
  /** Whether the buffer was full at some time since the last delivery. */
  #wasFull = false
  #ended = false

  constructor(upstream: Upstream<T>, bufferSize: number, context: StageContext, state?: State) {
    this.#source = new ReadAhead(upstream, state)
    this.#account = openAccount(context, share)
    this.#size = openKnob(bufferSize, context, tunedSize)
    report(context, {
      queue: () => ({ ready: this.#buffer.length, inFlight: Number(this.#reading !== undefined) }),
    })
  }

  get exhausted(): boolean {
    return this.#ended
  }

  next(): Pull<T> {
    const caughtUp = this.#source.catchUp()
    if (caughtUp instanceof Promise) return caughtUp.then(() => this.next())
    if (this.#buffer.length === 0) {
      if (this.#ended) return END
      this.#reading ??= this.#read()
    }
    if (this.#buffer.length > 0 || this.#reading === undefined) return this.#deliver(false)
    return this.#reading.then(() => this.#deliver(true))
  }

  state(): State {
    return this.#source.state()
  }

  close(): void | Promise<void> {
    this.#ended = true
    this.#buffer.clear()
    this.#account.close()
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
      this.#fail(error)
      return undefined
    }
    if (!(pulled instanceof Promise)) {
      this.#keep(pulled)
      return undefined
    }
    this.#account.expect()
    const arrived = (): void => {
      this.#account.arrived()
      this.#reading = undefined
    }
    return pulled
      .then(
        (element) => {
          arrived()
          this.#keep(element)
        },
        (error: unknown) => {
          arrived()
          this.#fail(error)
        },
      )
      .then(() => this.#readOn())
  }

  #keep(element: T | typeof END): void {
    if (isEnd(element)) {
      this.#ended = true
      this.#buffer.push({ element, bytes: 0 })
      return
    }
    try {
      this.#buffer.push({ element, bytes: hold(this.#account, element) })
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#buffer.push({ error })
    this.#source.didFail()
  }

  #deliver(waited: boolean): T | typeof END {
    const outcome = this.#buffer.shift()
    if (outcome === undefined) return END
    if ('bytes' in outcome) this.#account.release(outcome.bytes)
    this.#size.took('element' in outcome ? outcome.element : undefined, waited, this.#wasFull)
    this.#wasFull = false
    this.#readOn()
    if ('error' in outcome) {
      this.#source.didDeliver()
      throw outcome.error
    }
    if (!isEnd(outcome.element)) this.#source.didDeliver()
    return outcome.element
  }

  /** Goes on reading once the consumer lets the event loop run. */
  #readOn(): void {
    if (this.#scheduled !== undefined || !this.#mayRead()) return
    this.#scheduled = setImmediate(() => {
      this.#scheduled = undefined
      if (!this.#mayRead()) return
      this.#reading = this.#read()
      this.#readOn()
    })
  }

  #mayRead(): boolean {
    if (this.#ended || this.#reading !== undefined) return false
    if (this.#buffer.length < this.#size.value) return this.#account.hasRoom()
    this.#wasFull = true
    return false
  }
}
