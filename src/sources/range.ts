import { checkCount, wrongArgument } from '../core/checks.ts'
import { END, type Cursor } from '../core/cursor.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'

/**
 * Whole numbers from `start` up to, not including, `stop` (`tf.data.Dataset.range`).
 *
 * `range(stop)` starts at 0; `step` is 1 by default and may be negative. Out: numbers, int32 where all of them fit,
 * else float64 (TensorFlow: int64). Length: exact; Infinity for `range(Infinity)`. Saved: the position.
 *
 * @example
 * Dataset.range(3) // 0, 1, 2
 * Dataset.range(5, 0, -2) // 5, 3, 1
 */
export function range(start: number, stop?: number, step = 1): Stage<never, number> {
  const [from, to] = stop === undefined ? [0, start] : [start, stop]
  checkCount('range', 'start', from, { min: -Infinity })
  checkCount('range', 'stop', to, { min: -Infinity, infinite: true })
  checkCount('range', 'step', step, { min: -Infinity })
  if (step === 0) throw wrongArgument('range', 'step', 'a whole number other than 0', step)
  const length = Math.max(0, Math.ceil((to - from) / step))
  const fits = (value: number) => value === (value | 0)
  const spec = new TensorSpec(
    [],
    fits(from) && (length === 0 || fits(from + (length - 1) * step)) ? 'int32' : 'float64',
  )
  return Object.freeze({
    name: 'range',
    args: { start: from, stop: to, step },
    cardinality: () => length,
    spec: () => spec,
    open: (_inputs, _context, state) =>
      new RangeCursor(from, step, length, (state as RangeState | undefined)?.position ?? 0),
    randomAccess: () => ({ length, at: (index) => from + step * index, close: holdsNothing }),
  } satisfies Stage<never, number>)
}

interface RangeState {
  readonly position: number
}

class RangeCursor implements Cursor<number> {
  readonly #start: number
  readonly #step: number
  readonly #length: number
  #position: number

  constructor(start: number, step: number, length: number, position: number) {
    this.#start = start
    this.#step = step
    this.#length = length
    this.#position = position
  }

  next(): number | typeof END {
    return this.#position < this.#length ? this.#start + this.#step * this.#position++ : END
  }

  skip(count: number): number {
    const skipped = Math.min(count, this.#length - this.#position)
    this.#position += skipped
    return skipped
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
