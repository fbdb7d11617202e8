import { checkFunction } from '../core/checks.ts'
import { SiftCursor } from '../core/siftCursor.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
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

/** Makes the call itself, as a nanosecond counts here; see {@link UserFunction}. */
class FilterCursor<T> extends SiftCursor<T> {
  readonly #predicate: UserFunction<T, boolean>
  readonly #call: ElementFunction<T, boolean>

  constructor(upstream: Upstream<T>, predicate: ElementFunction<T, boolean>, context: StageContext, state?: State) {
    super(upstream, state)
    this.#predicate = new UserFunction(predicate, context)
    this.#call = predicate
  }

  protected override keeps(element: T, index: number): boolean | Promise<boolean> {
    let kept
    try {
      kept = this.#call(element, this.#predicate.contextOf(index))
    } catch (error) {
      throw this.#predicate.located(error, index)
    }
    return typeof kept === 'boolean' ? kept : this.#predicate.settle(kept, index)
  }
}
