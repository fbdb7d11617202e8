import { checkFunction } from '../core/checks.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { notCounted, Turns } from '../core/turns.ts'
import { UserFunction, type ElementFunction } from '../core/userFunction.ts'

/**
 * Keeps the elements for which a predicate holds (`tf.data.Dataset.filter`).
 *
 * In: elements, and `{ rng, index, epoch }` as second argument of the predicate, which may be async. Out: the elements
 * kept, unchanged and in order. Length: unknown, but 0 of 0. Saved: the index, and the upstream.
 *
 * @example
 * Dataset.range(5).filter((x) => x % 2 === 0) // 0, 2, 4
 */
export function filter<T>(predicate: ElementFunction<T, boolean>): Stage<T, T> {
  checkFunction('filter', 'predicate', predicate)
  return Object.freeze({
    name: 'filter',
    args: { predicate },
    tuning: ['predicate'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => new FilterCursor(upstream, predicate, context, state),
  } satisfies Stage<T, T>)
}

interface FilterState {
  readonly index: number
  readonly upstream: State
}

class FilterCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #predicate: UserFunction<T, boolean>
  readonly #call: ElementFunction<T, boolean>
  readonly #turns = new Turns()
  #index: number

  constructor(upstream: Upstream<T>, predicate: ElementFunction<T, boolean>, context: StageContext, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<FilterState>
    this.#upstream = upstream.open(inner)
    this.#predicate = new UserFunction(predicate, context)
    this.#call = predicate
    this.#index = index
  }

  next(): Pull<T> {
    for (;;) {
      const element = this.#pull()
      if (element instanceof Promise) return this.#search(element)
      if (isEnd(element)) return this.#end()
      const kept = this.#keeps(element)
      if (kept instanceof Promise) return this.#settle(kept, element)
      if (kept) return element
      const turn = this.#turn()
      if (turn !== undefined) return this.#search(turn)
    }
  }

  state() {
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

  #keeps(element: T): boolean | Promise<boolean> {
    const index = this.#index - 1
    let kept
    try {
      kept = this.#call(element, this.#predicate.contextOf(index))
    } catch (error) {
      throw this.#predicate.located(error, index)
    }
    return typeof kept === 'boolean' ? kept : this.#predicate.settle(kept, index)
  }

  async #settle(kept: Promise<boolean>, element: T): Promise<T | typeof END> {
    return (await kept) ? element : this.#search(this.#pull())
  }

  /** A turn of the event loop, where it is due after an element that is left out. */
  #turn(): Promise<void> | undefined {
    return (this.#index & notCounted) === 0 ? this.#turns.due(this.#index) : undefined
  }

  /** @param pulled an element, or else the turn of the event loop that comes before it */
  async #search(pulled: Pull<T> | Promise<void>): Promise<T | typeof END> {
    for (; ; pulled = this.#turn() ?? this.#pull()) {
      const element = pulled instanceof Promise ? await pulled : pulled
      if (element !== undefined) {
        if (isEnd(element)) return this.#end()
        const kept = this.#keeps(element)
        if (kept instanceof Promise ? await kept : kept) return element
      }
    }
  }
}
