import { END, type Cursor } from '../core/cursor.ts'
import type { Numbers } from '../core/hints.ts'
import { randomBelow, type RandomKey } from '../core/random.ts'
import type { StageContext } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { allocate } from '../ndarray/dtype.ts'
import { anchorStride, endedEarly, strideOf, type ShuffleState } from './shuffleState.ts'

/** Numbers drawn at once: one after the other in a loop of a few instructions, their memory is fetched at the same time. */
const drawnAtOnce = 256
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
  /** The positions to draw from, in the first `#size` places; none before the first draw. */
  #buffer: Int32Array | undefined
  #size = 0
  /** The first position that was not put into the buffer yet. */
  #read = 0
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
    return this.#buffer !== undefined && this.#read === this.#numbers.length
  }

  next(): number | typeof END {
    if (this.#taken === this.#ready && !this.#more()) return END
    const { start, step } = this.#numbers
    return start + step * this.#drawn[this.#taken++]
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
    this.#buffer = none
    this.#size = 0
    this.#read = this.#numbers.length
    this.#before += this.#taken
    this.#ready = 0
    this.#taken = 0
  }

  /** The least position in the buffer, or that would be there had nothing been drawn ahead. */
  #oldest(): number {
    let oldest = Infinity
    for (let i = this.#taken; i < this.#ready; i++) oldest = Math.min(oldest, this.#drawn[i])
    for (let i = 0; i < this.#size; i++) oldest = Math.min(oldest, (this.#buffer as Int32Array)[i])
    return oldest
  }

  /** Whether there is one more to deliver. */
  #more(): boolean {
    if (this.#buffer !== undefined) return this.#draw(this.#buffer)
    this.#buffer = this.#filled()
    const state = this.#restoring
    this.#restoring = undefined
    if (state === undefined) return this.#draw(this.#buffer)
    if (state.read > this.#numbers.length) {
      this.close()
      throw endedEarly(this.#path, this.#numbers.length, state)
    }
    this.skip(state.delivered)
    return this.#taken < this.#ready || this.#draw(this.#buffer)
  }

  /** The buffer as it is before the first draw. */
  #filled(): Int32Array {
    const buffer = allocate('int32', this.#bufferSize)
    for (let position = 0; position < buffer.length; position++) buffer[position] = position
    this.#size = this.#read = buffer.length
    return buffer
  }

  /** Draws the next numbers, each of which the next position takes the place of; says whether there were any. */
  #draw(buffer: Int32Array): boolean {
    const { length } = this.#numbers
    const drawn = this.#drawn
    const key = this.#key
    const first = (this.#before += this.#taken)
    let [size, read] = [this.#size, this.#read]
    const count = Math.min(drawnAtOnce, size + length - read)
    for (let i = 0; i < count; i++) {
      const chosen = randomBelow(key, first + i, size)
      drawn[i] = buffer[chosen]
      buffer[chosen] = buffer[--size]
      if (read < length) buffer[size++] = read++
    }
    this.#size = size
    this.#read = read
    this.#ready = count
    this.#taken = 0
    return count > 0
  }
}

const none = new Int32Array(0)
