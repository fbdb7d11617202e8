import type { Clock } from '../../src/dataset/clock.ts'

/** A clock that stands still but where a test says otherwise. */
export class FakeClock implements Clock {
  #now = 1000
  #idle = 50
  readonly #timers = new Set<() => void>()

  /** Timers that were not ended. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  idle(): number {
    return this.#idle
  }

  every(_milliseconds: number, call: () => void): () => void {
    this.#timers.add(call)
    return () => void this.#timers.delete(call)
  }

  /** Lets time pass, and every timer go off once. */
  pass(milliseconds: number): void {
    this.#now += milliseconds
    for (const call of this.#timers) call()
  }

  work<T>(milliseconds: number, value: T): T {
    this.#now += milliseconds
    return value
  }

  async wait<T>(milliseconds: number, value: T): Promise<T> {
    await new Promise(setImmediate)
    this.#now += milliseconds
    this.#idle += milliseconds
    return value
  }
}
