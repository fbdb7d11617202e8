import { checkCount } from '../core/checks.ts'
import { after, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import type { Cardinality, Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { turnIfDue } from '../core/turns.ts'

/**
 * All but the first `count` elements (`tf.data.Dataset.skip`); none where `count` is negative or Infinity.
 *
 * The elements passed over are not made: a source that knows its positions jumps, and a `map` does not call its
 * function. Length: the input's less `count`, at least 0. Saved: how many are still to be skipped, and the upstream;
 * the upstream alone where none are.
 *
 * @example
 * Dataset.range(4).skip(2) // 2, 3
 */
export function skip<T>(count: number): Stage<T, T> {
  checkCount('skip', 'count', count, { min: -Infinity, infinite: true })
  const all = count < 0 || count === Infinity
  const noOp = count === 0
  return Object.freeze({
    name: 'skip',
    args: { count },
    cardinality: ([length]) => lengthAfter(length, all ? Infinity : count),
    spec: ([spec]) => spec,
    open: ([upstream], _context, state) =>
      noOp ? upstream.open(state) : new SkipCursor(upstream, all ? Infinity : count, state),
    randomAccess: ([upstream]) =>
      mapRandomAccess(upstream, (input) => ({
        length: all ? 0 : Math.max(0, input.length - count),
        at: (index) => input.at(index + count),
      })),
    hints: noOp ? { transparent: true, noOp } : { transparent: true },
  } satisfies Stage<T, T>)
}

function lengthAfter(length: Cardinality, count: number): Cardinality {
  if (count === Infinity) return 0
  return length === undefined ? undefined : Math.max(0, length - count)
}

interface SkipState {
  /** Elements still to be skipped; -1 where all are. */
  readonly left: number
  readonly upstream: State
}

class SkipCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  #left: number

  constructor(upstream: Upstream<T>, count: number, state?: State) {
    const { left = count, upstream: inner } = (state ?? {}) as Partial<SkipState>
    this.#upstream = upstream.open(inner)
    this.#left = left === -1 ? Infinity : left
  }

  next(): Pull<T> {
    if (this.#left === 0) return this.#upstream.next()
    if (this.#left === Infinity) return END
    const skipped = this.#upstream.skip === undefined ? this.#passFirst() : this.#skipFirst()
    return after<unknown, T | typeof END>(skipped, () => this.#upstream.next())
  }

  skip(count: number): number | Promise<number> {
    if (this.#left === Infinity) return 0
    return after(this.#skipFirst(), () => skipElements(this.#upstream, count))
  }

  state() {
    return { left: this.#left === Infinity ? -1 : this.#left, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  /** Passes over elements one by one, so that one that fails is one of those to be skipped. */
  #passFirst(): void | Promise<void> {
    while (this.#left > 0) {
      this.#left--
      const element = this.#upstream.next()
      if (element instanceof Promise) return this.#passRest(element)
      if (isEnd(element)) this.#left = 0
      const turn = turnIfDue()
      if (turn !== undefined) return this.#passRest(turn)
    }
  }

  /** @param passed the element that is being passed over, or a turn of the event loop */
  async #passRest(passed: Pull<T> | Promise<void>): Promise<void> {
    for (;;) {
      if (isEnd(passed instanceof Promise ? await passed : passed)) this.#left = 0
      const turn = turnIfDue()
      if (turn !== undefined) await turn
      if (this.#left === 0) return
      this.#left--
      passed = this.#upstream.next()
    }
  }

  #skipFirst(): number | Promise<number> {
    const count = this.#left
    this.#left = 0
    return skipElements(this.#upstream, count)
  }
}
