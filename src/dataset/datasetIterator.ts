import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { CancelledError, FailedPreconditionError, OutOfRangeError } from '../core/errors.ts'
import { runOptionsOf, type RunOptions, type Tuning } from '../core/runOptions.ts'
import { openPlan, runningPlan, type Source } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { turnIfDue } from '../core/turns.ts'
import { systemClock, type Clock } from './clock.ts'
import { makeState, type IteratorState } from './iteratorState.ts'
import type { PipelineStats } from './pipelineStats.ts'
import type { Profiler } from './profiler.ts'
import { RunInstruments } from './runInstruments.ts'
import { withGrace } from './withGrace.ts'

/** Where an iteration starts. */
export interface IteratorStart {
  readonly seed: number
  readonly epoch: number
  readonly position?: State | undefined
  readonly signal?: AbortSignal | undefined
  /** Measures the run. */
  readonly profiler?: Profiler | undefined
  readonly options?: RunOptions
  readonly clock?: Clock
}

/**
 * One iteration over a dataset. It opens nothing before the first element is asked for, and frees what it holds when it
 * ends, fails, is returned from early or is aborted.
 *
 * @example
 * const dataset = Dataset.range(3)
 * const iterator = dataset.iterator()
 * await iterator.next() // { done: false, value: 0 }
 * const state = iterator.save()
 * dataset.toArray({ state }) // [1, 2]
 */
