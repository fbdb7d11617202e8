import { checkCount, checkFunction, checkOptions, locateError, wrongArgument } from '../core/checks.ts'
import { isEnd, type Cursor, type END, type Pull } from '../core/cursor.ts'
import { CancelledError, messageOf } from '../core/errors.ts'
import { skippedElement, SkippedReport } from '../core/skippedReport.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { turnIfDue } from '../core/turns.ts'

/** Options of `ignoreErrors`. */
export interface IgnoreErrorsOptions {
  /** Told of each element that is left out, with its index in what comes in; what it throws ends the iteration. */
  readonly onError?: (error: unknown, place: { readonly index: number }) => void
  /** Elements that may be left out in one pass; Infinity by default. The next one that fails is thrown. */
  readonly maxErrors?: number
  /** Called with a line for each element that is left out, such as `console.warn`. */
  readonly log?: (message: string) => void
  /** Filled with what was left out. */
  readonly report?: SkippedReport
}

/**
 * Leaves out the elements that fail (`tf.data.Dataset.ignore_errors`), at whatever operation before it.
 *
 * Out: the elements that do not fail, unchanged and in order. What one failure costs is the business of the operation
 * where it happens: `map` loses the element, `batch` those collected so far; a file that ends early ends there. A
 * CancelledError is never left out, nor is what fails because the iteration is aborted. Length: unknown, but 0 of 0.
 * Saved: elements read, elements left out (so that the quota goes on), and the upstream; a report is not.
 *
 * @example
 * Dataset.range(4).map((x) => { if (x === 1) throw new Error('bad'); return x }).ignoreErrors() // 0, 2, 3
 * @throws the error of the element beyond `maxErrors`, with the count
 */
export function ignoreErrors<T>(options: IgnoreErrorsOptions = {}): Stage<T, T> {
  checkOptions('ignoreErrors', options, ['onError', 'maxErrors', 'log', 'report'])
  const { onError, log, report } = options
  const maxErrors = checkCount('ignoreErrors', 'maxErrors', options.maxErrors ?? Infinity, { infinite: true })
  if (onError !== undefined) checkFunction('ignoreErrors', 'onError', onError)
  if (log !== undefined) checkFunction('ignoreErrors', 'log', log)
  if (report !== undefined && !(report instanceof SkippedReport)) {
    throw wrongArgument('ignoreErrors', 'report', 'a SkippedReport', report)
  }
  return Object.freeze({
    name: 'ignoreErrors',
    args: { maxErrors },
    tuning: ['maxErrors'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) =>
      new IgnoreErrorsCursor(upstream, { onError, log, report, maxErrors }, context, state),
  } satisfies Stage<T, T>)
}

interface Handling {
  readonly onError: IgnoreErrorsOptions['onError']
  readonly log: IgnoreErrorsOptions['log']
  readonly report: SkippedReport | undefined
  readonly maxErrors: number
}

interface IgnoreErrorsState {
  /** Elements read, those left out included. */
  readonly index: number
  readonly skipped: number
  readonly upstream: State
}

class IgnoreErrorsCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #handling: Handling
  readonly #context: StageContext
  #index: number
  #skipped: number

  constructor(upstream: Upstream<T>, handling: Handling, context: StageContext, state?: State) {
    const { index = 0, skipped = 0, upstream: inner } = (state ?? {}) as Partial<IgnoreErrorsState>
    this.#upstream = upstream.open(inner)
    this.#handling = handling
    this.#context = context
    this.#index = index
    this.#skipped = skipped
  }

  next(): Pull<T> {
    for (;;) {
      try {
        const element = this.#upstream.next()
        if (element instanceof Promise) return this.#settle(element)
        if (!isEnd(element)) this.#index++
        return element
      } catch (error) {
        this.#leaveOut(error)
      }
      const turn = turnIfDue()
      if (turn !== undefined) return this.#settle(turn.then(() => this.#upstream.next()))
    }
  }

  state() {
    return { index: this.#index, skipped: this.#skipped, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  async #settle(pending: Pull<T>): Promise<T | typeof END> {
    for (;;) {
      try {
        const element = await pending
        if (!isEnd(element)) this.#index++
        return element
      } catch (error) {
        this.#leaveOut(error)
      }
      const turn = turnIfDue() ?? Promise.resolve()
      // A call that throws at once rejects like the others.
      pending = turn.then(() => this.#upstream.next())
    }
  }

  #leaveOut(error: unknown): void {
    const { onError, log, report, maxErrors } = this.#handling
    const { path, signal } = this.#context
    if (error instanceof CancelledError || signal.aborted) throw error
    const index = this.#index++
    if (this.#skipped >= maxErrors) {
      throw locateError(error, path, index, `more than ${maxErrors} elements failed, the last`)
    }
    this.#skipped++
    report?.add(skippedElement(error, path, index))
    try {
      log?.(`${path} left out element ${index}: ${messageOf(error)}`)
      onError?.(error, { index })
    } catch (thrown) {
      throw locateError(thrown, path, index, 'onError or log threw')
    }
  }
}
