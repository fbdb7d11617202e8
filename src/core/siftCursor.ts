import { END, isEnd, type Cursor, type Pull } from './cursor.ts'
import type { Upstream } from './stage.ts'
import type { State } from './state.ts'
import { Turns } from './turns.ts'

/**
 * Leaves out what `keeps` does not keep. Elements that nothing must be waited for are given at once, and a long search lets
 * the event loop turn.
 */
export abstract class SiftCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #turns = new Turns()
  #index: number

  constructor(upstream: Upstream<T>, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as { readonly index?: number; readonly upstream?: State }
    this.#upstream = upstream.open(inner)
    this.#index = index
  }

  /** Called once with each element, in order. */
  protected abstract keeps(element: T, index: number): boolean | Promise<boolean>

  next(): Pull<T> {
    for (;;) {
      const element = this.#pull()
      if (element instanceof Promise) return this.#search(element)
      if (isEnd(element)) return this.#end()
      const kept = this.keeps(element, this.#index - 1)
      if (kept instanceof Promise) return this.#settle(kept, element)
      if (kept) return element
      const turn = this.#turns.due(this.#index)
      if (turn !== undefined) return this.#search(turn)
    }
  }

  state(): State {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  /** Counts before the pull, for an element that fails upstream is counted too. */
  #pull(): Pull<T> {
    this.#index++
    return this.#upstream.next()
  }

  #end(): typeof END {
    this.#index--
    return END
  }

  /** What comes after an element that is left out: a turn of the event loop where it is due, or else the next pull. */
  #goOn(): Pull<T> | Promise<void> {
    return this.#turns.due(this.#index) ?? this.#pull()
  }

  async #settle(kept: Promise<boolean>, element: T): Promise<T | typeof END> {
    return (await kept) ? element : this.#search(this.#goOn())
  }

  /** @param pulled an element, or the turn of the event loop that comes before it */
  async #search(pulled: Pull<T> | Promise<void>): Promise<T | typeof END> {
    for (; ; pulled = this.#goOn()) {
      const element = pulled instanceof Promise ? await pulled : pulled
      if (element !== undefined) {
        if (isEnd(element)) return this.#end()
        const kept = this.keeps(element, this.#index - 1)
        if (kept instanceof Promise ? await kept : kept) return element
      }
    }
  }
}
