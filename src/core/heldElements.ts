import { END, type Cursor } from './cursor.ts'
import type { Spec } from './spec.ts'
import type { Stage } from './stage.ts'

/** A source of elements that lie in memory already, under the name of the operation that put them there. */
export function heldElements<T>(name: string, elements: readonly T[], spec: Spec | undefined): Stage<never, T> {
  return Object.freeze({
    name,
    args: {},
    cardinality: () => elements.length,
    spec: () => spec,
    open: (_inputs, _context, state) => new HeldCursor(elements, (state?.position ?? 0) as number),
    randomAccess: () => ({ length: elements.length, at: (index) => elements[index], close: holdsNothing }),
  } satisfies Stage<never, T>)
}

/** Gives elements that lie in memory. */
export class HeldCursor<T> implements Cursor<T> {
  readonly #elements: readonly T[]
  #position: number

  constructor(elements: readonly T[], position: number) {
    this.#elements = elements
    this.#position = position
  }

  next(): T | typeof END {
    return this.#position < this.#elements.length ? this.#elements[this.#position++] : END
  }

  skip(count: number): number {
    const skipped = Math.min(count, this.#elements.length - this.#position)
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
  // The elements are held by whoever made this.
}
