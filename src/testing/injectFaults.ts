import { checkCount, checkFunction, checkOptions, wrongArgument } from '../core/checks.ts'
import { END, isEnd, isThenable, type Cursor, type Pull } from '../core/cursor.ts'
import { UnavailableError } from '../core/errors.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/** What goes wrong with the elements of a dataset. */
export interface Faults {
  /** Zero-based indices of elements that fail, one or several; none by default. */
  readonly failAt?: number | readonly number[]
  /** Makes the error of an element that fails; an UnavailableError that says that it was injected by default. */
  readonly error?: (index: number) => unknown
  /** Ends after so many elements, as a source that was cut off; never by default. */
  readonly truncateAt?: number
  /**
   * What an element is held back for: a promise, such as a test resolves when it wants to, or undefined for those that
   * come at once. No element is held back by default.
   */
  readonly delay?: (index: number) => PromiseLike<unknown> | undefined
}

/**
 * Makes a dataset fail, stall or end early at chosen elements, to try what comes after it: `ignoreErrors`, a training
 * loop, code of your own.
 *
 * In and out: the same elements, but for those that fail, which are used up, and those behind the end. Length: unknown
 * where elements fail, else the lesser of the input's and `truncateAt`. Saved: the index, and the upstream.
 *
 * @example
 * Dataset.range(4).pipe(injectFaults({ failAt: 1 })).ignoreErrors() // 0, 2, 3
 * Dataset.range(4).pipe(injectFaults({ truncateAt: 2 })) // 0, 1
 * @throws InvalidArgumentError where an option is not what it must be
 */
export function injectFaults<T>(faults: Faults): Stage<T, T> {
  checkOptions('injectFaults', faults, ['failAt', 'error', 'truncateAt', 'delay'])
  const { error = injected, delay } = faults
  const truncateAt = checkCount('injectFaults', 'truncateAt', faults.truncateAt ?? Infinity, { infinite: true })
  checkFunction('injectFaults', 'error', error)
  if (delay !== undefined) checkFunction('injectFaults', 'delay', delay)
  const failAt = new Set(indicesOf(faults.failAt))
  return Object.freeze({
    name: 'injectFaults',
    args: { failAt: [...failAt], truncateAt },
    tuning: ['failAt', 'truncateAt'],
    cardinality: ([length]) => {
      if (failAt.size > 0) return undefined
      return length === undefined && truncateAt !== 0 ? undefined : Math.min(length ?? 0, truncateAt)
    },
    spec: ([spec]) => spec,
    open: ([upstream], context, state) =>
      new FaultyCursor(upstream, { failAt, error, truncateAt, delay }, context, state),
  } satisfies Stage<T, T>)
}

function indicesOf(failAt: Faults['failAt'] = []): readonly number[] {
  const indices: unknown = typeof failAt === 'number' ? [failAt] : failAt
  if (!Array.isArray(indices)) throw wrongArgument('injectFaults', 'failAt', 'an index or an array of them', failAt)
  return indices.map((index: number, i) => checkCount('injectFaults', `failAt[${i}]`, index))
}

function injected(index: number): UnavailableError {
  return new UnavailableError(`injectFaults: element ${index} fails because a test wants it to.`, { index })
}

interface FaultyState {
  /** Elements read, those that failed included. */
  readonly index: number
  readonly upstream: State
}

interface Handling {
  readonly failAt: ReadonlySet<number>
  readonly error: (index: number) => unknown
  readonly truncateAt: number
  readonly delay: Faults['delay']
}

class FaultyCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #faults: Handling
  readonly #signal: AbortSignal
  #index: number

  constructor(upstream: Upstream<T>, faults: Handling, { signal }: StageContext, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<FaultyState>
    this.#upstream = upstream.open(inner)
    this.#faults = faults
    this.#signal = signal
    this.#index = index
  }

  next(): Pull<T> {
    const index = this.#index
    if (index >= this.#faults.truncateAt) return END
    this.#index++
    const element = this.#upstream.next()
    if (element instanceof Promise) return element.then((settled) => this.#settle(settled, index))
    return this.#settle(element, index)
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #settle(element: T | typeof END, index: number): Pull<T> {
    if (isEnd(element)) {
      this.#index = index
      return END
    }
    const held = this.#faults.delay?.(index)
    if (isThenable<unknown>(held)) return this.#holdBack(held, element, index)
    return this.#deliver(element, index)
  }

  /** Waits, but no longer than the iteration lasts. */
  async #holdBack(held: PromiseLike<unknown>, element: T, index: number): Promise<T | typeof END> {
    const signal = this.#signal
    let stop: () => void = () => undefined
    const aborted = new Promise<void>((resolve) => {
      stop = resolve
      signal.addEventListener('abort', stop)
    })
    try {
      await Promise.race([held, aborted])
    } finally {
      signal.removeEventListener('abort', stop)
    }
    return signal.aborted ? END : this.#deliver(element, index)
  }

  #deliver(element: T, index: number): T {
    if (this.#faults.failAt.has(index)) throw this.#faults.error(index)
    return element
  }
}
