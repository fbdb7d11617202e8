import { checkCount } from '../core/checks.ts'
import type { Cursor } from '../core/cursor.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'

/**
 * Whole numbers from `start` on, for ever (`tf.data.Dataset.counter`).
 *
 * `start` is 0 and `step` 1 by default; `step` may be negative, or 0 for the same number again and again. Out: numbers,
 * float64 in a batch (TensorFlow: int64). Length: Infinity. Saved: the position.
 *
 * @example
 * Dataset.counter(10, 5).take(3) // 10, 15, 20
 */
export function counter(start = 0, step = 1): Stage<never, number> {
  checkCount('counter', 'start', start, { min: -Infinity })
  checkCount('counter', 'step', step, { min: -Infinity })
  const spec = new TensorSpec([], 'float64')
  return Object.freeze({
    name: 'counter',
    args: { start, step },
    cardinality: () => Infinity,
    spec: () => spec,
    open: (_inputs, _context, state) => new CounterCursor(start, step, (state as CounterState | undefined)?.position),
    randomAccess: () => ({ length: Infinity, at: (index) => start + step * index, close: holdsNothing }),
  } satisfies Stage<never, number>)
}

interface CounterState {
  readonly position: number
}

class CounterCursor implements Cursor<number> {
  readonly #start: number
  readonly #step: number
  #position: number

  constructor(start: number, step: number, position = 0) {
    this.#start = start
    this.#step = step
    this.#position = position
  }

  next(): number {
    return this.#start + this.#step * this.#position++
  }

  skip(count: number): number {
    this.#position += count
    return count
  }

  state() {
    return { position: this.#position }
  }

  close(): void {
    holdsNothing()
  }
}

function holdsNothing(): void {
  // Numbers need not be freed.
}
