import { checkCount } from '../core/checks.ts'
import { END, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/**
 * The first `count` elements (`tf.data.Dataset.take`); all of them where `count` is negative or Infinity.
 *
 * Out: the elements, unchanged and in order. Length: the smaller of `count` and the input's. An element that fails is
 * not counted. Saved: how many were taken, and the upstream; the upstream alone where all are.
 *
 * @example
 * Dataset.range(10).take(2) // 0, 1
 */
export function take<T>(count: number): Stage<T, T> {
  checkCount('take', 'count', count, { min: -Infinity, infinite: true })
  const limit = count < 0 ? Infinity : count
  const noOp = limit === Infinity
  return Object.freeze({
    name: 'take',
    args: { count },
    cardinality: ([length]) => (length === undefined ? undefined : Math.min(limit, length)),
    spec: ([spec]) => spec,
    open: ([upstream], _context, state) => (noOp ? upstream.open(state) : new TakeCursor(upstream, limit, state)),
    randomAccess: ([upstream]) =>
      mapRandomAccess(upstream, (input) => ({ ...input, length: Math.min(limit, input.length) })),
    hints: noOp ? { transparent: true, noOp } : { transparent: true },
  } satisfies Stage<T, T>)
}

interface TakeState {
  readonly taken: number
  readonly upstream: State
}

class TakeCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #limit: number
  #taken: number

  constructor(upstream: Upstream<T>, limit: number, state?: State) {
    const { taken = 0, upstream: inner } = (state ?? {}) as Partial<TakeState>
    this.#upstream = upstream.open(inner)
    this.#limit = limit
    this.#taken = taken
  }

  next(): Pull<T> {
    if (this.#taken >= this.#limit) return END
    const element = this.#upstream.next()
    if (element instanceof Promise) return element.then((settled) => this.#count(settled))
    return this.#count(element)
  }

  skip(count: number): number | Promise<number> {
    const allowed = Math.min(count, this.#limit - this.#taken)
    this.#taken += allowed
    return skipElements(this.#upstream, allowed)
  }

  state() {
    return { taken: this.#taken, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #count(element: T | typeof END): T | typeof END {
    this.#taken++
    return element
  }
}
