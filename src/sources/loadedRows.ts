import { locateError } from '../core/checks.ts'
import { END, type Cursor, type Pull } from '../core/cursor.ts'
import type { RandomAccess } from '../core/randomAccess.ts'
import type { StageContext } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { rowsOf, type Rows } from '../ndarray/rows.ts'

interface LoadedState {
  readonly position: number
}

/** The rows of arrays that are loaded as a whole at the first pull, and let go of at the end. */
export class LoadedRowsCursor<T> implements Cursor<T> {
  readonly #load: () => Promise<unknown>
  readonly #context: StageContext
  #rows: Rows<T> | undefined
  #position: number

  constructor(load: () => Promise<unknown>, context: StageContext, state: State | undefined) {
    this.#load = load
    this.#context = context
    this.#position = (state as LoadedState | undefined)?.position ?? 0
  }

  next(): Pull<T> {
    const rows = this.#rows
    if (rows === undefined) return this.#begin().then(() => this.next())
    return this.#position < rows.length ? rows.at(this.#position++) : this.#end()
  }

  skip(count: number): number | Promise<number> {
    const rows = this.#rows
    if (rows === undefined) return this.#begin().then(() => this.skip(count))
    const skipped = Math.min(count, rows.length - this.#position)
    this.#position += skipped
    return skipped
  }

  state() {
    return { position: this.#position }
  }

  close(): void {
    this.#end()
  }

  async #begin(): Promise<void> {
    // What fails to load is not loaded again: there is nothing to go on with.
    this.#rows = none
    try {
      const rows = rowsOf<T>(await this.#load())
      if (this.#rows === none) this.#rows = rows
    } catch (error) {
      throw locateError(error, this.#context.path, 0, 'loading failed')
    }
    this.#position = Math.min(this.#position, this.#rows.length)
  }

  #end(): typeof END {
    const length = this.#rows?.length ?? 0
    this.#rows = { ...none, length }
    return END
  }
}

const none: Rows<never> = {
  length: 0,
  at: (index) => {
    throw new RangeError(`there is no row ${index}`)
  },
  gather: () => {
    throw new RangeError('there are no rows')
  },
}

/** Loads arrays as a whole, to read their rows by index. */
export async function loadRows<T>(load: () => Promise<unknown>, context: StageContext): Promise<RandomAccess<T>> {
  try {
    const rows = rowsOf<T>(await load())
    return { length: rows.length, at: (index) => rows.at(index), close: ownsNothing }
  } catch (error) {
    throw locateError(error, context.path, 0, 'loading failed')
  }
}

function ownsNothing(): void {
  // The rows go with whoever holds them.
}