export class DatasetIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: Source<T>
  readonly #start: IteratorStart
  readonly #controller = new AbortController()
  #onAbort: (() => void) | undefined
  #instruments: RunInstruments | undefined
  #cursor: Cursor<T> | undefined
  #state: State | undefined
  #closing: Promise<void> | undefined
  #failure: Error | undefined
  #interrupted = false
  #queue: Promise<unknown> | undefined
  #waiting: { readonly end: () => void; readonly fail: (error: Error) => void } | undefined

  constructor(source: Source<T>, start: IteratorStart) {
    this.#source = source
    this.#start = start
    this.#state = start.position
  }

  /**
   * Whether its sources have given all that they have, and only a few elements that were made ahead, by threads or a
   * prefetch, are still to come: another pass may begin to read.
   */
  get exhausted(): boolean {
    return this.#cursor?.exhausted === true
  }

  /** The next element; `{ done: true }` at the end. Waits for the calls before it, and now and then for the event loop. */
  next(): Promise<IteratorResult<T, undefined>> {
    const pull = async (): Promise<IteratorResult<T, undefined>> => {
      const element = await this.pull()
      const turn = turnIfDue()
      if (turn !== undefined) await turn
      return isEnd(element) ? { done: true, value: undefined } : { done: false, value: element }
    }
    const result = this.#queue === undefined ? pull() : this.#queue.then(pull, pull)
    this.#queue = result
    const leave = (): void => {
      if (this.#queue === result) this.#queue = undefined
    }
    result.then(leave, leave)
    return result
  }

  /**
   * The next element, as an iterator of TensorFlow gives it (`get_next`).
   *
   * @throws OutOfRangeError at the end, again and again
   */
  async getNext(): Promise<T> {
    const { done, value } = await this.next()
    if (done !== true) return value
    throw new OutOfRangeError('iterator: getNext() was called after the last element.', {
      hint: 'Catch it to end the loop, or use for await.',
    })
  }

  /**
   * The next element or END at once where nothing must be waited for, else a promise of it. For loops that count
   * nanoseconds; one call at a time.
   */
  pull(): Pull<T> {
    if (this.#waiting !== undefined) throw stillPending('pull')
    if (this.#closing !== undefined) return this.#afterEnd()
    try {
      if (this.#start.signal?.aborted === true) throw cancelled(this.#start.signal)
      const cursor = (this.#cursor ??= this.#open())
      const element = cursor.next()
      if (element instanceof Promise) return this.#wait(element)
      if (isEnd(element)) return this.#end()
      this.#instruments?.check(element, this.#source.node.path)
      return element
    } catch (error) {
      return this.#fail(error)
    }
  }

  /**
   * Where this iteration stands: after the last element it gave, or, once it failed, after the one that failed. Plain
   * JSON.
   *
   * @throws FailedPreconditionError while an element is waited for, or after an end that came before or in the midst of it
   */
  save(): IteratorState {
    if (this.#waiting !== undefined) throw stillPending('save')
    if (this.#closing === undefined) this.#state = (this.#cursor ??= this.#open()).state()
    if (this.#state === undefined) {
      const why = this.#interrupted ? 'while an element was waited for' : 'before it began'
      throw new FailedPreconditionError(`iterator: save() after the iteration was ended ${why}.`, {
        hint: 'Save before returning from it or aborting it.',
      })
    }
    return makeState(this.#source.node, this.#start, this.#state)
  }

  /**
   * What was measured so far: time, elements and bytes of each operation, and which one is the bottleneck.
   *
   * @throws FailedPreconditionError where the iteration was not begun with `profile: true`
   */
  stats(): PipelineStats {
    const stats = this.#instruments?.stats() ?? this.#start.profiler?.stats()
    if (stats !== undefined) return stats
    throw new FailedPreconditionError('iterator: stats() was called on an iteration that is not measured.', {
      hint: 'Begin it with dataset.iterator({ profile: true }).',
    })
  }

  /**
   * The numbers of what is AUTOTUNE, as they are now, by operation and argument: plain JSON, which another run takes as
   * `dataset.iterator({ tuning })` or `withOptions({ autotune })`. Empty before the first element.
   */
  tuned(): Tuning {
    return this.#instruments?.tuned() ?? {}
  }

  /** Ends the iteration and frees what it holds; an element that is waited for becomes the end. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#waiting?.end()
    await this.#close()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #open(): Cursor<T> {
    const { seed, epoch, signal, profiler, clock = systemClock, options } = this.#start
    if (signal !== undefined) {
      this.#onAbort = () => this.#abort()
      signal.addEventListener('abort', this.#onAbort, { once: true })
    }
    const instruments = new RunInstruments({ ...runOptionsOf(this.#source.node), ...options }, clock, profiler)
    this.#instruments = instruments
    const run = { seed, epoch, signal: this.#controller.signal, ...instruments.run }
    const cursor = openPlan(runningPlan(this.#source), run, this.#state)
    instruments.start()
    return cursor
  }

  #afterEnd(): typeof END {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
    return END
  }

  /** Waits for an element, but no longer than until the iteration is returned from or aborted. */
  #wait(pending: Promise<T | typeof END>): Promise<T | typeof END> {
    const settled = new Promise<T | typeof END>((resolve, reject) => {
      const interrupt = (how: () => void): void => {
        this.#interrupted = true
        how()
      }
      this.#waiting = {
        end: () => interrupt(() => resolve(END)),
        fail: (error) => interrupt(() => reject(error)),
      }
      pending.then(resolve, reject)
    })
    return settled.then(
      (element) => {
        this.#waiting = undefined
        if (isEnd(element)) return this.#end()
        try {
          this.#instruments?.check(element, this.#source.node.path)
        } catch (error) {
          return this.#fail(error)
        }
        return element
      },
      (error: unknown) => {
        this.#waiting = undefined
        return this.#fail(error)
      },
    )
  }

  #end(): Pull<T> {
    const closing = this.#close()
    return closing === undefined ? END : closing.then(() => END)
  }

  /** Frees everything, then throws; the error that came first wins over one in closing. */
  #fail(error: unknown): Pull<T> {
    const closing = this.#closeQuietly(error)
    const rethrow = (): never => {
      throw error
    }
    return closing === undefined ? rethrow() : closing.then(rethrow)
  }

  #abort(): void {
    const error = cancelled(this.#start.signal)
    if (this.#waiting !== undefined) {
      this.#waiting.fail(error)
      return
    }
    this.#failure = error
    void this.#closeQuietly(error)
  }

  /** Frees everything after an error, which wins over one in closing. */
  #closeQuietly(error: unknown): Promise<void> | undefined {
    const closing = this.#close(error)?.catch(() => undefined)
    if (closing !== undefined) this.#closing = closing
    return closing
  }

  /** Frees everything, the first time; a promise where that must be waited for or failed. Never throws at once. */
  #close(error?: unknown): Promise<void> | undefined {
    if (this.#closing !== undefined) return this.#closing
    this.#closing = Promise.resolve()
    if (this.#onAbort !== undefined) this.#start.signal?.removeEventListener('abort', this.#onAbort)
    const cursor = this.#cursor
    if (cursor === undefined) return undefined
    this.#state = this.#interrupted ? undefined : lastState(cursor)
    this.#controller.abort(over)
    const closed = closeSafely(cursor)
    this.#instruments?.stop(error)
    if (closed === undefined) return undefined
    this.#closing = this.#interrupted ? withGrace(closed) : closed
    return this.#closing
  }
}

/** Why the signal of a run is aborted at its end: made once, for a new error takes longer than the rest of an end. */
const over = new CancelledError('the iteration is over.')

/** The state of a cursor that is about to be closed, which must go on also where it cannot say its state. */
function lastState(cursor: Cursor<unknown>): State | undefined {
  try {
    return cursor.state()
  } catch {
    return undefined
  }
}

function closeSafely(cursor: Cursor<unknown>): Promise<void> | undefined {
  try {
    const closed = cursor.close()
    return closed instanceof Promise ? closed : undefined
  } catch (error) {
    return new Promise(() => {
      throw error
    })
  }
}

function stillPending(call: string): FailedPreconditionError {
  return new FailedPreconditionError(`iterator: ${call}() was called while an element was waited for.`, {
    hint: 'Await the earlier call first.',
  })
}

function cancelled(signal: AbortSignal | undefined): CancelledError {
  return new CancelledError('iterator: the iteration was aborted.', { cause: signal?.reason })
}
