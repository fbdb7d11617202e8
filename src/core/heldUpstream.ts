import { AscendingSet } from './ascendingSet.ts'
import { isEnd, skipElements, type Cursor, type END, type Pull } from './cursor.ts'
import { FailedPreconditionError } from './errors.ts'
import type { Upstream } from './stage.ts'
import type { State } from './state.ts'

/** Where a stage that holds elements stands: which ones, and a place upstream before the oldest of them. */
export interface HeldState extends State {
  /** Elements read. */
  readonly index: number
  /** Indices of the elements held, ascending. */
  readonly held: readonly number[]
  /** Indices, from `anchor` on, of the elements that failed. */
  readonly failed: readonly number[]
  /** Elements read before `upstream`. */
  readonly anchor: number
  readonly upstream: State
}

interface Anchor {
  readonly index: number
  readonly state: State
}

/** Elements between two anchors: few enough to read again, many enough to cost nothing. */
const stride = 32

/**
 * An upstream some of whose elements are held for a while: collected in groups, or being expanded. An element counts as
 * held from when it is read until it is released. The state names the elements held; restoring reads them again, and
 * passes over those between.
 *
 * ```
 * const input = new HeldUpstream(upstream, context.path, state?.input)
 * for (const [index, element] of await input.restore()) hold(index, element) // before the first next()
 * const element = await input.next()                                        // its index is input.index - 1
 * input.release(input.index - 1)                                            // when it is held no more
 * ```
 */
export class HeldUpstream<T> {
  readonly #cursor: Cursor<T>
  readonly #path: string
  #restoring: HeldState | undefined
  #index = 0
  readonly #held = new AscendingSet()
  #failed: number[] = []
  #anchors: Anchor[] = []

  constructor(upstream: Upstream<T>, path: string, state: State | undefined) {
    this.#restoring = state as HeldState | undefined
    this.#cursor = upstream.open(this.#restoring?.upstream)
    this.#path = path
  }

  /** Elements read, those that failed included: the index of the next one. */
  get index(): number {
    return this.#restoring?.index ?? this.#index
  }

  /** Whether `restore()` has something to do. */
  get restoring(): boolean {
    return this.#restoring !== undefined
  }

  /** Reads the next element, which is held until it is released. */
  next(): Pull<T> {
    this.#dropAnchor()
    const index = this.#index++
    let element
    try {
      element = this.#cursor.next()
    } catch (error) {
      this.#failed.push(index)
      throw error
    }
    if (element instanceof Promise) return this.#settle(element, index)
    if (isEnd(element)) this.#index = index
    else this.#held.add(index)
    return element
  }

  /** Lets an element go; it is no longer part of the state. */
  release(index: number): void {
    this.releaseAll([index])
  }

  /** The same for several, at the price of one: cheapest where they ascend. */
  releaseAll(indices: readonly number[]): void {
    this.#held.deleteAll(indices)
    if (this.#anchors.length > 1) this.#trim()
  }

  /** Reads the elements again that were held; to be called before the first `next()` where there is a state. */
  async restore(): Promise<[number, T][]> {
    const state = this.#restoring
    const restored: [number, T][] = []
    if (state === undefined) return restored
    this.#index = state.anchor
    const failed = new Set(state.failed)
    const held = new Set(state.held)
    for (const stop of [...new Set([...held, ...failed, state.index])].sort((a, b) => a - b)) {
      await this.#skipTo(stop, state)
      if (held.has(stop)) restored.push([stop, await this.#again(state)])
      else if (failed.has(stop)) await this.#failAgain()
    }
    this.#restoring = undefined
    return restored
  }

  state(): HeldState {
    if (this.#restoring !== undefined) return { ...this.#restoring }
    const [anchor] = this.#held.size > 0 ? this.#anchors : [{ index: this.#index, state: this.#cursor.state() }]
    return {
      index: this.#index,
      held: [...this.#held],
      failed: this.#failed.filter((index) => index >= anchor.index),
      anchor: anchor.index,
      upstream: anchor.state,
    }
  }

  close(): void | Promise<void> {
    this.#held.clear()
    return this.#cursor.close()
  }

  async #settle(pending: Promise<T | typeof END>, index: number): Promise<T | typeof END> {
    try {
      const element = await pending
      if (isEnd(element)) this.#index = index
      else this.#held.add(index)
      return element
    } catch (error) {
      this.#failed.push(index)
      throw error
    }
  }

  /** To be called before each read. */
  #dropAnchor(): void {
    const last = this.#anchors.at(-1)
    if (last !== undefined && this.#index < last.index + stride) return
    this.#anchors.push({ index: this.#index, state: this.#cursor.state() })
    this.#trim()
  }

  /** Keeps the anchors that an element held begins at, and the last one. */
  #trim(): void {
    const oldest = this.#held.first ?? this.#index
    let first = 0
    while (first + 1 < this.#anchors.length && this.#anchors[first + 1].index <= oldest) first++
    if (first > 0) this.#anchors = this.#anchors.slice(first)
    if (this.#anchors.length > 2 * this.#held.size + 2) this.#thin()
    if (this.#failed.length > 0) this.#failed = this.#failed.filter((index) => index >= this.#anchors[0].index)
  }

  #thin(): void {
    const starts = new Set<Anchor | undefined>([this.#anchors[0], this.#anchors.at(-1)])
    let place = 0
    for (const index of this.#held) {
      while (place + 1 < this.#anchors.length && this.#anchors[place + 1].index <= index) place++
      starts.add(this.#anchors[place])
    }
    this.#anchors = this.#anchors.filter((anchor) => starts.has(anchor))
  }

  async #skipTo(stop: number, state: HeldState): Promise<void> {
    while (this.#index < stop) {
      this.#dropAnchor()
      const count = Math.min(stop - this.#index, stride)
      const skipped = await skipElements(this.#cursor, count)
      this.#index += skipped
      if (skipped < count) throw this.#endedEarly(state)
    }
  }

  async #again(state: HeldState): Promise<T> {
    const element = await this.next()
    if (isEnd(element)) throw this.#endedEarly(state)
    return element
  }

  /** The element failed before, and was told of then. */
  async #failAgain(): Promise<void> {
    try {
      await this.next()
    } catch {
      return
    }
    this.release(this.#index - 1)
  }

  #endedEarly(state: HeldState): FailedPreconditionError {
    return new FailedPreconditionError(
      `${this.#path}: the input ended after ${this.#index} elements, but ${state.index} had been read when the state was saved.`,
      { path: this.#path, hint: 'Restore it over the same data.' },
    )
  }
}
