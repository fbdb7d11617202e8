import { Arrival } from '../core/arrival.ts'
import { CallsInFlight } from '../core/callsInFlight.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { openAccount, type MemoryAccount } from '../core/memory.ts'
import { notAhead, ReadAhead } from '../core/readAhead.ts'
import type { StageContext, Upstream } from '../core/stage.ts'
import { report } from '../core/stageReport.ts'
import type { State } from '../core/state.ts'
import { openKnob } from '../core/tuner.ts'
import { UserFunction, type ElementFunction } from '../core/userFunction.ts'
import { elementSize } from '../ndarray/elementSize.ts'

/** How many calls, and in which order their results are handed on. */
export interface ParallelMapOptions {
  readonly numParallelCalls: number
  readonly deterministic: boolean
  readonly reorderWindow: number
}

/** Calls in flight to begin with, and at most, where they are tuned. */
const tunedCalls = { name: 'numParallelCalls', kind: 'calls', start: 16, least: 1, most: 256 } as const

/** Part of the capped memory that an element counts as before it is there, at the least. */
const share = 1 / 64

interface ParallelMapState {
  /** Index of the first element that was not delivered. */
  readonly index: number
  /** Offsets from it of the elements that were delivered before it. */
  readonly done: readonly number[]
  readonly upstream: State
}

/** The cursor of `map` with several calls in flight. At most one upstream pull is pending. */
export class ParallelMapCursor<T, R> implements Cursor<R> {
  readonly #source: ReadAhead<T>
  readonly #calls: CallsInFlight<T, R>
  readonly #account: MemoryAccount
  readonly #deliveredBefore: Set<number>
  readonly #arrival = new Arrival()
  #index: number
  #pulling = false
  #ended = false
  #closed = false

  constructor(
    upstream: Upstream<T>,
    fn: ElementFunction<T, R>,
    { numParallelCalls, deterministic, reorderWindow }: ParallelMapOptions,
    context: StageContext,
    state?: State,
  ) {
    const { index = 0, done, upstream: inner } = (state ?? {}) as Partial<ParallelMapState>
    // A state without `done` was saved by the serial cursor, which reads nothing ahead.
    this.#source = new ReadAhead(upstream, done !== undefined || inner === undefined ? inner : notAhead(inner))
    this.#index = index
    this.#deliveredBefore = new Set((done ?? []).map((offset) => index + offset))
    this.#account = openAccount(context, share)
    const call = new UserFunction(fn, context)
    this.#calls = new CallsInFlight<T, R>({
      call: (element, at) => call.call(element, at),
      knob: openKnob(numParallelCalls, context, tunedCalls),
      deterministic,
      reorderWindow,
      account: this.#account,
      sizeOf: elementSize,
      settled: () => this.#goOn(),
      passed: () => {
        this.#index++
        this.#source.didDeliver()
      },
    })
    report(context, {
      queue: () => ({ ready: this.#calls.ready, inFlight: this.#calls.calling }),
      waitingFor: () => this.#waitingFor(),
    })
  }

  get exhausted(): boolean {
    return this.#ended
  }

  next(): Pull<R> {
    if (this.#closed) return END
    const caughtUp = this.#source.catchUp()
    if (caughtUp instanceof Promise) return caughtUp.then(() => this.next())
    this.#fill()
    const taken = this.#take(false)
    if (taken !== undefined) return taken
    return this.#arrival.waitFor(() => (this.#closed ? END : this.#take(true)))
  }

  state() {
    const restored = [...this.#deliveredBefore].map((index) => index - this.#index)
    return { index: this.#index, done: [...this.#calls.delivered(), ...restored], upstream: this.#source.state() }
  }

  close(): void | Promise<void> {
    this.#closed = true
    this.#calls.close()
    this.#arrival.announce()
    return this.#source.cursor.close()
  }

  /** Reads on, and starts calls, until as many are in flight as may be. */
  #fill(): void {
    if (this.#closed) return
    this.#calls.callAgain()
    while (!this.#ended && !this.#pulling && this.#calls.mayStart()) {
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
    this.#account.expect()
    const arrived = (): void => {
      this.#pulling = false
      this.#account.arrived()
    }
    void pending
      .then(
        (element) => {
          arrived()
          this.#start(element)
        },
        (error: unknown) => {
          arrived()
          this.#fail(error)
        },
      )
      .then(() => this.#goOn())
  }

  #goOn(): void {
    this.#fill()
    this.#arrival.announce()
  }

  #start(element: T | typeof END): void {
    const index = this.#nextIndex()
    if (isEnd(element) || this.#closed) this.#ended = true
    else if (this.#deliveredBefore.delete(index)) this.#calls.addDelivered(index)
    else this.#calls.start(element, index)
  }

  /** The element failed upstream: its error waits for its turn, unless it was told of before the state was saved. */
  #fail(error: unknown): void {
    if (this.#closed) return
    this.#source.didFail()
    const index = this.#nextIndex()
    if (this.#deliveredBefore.delete(index)) this.#calls.addDelivered(index)
    else this.#calls.fail(error, index)
  }

  #nextIndex(): number {
    return this.#index + this.#calls.length
  }

  /** The next result, END, or undefined where it is not there yet; throws what a call threw. */
  #take(waited: boolean): R | typeof END | undefined {
    const outcome = this.#calls.take(waited)
    if (outcome === undefined) return this.#ended && this.#calls.length === 0 ? END : undefined
    this.#fill()
    if ('error' in outcome) throw outcome.error
    return outcome.result
  }

  #waitingFor(): string | undefined {
    const { waitedFor } = this.#calls
    return waitedFor === undefined ? undefined : `the call of its function on element ${waitedFor}`
  }
}
