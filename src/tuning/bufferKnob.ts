import type { Knob, KnobRequest } from '../core/tuner.ts'

/**
 * The size of a buffer. It doubles where the buffer was full and ran empty later: then the input is fast enough, and comes
 * irregularly. Where the buffer is never full the input is too slow, and a larger one would not help. It never shrinks.
 * (The rule of tf.data's prefetch autotuner.)
 */
export class BufferKnob implements Knob {
  value: number
  readonly #most: number
  readonly #affords: (element: unknown, count: number) => boolean
  #wasFull = false

  /** @param affords whether so many such elements may be held */
  constructor({ start, most }: KnobRequest, affords: (element: unknown, count: number) => boolean) {
    this.value = start
    this.#most = most
    this.#affords = affords
  }

  took(element: unknown, waited: boolean, held: boolean): void {
    if (held) this.#wasFull = true
    if (!waited || !this.#wasFull || this.value >= this.#most) return
    this.#wasFull = false
    const next = Math.min(Math.max(1, 2 * this.value), this.#most)
    if (this.#affords(element, next)) this.value = next
  }
}
