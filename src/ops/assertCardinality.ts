import { checkCount } from '../core/checks.ts'
import { after, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import type { Cardinality, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/**
 * States how many elements there are where that is not known, and checks it
 * (`tf.data.experimental.assert_cardinality`).
 *
 * Out: the elements, unchanged and in order. Length: `cardinality`, which may be Infinity. Saved: the index, and the
 * upstream.
 *
 * @example
 * const odd = Dataset.range(6).filter((x) => x % 2 === 1).assertCardinality(3)
 * odd.cardinality() // 3
 * @throws InvalidArgumentError where the input is known to have another number of elements
 * @throws FailedPreconditionError at the end of an input that had fewer elements, or at the first one too many
 */
export function assertCardinality<T>(cardinality: number): Stage<T, T> {
  checkCount('assertCardinality', 'cardinality', cardinality, { infinite: true })
  return Object.freeze({
    name: 'assertCardinality',
    args: { cardinality },
    cardinality: ([length]) => agreed(length, cardinality),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => new AssertCardinalityCursor(upstream, cardinality, context, state),
    randomAccess: ([upstream]) =>
      mapRandomAccess(upstream, (input) => ({ ...input, length: agreed(input.length, cardinality) })),
    hints: { transparent: true },
  } satisfies Stage<T, T>)
}

function agreed(known: Cardinality, asserted: number): number {
  if (known === undefined || known === asserted) return asserted
  throw new InvalidArgumentError(`assertCardinality: the input has ${elements(known)}, not ${asserted}.`)
}

function elements(count: number): string {
  return count === 1 ? '1 element' : `${count} elements`
}

interface AssertCardinalityState {
  readonly index: number
  readonly upstream: State
}

class AssertCardinalityCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #expected: number
  readonly #path: string
  /** Elements read, the one too many included. */
  #index: number
  #ended = false

  constructor(upstream: Upstream<T>, expected: number, context: StageContext, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<AssertCardinalityState>
    this.#upstream = upstream.open(inner)
    this.#expected = expected
    this.#path = context.path
    this.#index = index
  }

  next(): Pull<T> {
    if (this.#ended || this.#index > this.#expected) return END
    // Counted before the pull, for an element that fails is an element all the same.
    this.#index++
    const element = this.#upstream.next()
    return element instanceof Promise ? element.then((settled) => this.#check(settled)) : this.#check(element)
  }

  skip(count: number): number | Promise<number> {
    if (this.#ended || this.#index > this.#expected) return 0
    const allowed = Math.min(count, this.#expected - this.#index)
    return after(skipElements(this.#upstream, allowed), (skipped) => {
      this.#index += skipped
      if (skipped === count) return skipped
      // At the end: a pull sees whether there are too few or too many.
      return after(this.next(), () => skipped)
    })
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #check(element: T | typeof END): T | typeof END {
    if (isEnd(element)) return this.#end()
    if (this.#index > this.#expected) throw this.#differs(`has more`)
    return element
  }

  #end(): typeof END {
    this.#index--
    this.#ended = true
    if (this.#index < this.#expected) throw this.#differs(`ended after ${elements(this.#index)}`)
    return END
  }

  #differs(what: string): FailedPreconditionError {
    return new FailedPreconditionError(
      `${this.#path}: the input was said to have ${elements(this.#expected)}, but it ${what}.`,
      { path: this.#path, index: this.#index, hint: 'Give assertCardinality the number that there are.' },
    )
  }
}
