/**
 * Calls of a function on elements, several at a time, and their results in the order in which they are handed on.
 *
 * Invariant: `entries` holds, in the order of the input, every element that was added and is not yet behind the delivered
 * prefix. Its first entry is never a delivered one. At most `knob.value` of them are calling.
 *
 *   input -> | 7 calling | 6 done | 5 delivered | 4 calling | -> consumer      (not deterministic: 6 is next)
 *
 * While the first one calls, further calls go on behind it, up to the window. While there is something to deliver, it is
 * the consumer who is slow: then no more results are made ahead of it than there may be calls.
 */
import { hold, type MemoryAccount } from './memory.ts'
import { Queue } from './queue.ts'
import type { Knob } from './tuner.ts'

/** How many calls there may be, and in which order their results are handed on. */
export interface CallsOptions<T, R> {
  /** Makes a call; what it throws is the outcome of the element. */
  readonly call: (element: T, index: number) => R | Promise<R>
  /** Calls in flight at most. */
  readonly knob: Knob
  readonly deterministic: boolean
  /** Elements from the first that was not delivered to the last that was read, at most. */
  readonly reorderWindow: number
  readonly account: MemoryAccount
  readonly sizeOf: (element: unknown) => number
  /** Called after a result came that was not there at once. */
  readonly settled: () => void
  /** Called for each element that falls behind the delivered prefix. */
  readonly passed: () => void
}

/** What one call gave. */
export type CallOutcome<R> = { readonly result: R } | { readonly error: unknown }

/** Bytes of results that wait for their turn at most, beyond as many results as there may be calls. */
const mostWaitingBytes = 64 * 2 ** 20

interface Entry<T, R> {
  /** `postponed`: there was no room for its result, and the call will be made again. */
  status: 'calling' | 'postponed' | 'done' | 'failed' | 'delivered'
  readonly index: number
  /** Kept where the memory is capped, for the call may have to be made again. */
  element: T | undefined
  elementBytes: number
  outcome: CallOutcome<R> | undefined
  /** Bytes of the result, where they are counted. */
  bytes: number
}

export class CallsInFlight<T, R> {
  readonly #options: CallsOptions<T, R>
  readonly #entries = new Queue<Entry<T, R>>()
  /** Where the order is not kept: what may be delivered, as it was done. */
  readonly #ready = new Queue<Entry<T, R>>()
  #undelivered = 0
  #calling = 0
  #postponed = 0
  #waitingBytes = 0
  #held = false
  #closed = false

  constructor(options: CallsOptions<T, R>) {
    this.#options = options
  }

  /** Entries from the first one that was not delivered on. */
  get length(): number {
    return this.#entries.length
  }

  /** Calls that are not done. */
  get calling(): number {
    return this.#calling
  }

  /** Outcomes that wait to be taken. */
  get ready(): number {
    return this.#undelivered - this.#calling - this.#postponed
  }

  /** Index of the element whose call the consumer waits for. */
  get waitedFor(): number | undefined {
    return this.#entries.first?.status === 'calling' ? this.#entries.first.index : undefined
  }

