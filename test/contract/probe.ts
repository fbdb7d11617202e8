import { END, type Cursor, type Pull } from '../../src/core/cursor.ts'
import type { RandomAccess } from '../../src/core/randomAccess.ts'
import { planNode, type Cardinality, type Stage } from '../../src/core/stage.ts'
import type { Spec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'

/** How a probe delivers: at once, behind a promise, or now one and now the other. */
export type Mode = 'sync' | 'async' | 'mixed'
export const modes: readonly Mode[] = ['sync', 'async', 'mixed']

/** What a probe does beside giving its elements. */
export interface ProbeOptions {
  readonly mode?: Mode
  readonly cardinality?: Cardinality
  readonly spec?: Spec | undefined
  /** Positions whose pull fails. */
  readonly failAt?: readonly number[]
  /** Position whose pull never settles. */
  readonly hangAt?: number
  /** Whether its cursors can skip. */
  readonly skips?: boolean
}

/** What was done to the cursors of a probe. */
export interface ProbeLog {
  opened: number
  closed: number
  reads: number
  /** Whether a pull came to the position that never settles. */
  hung: boolean
  /** Breaches of the rules for whoever holds a cursor. */
  readonly breaches: string[]
}

/** The error of a failing position. */
export class ProbeFailure extends Error {}

/** A source that counts what is done to it, and notes where a stage breaks the rules of a cursor. */
export function probe<T>(
  elements: readonly T[],
  options: ProbeOptions = {},
): { readonly dataset: Dataset<T>; readonly log: ProbeLog } {
  const log: ProbeLog = { opened: 0, closed: 0, reads: 0, hung: false, breaches: [] }
  const stage: Stage<never, T> = {
    name: 'probe',
    args: {},
    cardinality: () => ('cardinality' in options ? options.cardinality : elements.length),
    spec: () => options.spec,
    open: (_inputs, _context, state) => {
      log.opened++
      const cursor = new ProbeCursor(elements, options, log, (state?.position ?? 0) as number)
      return options.skips === false ? withoutSkip(cursor) : cursor
    },
    randomAccess: () => {
      log.opened++
      const opened = probeByIndex(elements, options, log)
      return options.mode === 'async' ? Promise.resolve(opened) : opened
    },
  }
  return { dataset: new Dataset(planNode(stage, [])), log }
}

/** The elements by index, at once or not as a cursor gives them. */
function probeByIndex<T>(elements: readonly T[], options: ProbeOptions, log: ProbeLog): RandomAccess<T> {
  const { mode = 'sync', failAt = [], hangAt } = options
  let closed = false
  const settle = (index: number): T => {
    if (failAt.includes(index)) throw new ProbeFailure(`probe failed at ${index}`)
    return elements[index]
  }
  return {
    length: elements.length,
    at: (index) => {
      log.reads++
      if (closed) log.breaches.push('at after close')
      if (!(index >= 0 && index < elements.length)) log.breaches.push(`at ${index}`)
      if (index === hangAt) log.hung = true
      if (index === hangAt) return new Promise<never>(() => undefined)
      const waits = mode === 'async' || (mode === 'mixed' && index % 3 === 1)
      return waits ? Promise.resolve().then(() => settle(index)) : settle(index)
    },
    close: () => {
      if (closed) log.breaches.push('close twice')
      closed = true
      log.closed++
    },
  }
}

function withoutSkip<T>(cursor: Cursor<T>): Cursor<T> {
  return { next: () => cursor.next(), state: () => cursor.state(), close: () => cursor.close() }
}

class ProbeCursor<T> implements Cursor<T> {
  readonly #elements: readonly T[]
  readonly #options: ProbeOptions
  readonly #log: ProbeLog
  #position: number
  #pending = false
  #closed = false

  constructor(elements: readonly T[], options: ProbeOptions, log: ProbeLog, position: number) {
    this.#elements = elements
    this.#options = options
    this.#log = log
    this.#position = position
  }

  next(): Pull<T> {
    this.#check('next')
    this.#log.reads++
    if (this.#position >= this.#elements.length) return this.#later(END)
    const position = this.#position++
    if (position === this.#options.hangAt) return this.#hang()
    if (this.#options.failAt?.includes(position) === true) return this.#fail(position)
    return this.#later(this.#elements[position])
  }

  skip(count: number): number | Promise<number> {
    this.#check('skip')
    const skipped = Math.min(count, this.#elements.length - this.#position)
    this.#position += skipped
    return this.#later(skipped)
  }

  state() {
    this.#check('state')
    return { position: this.#position }
  }

  close(): void {
    if (this.#closed) this.#log.breaches.push('close twice')
    this.#closed = true
    this.#log.closed++
  }

  #hang(): Promise<never> {
    this.#pending = true
    this.#log.hung = true
    return new Promise(() => undefined)
  }

  #fail(position: number): Promise<never> {
    const error = new ProbeFailure(`probe failed at ${position}`)
    if (!this.#isAsync()) throw error
    return this.#after(() => {
      throw error
    })
  }

  #later<V>(value: V): V | Promise<V> {
    return this.#isAsync() ? this.#after(() => value) : value
  }

  #after<V>(settle: () => V): Promise<V> {
    this.#pending = true
    return Promise.resolve().then(() => {
      this.#pending = false
      return settle()
    })
  }

  #isAsync(): boolean {
    const { mode = 'sync' } = this.#options
    return mode === 'async' || (mode === 'mixed' && this.#position % 3 === 1)
  }

  #check(call: string): void {
    if (this.#pending) this.#log.breaches.push(`${call} while a pull was pending`)
    if (this.#closed) this.#log.breaches.push(`${call} after close`)
  }
}
