import { checkFunction } from '../core/checks.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { UserFunction, type ElementFunction } from '../core/userFunction.ts'

/**
 * The elements before the first for which a predicate does not hold (`tf.data.Dataset.take_while`).
 *
 * In: elements, and `{ rng, index, epoch }` as second argument of the predicate, which may be async. Out: the elements,
 * unchanged and in order; nothing is read beyond the one that ends them. Length: unknown, but 0 of 0. Saved: the index,
 * whether it ended, and the upstream.
 *
 * @example
 * Dataset.range(10).takeWhile((x) => x < 3) // 0, 1, 2
 */
export function takeWhile<T>(predicate: ElementFunction<T, boolean>): Stage<T, T> {
  checkFunction('takeWhile', 'predicate', predicate)
  return Object.freeze({
    name: 'takeWhile',
    args: { predicate },
    tuning: ['predicate'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => new TakeWhileCursor(upstream, predicate, context, state),
  } satisfies Stage<T, T>)
}

interface TakeWhileState {
  readonly index: number
  readonly ended: boolean
  readonly upstream: State
}

class TakeWhileCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #predicate: UserFunction<T, boolean>
  readonly #call: ElementFunction<T, boolean>
  #index: number
  #ended: boolean

  constructor(upstream: Upstream<T>, predicate: ElementFunction<T, boolean>, context: StageContext, state?: State) {
    const { index = 0, ended = false, upstream: inner } = (state ?? {}) as Partial<TakeWhileState>
    this.#upstream = upstream.open(inner)
    this.#predicate = new UserFunction(predicate, context)
    this.#call = predicate
    this.#index = index
    this.#ended = ended
  }

  next(): Pull<T> {
    if (this.#ended) return END
    const element = this.#upstream.next()
    if (element instanceof Promise) return element.then((settled) => this.#judge(settled))
    return this.#judge(element)
  }

  state() {
    return { index: this.#index, ended: this.#ended, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #judge(element: T | typeof END): Pull<T> {
    if (isEnd(element)) return END
    const index = this.#index++
    let kept
    try {
      kept = this.#call(element, this.#predicate.contextOf(index))
    } catch (error) {
      throw this.#predicate.located(error, index)
    }
    if (kept === true) return element
    const settled = this.#predicate.settle(kept, index)
    return settled instanceof Promise ? settled.then((keep) => this.#keep(keep, element)) : this.#keep(settled, element)
  }

  #keep(keep: boolean, element: T): T | typeof END {
    if (keep) return element
    this.#ended = true
    return END
  }
}
