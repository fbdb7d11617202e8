import { END, type Cursor } from '../core/cursor.ts'
import type { Stage } from '../core/stage.ts'

/** How a stage of so many numbers is opened: `start`, and each following one `step` further. */
export function numbers(start: number, step: number, length: number) {
  return {
    open: (_inputs, _context, state) =>
      length === Infinity
        ? new EndlessNumbersCursor(start, step, state as NumbersState | undefined)
        : new NumbersCursor(start, step, length, state as NumbersState | undefined),
    randomAccess: () => ({ length, at: (index) => start + step * index, close: holdsNothing }),
    hints: { numbers: { start, step, length } },
  } satisfies Pick<Stage<never, number>, 'open' | 'randomAccess' | 'hints'>
}

interface NumbersState {
  readonly position: number
}

class NumbersCursor implements Cursor<number> {
  readonly #start: number
  readonly #step: number
  readonly #length: number
  #position: number

  constructor(start: number, step: number, length: number, { position }: NumbersState = { position: 0 }) {
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

  /** Comes to the end: whoever searches on among them is to find nothing more. No field for it: V8 knows the others better. */
  close(): void {
    this.#position = this.#length
  }
}

class EndlessNumbersCursor implements Cursor<number> {
  readonly #start: number
  readonly #step: number
  #position: number
  #closed = false

  constructor(start: number, step: number, { position }: NumbersState = { position: 0 }) {
    this.#start = start
    this.#step = step
    this.#position = position
  }

  next(): number | typeof END {
    return this.#closed ? END : this.#start + this.#step * this.#position++
  }

  skip(count: number): number {
    if (this.#closed) return 0
    this.#position += count
    return count
  }

  state() {
    return { position: this.#position }
  }

  /** Comes to the end: whoever searches on among them is to find nothing more. */
  close(): void {
    this.#closed = true
  }
}

function holdsNothing(): void {
  // Numbers need not be freed.
}
