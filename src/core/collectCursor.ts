import { after, END, pump, skipElements, type Cursor, type Pull } from './cursor.ts'
import type { Upstream } from './stage.ts'
import type { State } from './state.ts'

/** How elements are collected. */
export interface Collecting<T, R> {
  /** Elements in one group. */
  readonly size: number
  /** Whether a last group of fewer is left out. */
  readonly dropRemainder: boolean
  /** Makes one of a group, which it must not keep; `first` is the index of its first element. */
  readonly make: (group: readonly T[], first: number) => R
}

interface CollectState {
  /** Elements read: the index of the first one of the next group. */
  readonly index: number
  readonly upstream: State
}

/**
 * Consecutive elements, so many at a time, made into one. An element that fails takes those collected before it with
 * it, as in TensorFlow.
 */
export class CollectCursor<T, R> implements Cursor<R> {
  readonly #upstream: Cursor<T>
  readonly #collecting: Collecting<T, R>
  readonly #collect: (element: T) => boolean
  #group: T[] = []
  #filled = 0
  #index: number

  constructor(upstream: Upstream<T>, collecting: Collecting<T, R>, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<CollectState>
    this.#upstream = upstream.open(inner)
    this.#collecting = collecting
    this.#index = index
    this.#collect = (element) => {
      this.#index++
      this.#group[this.#filled++] = element
      return this.#filled < collecting.size
    }
  }

  next(): Pull<R> {
    this.#filled = 0
    const ended = pump(this.#upstream, this.#collect)
    return ended instanceof Promise ? ended.then(() => this.#emit()) : this.#emit()
  }

  skip(count: number): number | Promise<number> {
    const { size, dropRemainder } = this.#collecting
    return after(skipElements(this.#upstream, count * size), (skipped) => {
      this.#index += skipped
      return dropRemainder ? Math.floor(skipped / size) : Math.ceil(skipped / size)
    })
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    this.#group = []
    return this.#upstream.close()
  }

  #emit(): R | typeof END {
    const { size, dropRemainder, make } = this.#collecting
    const filled = this.#filled
    if (filled === 0 || (dropRemainder && filled < size)) return END
    return make(filled === this.#group.length ? this.#group : this.#group.slice(0, filled), this.#index - filled)
  }
}
