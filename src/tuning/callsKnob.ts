import type { Knob, KnobRequest } from '../core/tuner.ts'

/** What a knob may ask. */
export interface Measures {
  /** Milliseconds since some moment. */
  now(): number
  /** Whether so many such elements may be held. */
  affords(element: unknown, count: number): boolean
}

/** Shortest time over which a rate is measured, in milliseconds. */
const leastMs = 20

/** What a doubling must bring, as a factor of the rate, to be kept. */
const gain = 1.1

/** Share of the elements that the consumer must have waited for, for the stage to be what is slow. */
const slow = 0.05

/**
 * A number of calls in flight, found by climbing: while the consumer waits and the number holds the stage back, it is
 * doubled, and stays doubled where more elements came a second. Where they did not, it goes back, and is tried again
 * after twice as many measurements as before, for the load may change.
 */
export class CallsKnob implements Knob {
  value: number
  readonly #most: number
  readonly #measures: Measures
  #taken = 0
  #waits = 0
  #held = 0
  #since: number | undefined
  /** Elements after which the clock is looked at. */
  #look = 1
  /** Value and rate before a doubling that is on trial. */
  #before: { readonly value: number; readonly rate: number } | undefined
  /** A measurement that is passed over: calls made before the last change are still in it. */
  #settling = false
  #rest = 0
  #nextRest = 4

  constructor({ start, most }: KnobRequest, measures: Measures) {
    this.value = Math.min(start, most)
    this.#most = most
    this.#measures = measures
  }

  took(element: unknown, waited: boolean, held: boolean): void {
    this.#taken++
    if (waited) this.#waits++
    if (held) this.#held++
    if (this.#taken < this.#look) return
    const now = this.#measures.now()
    if (this.#since === undefined) this.#begin(now)
    else if (now - this.#since < leastMs) this.#look = 2 * this.#taken
    else {
      const rate = this.#taken / (now - this.#since)
      if (this.#settling) this.#settling = false
      else this.#decide(rate, element)
      this.#begin(now)
    }
  }

  #begin(now: number): void {
    this.#since = now
    this.#taken = 0
    this.#waits = 0
    this.#held = 0
    // As many as are in flight, twice: fewer would measure how they began.
    this.#look = Math.max(16, 2 * this.value)
  }

  #decide(rate: number, element: unknown): void {
    const before = this.#before
    this.#before = undefined
    if (before !== undefined && rate < gain * before.rate) {
      this.#set(before.value)
      this.#rest = this.#nextRest
      this.#nextRest = Math.min(64, 2 * this.#nextRest)
      return
    }
    if (before !== undefined) this.#nextRest = 4
    if (this.#waits < slow * this.#taken || this.#held === 0) return
    if (this.#rest-- > 0) return
    const next = Math.min(2 * this.value, this.#most)
    if (next === this.value || !this.#measures.affords(element, next)) return
    this.#before = { value: this.value, rate }
    this.#set(next)
  }

  #set(value: number): void {
    this.value = value
    this.#settling = true
  }
}
