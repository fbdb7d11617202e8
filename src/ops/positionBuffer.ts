import { randomBelow, type RandomKey } from '../core/random.ts'
import { allocate } from '../ndarray/dtype.ts'

/** Positions drawn at once: one after the other in a loop of a few instructions, their memory is fetched at the same time. */
export const drawnAtOnce = 256

/**
 * The buffer of a shuffle as positions in its input, from 0 on, in numbered slots without gaps. What is drawn leaves its slot
 * to the last one, and the next position comes in.
 */
export class PositionBuffer {
  /** Positions, in the first `#size` slots. */
  readonly #slots: Int32Array | Float64Array
  readonly #length: number
  #size: number
  #next: number

  /**
   * @param bufferSize slots at most
   * @param length positions that come in, in all
   */
  constructor(bufferSize: number, length: number) {
    const slots = allocate(length <= 2 ** 31 ? 'int32' : 'float64', Math.min(bufferSize, length))
    for (let position = 0; position < slots.length; position++) slots[position] = position
    this.#slots = slots
    this.#length = length
    this.#size = this.#next = slots.length
  }

  /** The positions in it, slot by slot. */
  get positions(): Int32Array | Float64Array {
    return this.#slots.subarray(0, this.#size)
  }

  /** Whether all positions came in. */
  get isLast(): boolean {
    return this.#next === this.#length
  }

  /**
   * Draws into `out` until that is full or nothing is left.
   *
   * @param first how many were drawn before, which the choices depend on
   * @returns how many were drawn
   */
  draw(key: RandomKey, first: number, out: Int32Array | Float64Array): number {
    const slots = this.#slots
    const length = this.#length
    let [size, next] = [this.#size, this.#next]
    const count = Math.min(out.length, size + length - next)
    for (let i = 0; i < count; i++) {
      const chosen = randomBelow(key, first + i, size)
      out[i] = slots[chosen]
      slots[chosen] = slots[--size]
      if (next < length) slots[size++] = next++
    }
    this.#size = size
    this.#next = next
    return count
  }

  /** Plays the first draws, for a shuffle that goes on after so many. */
  replay(key: RandomKey, draws: number): void {
    const out = new Float64Array(drawnAtOnce)
    for (let drawn = 0; drawn < draws;) {
      const count = this.draw(key, drawn, out.subarray(0, draws - drawn))
      if (count === 0) return
      drawn += count
    }
  }
}
