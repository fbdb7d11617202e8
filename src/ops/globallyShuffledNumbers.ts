import { END, type Cursor } from '../core/cursor.ts'
import type { Numbers } from '../core/hints.ts'
import type { Permutation } from '../core/permutation.ts'
import type { State } from '../core/state.ts'

/** What a global shuffle saves. */
export interface GlobalShuffleState {
  readonly position: number
}

/**
 * A global shuffle of numbers that follow each other, with the order and the states of one that asks its input for each of
 * them: there is nothing to open, and the numbers of a batch are computed in one loop.
 */
export class GloballyShuffledNumbersCursor implements Cursor<number> {
  readonly #numbers: Numbers
  readonly #orderOf: () => Permutation
  /** Made for the first number. */
  #order: Permutation | undefined
  #position: number
  #left: number

  constructor(numbers: Numbers, orderOf: () => Permutation, state?: State) {
    this.#numbers = numbers
    this.#orderOf = orderOf
    this.#position = (state as GlobalShuffleState | undefined)?.position ?? 0
    this.#left = Math.max(0, numbers.length - this.#position)
  }

  next(): number | typeof END {
    if (this.#left === 0) return END
    const { start, step } = this.#numbers
    this.#order ??= this.#orderOf()
    this.#left--
    return start + step * this.#order.at(this.#position++)
  }

  nextInto(out: number[], from: number, to: number): number {
    const count = Math.min(to - from, this.#left)
    if (count === 0) return 0
    const order = (this.#order ??= this.#orderOf())
    const { start, step } = this.#numbers
    const position = this.#position
    order.fill(out, from, from + count, position)
    if (start !== 0 || step !== 1) for (let at = from; at < from + count; at++) out[at] = start + step * out[at]
    this.#position = position + count
    this.#left -= count
    return count
  }

  skip(count: number): number {
    const skipped = Math.min(count, this.#left)
    this.#position += skipped
    this.#left -= skipped
    return skipped
  }

  state() {
    return { position: this.#position }
  }

  close(): void {
    this.#left = 0
  }
}
