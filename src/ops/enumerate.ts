import { checkCount } from '../core/checks.ts'
import { after, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/**
 * Pairs each element with its index (`tf.data.Dataset.enumerate`).
 *
 * Out: `[index, element]`, the index counting from `start`, 0 by default; in a batch int32, or float64
 * where `start` is beyond it (TensorFlow: int64).
 * Length: unchanged. An element that fails uses up its index. Saved: the index, and the upstream.
 *
 * @example
 * Dataset.fromTensorSlices(['a', 'b']).enumerate(1) // [1, 'a'], [2, 'b']
 */
export function enumerate<T>(start = 0): Stage<T, [number, T]> {
  checkCount('enumerate', 'start', start, { min: -Infinity })
  const index = new TensorSpec([], start === (start | 0) ? 'int32' : 'float64')
  return Object.freeze({
    name: 'enumerate',
    args: { start },
    cardinality: ([length]) => length,
    spec: ([spec]) => spec && [index, spec],
    open: ([upstream], _context, state) => new EnumerateCursor(upstream, start, state),
    randomAccess: ([upstream]) =>
      mapRandomAccess(upstream, (input) => ({
        length: input.length,
        at: (index) => after(input.at(index), (element): [number, T] => [start + index, element]),
      })),
  } satisfies Stage<T, [number, T]>)
}

interface EnumerateState {
  readonly index: number
  readonly upstream: State
}

class EnumerateCursor<T> implements Cursor<[number, T]> {
  readonly #upstream: Cursor<T>
  #index: number

  constructor(upstream: Upstream<T>, start: number, state?: State) {
    const { index = start, upstream: inner } = (state ?? {}) as Partial<EnumerateState>
    this.#upstream = upstream.open(inner)
    this.#index = index
  }

  next(): Pull<[number, T]> {
    // Counted before the pull, for an element that fails upstream has an index too.
    const index = this.#index++
    const element = this.#upstream.next()
    if (element instanceof Promise) return element.then((settled) => this.#pair(settled, index))
    return this.#pair(element, index)
  }

  skip(count: number): number | Promise<number> {
    const skipped = skipElements(this.#upstream, count)
    return skipped instanceof Promise ? skipped.then((settled) => this.#passed(settled)) : this.#passed(skipped)
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #pair(element: T | typeof END, index: number): [number, T] | typeof END {
    if (!isEnd(element)) return [index, element]
    this.#index = index
    return END
  }

  #passed(skipped: number): number {
    this.#index += skipped
    return skipped
  }
}