  /** Whether one more element may be read, and its call made. */
  mayStart(): boolean {
    const { knob, reorderWindow, account } = this.#options
    if (this.#entries.length >= reorderWindow) return false
    if (this.#undelivered === 0) return true
    if (this.#calling >= knob.value) {
      this.#held = true
      return false
    }
    const tooFar = this.#next() !== undefined || this.#waitingBytes > mostWaitingBytes
    return !(tooFar && this.#undelivered >= knob.value) && account.hasRoom()
  }

  /** Adds the next element, and calls the function on it. */
  start(element: T, index: number): void {
    const { account } = this.#options
    const entry = this.#enter('calling', index)
    this.#begin()
    try {
      entry.elementBytes = hold(account, element, index)
      if (account.capped) entry.element = element
      this.#call(entry, element)
    } catch (error) {
      this.#settle(entry, { error })
    }
  }

  /** Adds an element that failed. */
  fail(error: unknown, index: number): void {
    this.#begin()
    this.#settle(this.#enter('calling', index), { error })
  }

  /** Adds an element that was delivered before. */
  addDelivered(index: number): void {
    this.#enter('delivered', index)
    this.#undelivered--
    this.#dropDelivered()
  }

  /** Makes the calls again whose results had no room; to be called now and then. */
  callAgain(): void {
    if (this.#postponed === 0) return
    const { knob, account, deterministic } = this.#options
    for (const entry of this.#entries) {
      if (entry.status !== 'postponed') continue
      const must = deterministic ? entry === this.#entries.first : this.#calling === 0 && this.#ready.length === 0
      if (!must && (this.#calling >= knob.value || !account.hasRoom())) return
      this.#postponed--
      entry.status = 'calling'
      this.#begin()
      try {
        this.#call(entry, entry.element as T)
      } catch (error) {
        this.#settle(entry, { error })
      }
      if (this.#postponed === 0) return
    }
  }

  /**
   * The next outcome, or undefined where it is not there yet.
   *
   * @param waited whether the consumer had to wait for it
   */
  take(waited: boolean): CallOutcome<R> | undefined {
    const entry = this.#next()
    if (entry === undefined) return undefined
    if (!this.#options.deterministic) this.#ready.shift()
    const { outcome } = entry
    this.#options.account.release(entry.elementBytes + entry.bytes)
    this.#waitingBytes -= entry.bytes
    Object.assign(entry, { status: 'delivered', element: undefined, outcome: undefined })
    this.#undelivered--
    this.#dropDelivered()
    this.#options.knob.took(
      outcome !== undefined && 'result' in outcome ? outcome.result : undefined,
      waited,
      this.#held,
    )
    this.#held = false
    return outcome
  }

  /** Places of the entries that were delivered before the first one. */
  delivered(): number[] {
    if (this.#options.deterministic) return []
    return [...this.#entries].flatMap(({ status }, place) => (status === 'delivered' ? [place] : []))
  }

  close(): void {
    this.#closed = true
    this.#entries.clear()
    this.#ready.clear()
    this.#options.account.close()
  }

  #next(): Entry<T, R> | undefined {
    if (!this.#options.deterministic) return this.#ready.first
    const { first } = this.#entries
    return first?.outcome === undefined ? undefined : first
  }

  #enter(status: Entry<T, R>['status'], index: number): Entry<T, R> {
    const entry = { status, index, element: undefined, elementBytes: 0, outcome: undefined, bytes: 0 }
    this.#entries.push(entry)
    this.#undelivered++
    return entry
  }

  #begin(): void {
    this.#calling++
    this.#options.account.expect()
  }

  /** A result that is there at once is settled at once. */
  #call(entry: Entry<T, R>, element: T): void {
    const result = this.#options.call(element, entry.index)
    if (!(result instanceof Promise)) {
      this.#settle(entry, { result })
      return
    }
    const settle = (outcome: CallOutcome<R>): void => {
      this.#settle(entry, outcome)
      this.#options.settled()
    }
    result.then(
      (value) => settle({ result: value }),
      (error: unknown) => settle({ error }),
    )
  }

  #settle(entry: Entry<T, R>, outcome: CallOutcome<R>): void {
    this.#calling--
    this.#options.account.arrived()
    if (this.#closed) return
    try {
      if ('result' in outcome && !this.#hold(entry, outcome.result)) return
    } catch (error) {
      outcome = { error }
    }
    entry.outcome = outcome
    entry.status = 'error' in outcome ? 'failed' : 'done'
    if (!this.#options.deterministic) this.#ready.push(entry)
  }

  /** Counts a result. Where there is no room, and others come before it, it is given up; says whether it was kept. */
  #hold(entry: Entry<T, R>, result: R): boolean {
    const { account, knob, sizeOf, deterministic } = this.#options
    if (account.capped) {
      const bytes = account.measure(result, entry.index)
      const isNext = deterministic ? entry === this.#entries.first : this.#ready.length === 0
      if (isNext) this.#makeRoom(bytes)
      else if (!account.fits(bytes)) {
        this.#postpone(entry)
        return false
      }
      account.add(bytes)
      entry.bytes = bytes
    } else entry.bytes = this.#undelivered > knob.value ? sizeOf(result) : 0
    this.#waitingBytes += entry.bytes
    return true
  }

  /** Gives results up, from the last one on, until so many bytes fit in. */
  #makeRoom(bytes: number): void {
    const { account } = this.#options
    for (let place = this.#entries.length - 1; place > 0 && !account.fits(bytes); place--) {
      const entry = this.#entries.at(place)
      if (entry?.status !== 'done') continue
      this.#waitingBytes -= entry.bytes
      this.#postpone(entry)
    }
  }

  #postpone(entry: Entry<T, R>): void {
    this.#options.account.release(entry.bytes)
    Object.assign(entry, { status: 'postponed', outcome: undefined, bytes: 0 })
    this.#postponed++
  }

  #dropDelivered(): void {
    while (this.#entries.first?.status === 'delivered') {
      this.#entries.shift()
      this.#options.passed()
    }
  }
}
