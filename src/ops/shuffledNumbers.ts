import { END, type Cursor } from '../core/cursor.ts'
import type { Numbers } from '../core/hints.ts'
import type { RandomKey } from '../core/random.ts'
import type { StageContext } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { drawnAtOnce, PositionBuffer } from './positionBuffer.ts'
import { anchorStride, endedEarly, strideOf, type ShuffleState } from './shuffleState.ts'

/** Positions are 32-bit numbers. */
const longest = 2 ** 31

/** Whether numbers can be shuffled by position alone: elements are counted one by one under a cap on memory. */
export function canShuffle({ length }: Numbers, { memory }: StageContext, state?: State): boolean {
  if (length >= longest || memory !== undefined) return false
  if (state === undefined) return true
  const { failed, anchor, upstream } = state as unknown as ShuffleState
  return failed.length === 0 && upstream['position'] === anchor
}

/**
 * A shuffle of numbers that follow each other, with the order and the states of a shuffle that reads them one by one.
 * Its buffer is one array of positions, which takes a third of the time and a quarter of the memory.
 *
 * What is drawn ahead of its turn counts as being in the buffer still.
 */
export class ShuffledNumbersCursor implements Cursor<number> {
  readonly #numbers: Numbers
  readonly #bufferSize: number
  readonly #path: string
  readonly #key: RandomKey
  #restoring: ShuffleState | undefined
  /** None before the first draw, and once it is closed. */
  #buffer: PositionBuffer | undefined
  #isClosed = false
  readonly #drawn = new Int32Array(drawnAtOnce)
  /** How many there are in `#drawn`, and how many of them were delivered. */
  #ready = 0
  #taken = 0
  /** How many were drawn before the first in `#drawn`. */
  #before = 0

  constructor(numbers: Numbers, bufferSize: number, path: string, key: RandomKey, state?: State) {
    this.#numbers = numbers
    this.#bufferSize = Math.min(bufferSize, numbers.length)
    this.#path = path
    this.#key = key
    this.#restoring = state as ShuffleState | undefined
  }

  /** Whether all that is still to come is in memory. */
  get draining(): boolean {
    return this.#buffer?.isLast === true
  }

  next(): number | typeof END {
    if (this.#taken === this.#ready && !this.#more()) return END
    const { start, step } = this.#numbers
    return start + step * this.#drawn[this.#taken++]
  }

  /** Those that are drawn already. */
  nextInto(out: number[], from: number, to: number): number {
    const { start, step } = this.#numbers
    const drawn = this.#drawn
    let taken = this.#taken
    const end = from + Math.min(to - from, this.#ready - taken)
    for (let at = from; at < end; at++) out[at] = start + step * drawn[taken++]
    this.#taken = taken
    return end - from
  }

  skip(count: number): number {
    let skipped = 0
    while (skipped < count && (this.#taken < this.#ready || this.#more())) {
      const passed = Math.min(count - skipped, this.#ready - this.#taken)
      this.#taken += passed
      skipped += passed
    }
    return skipped
  }

  state(): State {
    if (this.#restoring !== undefined) return { ...this.#restoring }
    const delivered = this.#before + this.#taken
    const read = delivered === 0 ? 0 : Math.min(this.#numbers.length, this.#bufferSize + delivered - 1)
    const anchor = delivered === read ? read : strideOf(this.#oldest()) * anchorStride
    return { delivered, read, anchor, failed: [], upstream: { position: anchor } }
  }

  close(): void {
    this.#isClosed = true
    this.#buffer = undefined
    this.#before += this.#taken
    this.#ready = 0
    this.#taken = 0
  }

  /** The least position in the buffer, or that would be there had nothing been drawn ahead. */
  #oldest(): number {
    let oldest = Infinity
    for (let i = this.#taken; i < this.#ready; i++) oldest = Math.min(oldest, this.#drawn[i])
    for (const position of this.#buffer?.positions ?? []) oldest = Math.min(oldest, position)
    return oldest
  }

  /** Draws the next numbers; says whether there were any. */
  #more(): boolean {
    if (this.#isClosed) return false
    const buffer = (this.#buffer ??= this.#begun())
    this.#before += this.#taken
    this.#taken = 0
    this.#ready = buffer.draw(this.#key, this.#before, this.#drawn)
    return this.#ready > 0
  }

  /** The buffer as it is at the beginning, or at the place that was restored. */
  #begun(): PositionBuffer {
    const { length } = this.#numbers
    const buffer = new PositionBuffer(this.#bufferSize, length)
    const state = this.#restoring
    this.#restoring = undefined
    if (state !== undefined && state.read > length) {
      this.close()
      throw endedEarly(this.#path, length, state)
    }
    if (state !== undefined) {
      buffer.replay(this.#key, state.delivered)
      this.#before = state.delivered
    }
    return buffer
  }
}
