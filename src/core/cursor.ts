import type { State } from './state.ts'
import { turnIfDue } from './turns.ts'

/**
 * What a cursor gives when there is nothing more. A value of its own: null and undefined are never the end. The same for
 * every copy of this package, of which a bundle in a worker may be one.
 */
export const END: unique symbol = Symbol.for('millrace.END')

/** Not exported, so that V8 knows its value where it compiles a comparison. That of an exported constant is read anew. */
const end: typeof END = END

/** Whether a pull came to the end. */
export function isEnd(pulled: unknown): pulled is typeof END {
  return pulled === end
}

/** The outcome of a pull: an element or END at once, or a promise of either where something must be waited for. */
export type Pull<T> = T | typeof END | Promise<T | typeof END>

/**
 * A position in a running stage.
 *
 * Invariants, which the contract tests hold every stage to:
 * - Nothing is read before the first `next()` or `skip()`.
 * - `next()` and `skip()` are called one at a time: never while an earlier promise of this cursor is pending.
 * - Once ended, `next()` gives END for ever.
 * - A `next()` that throws or rejects has used up the element that failed; the following one goes on after it. It counts
 *   as an element in every index and every state, so that a state saved after it does not fail on it again.
 * - Who cannot go on after a failure (a generator that threw, a file that is not there) ends, and never fails for ever.
 * - `state()` describes the place after the last element delivered, and is not called while a pull is pending.
 * - A loop in it that may go over many elements gives way to the event loop (turns.ts). A closed source of many ends, so that
 *   such a loop does not go on behind the end of an iteration.
 * - Whoever opened a cursor closes it exactly once; `close()` may come at any time, also while a pull is pending.
 */
export interface Cursor<out T> {
  next(): Pull<T>
  state(): State
  close(): void | Promise<void>
  /**
   * Passes over up to `count` elements without making them and says how many there were; less only at the end. After
   * one that throws, nobody knows how far it came: only `close()` may follow.
   */
  skip?(count: number): number | Promise<number>
  /**
   * Puts the next elements into `out`, from place `from` up to, not including, `to`, and says how many: as many as there
   * are at once, with the state after as many calls of `next()`. There may be more of them, of which only `next()` knows:
   * it is asked where this gives none. For elements that take less time than the calls that hand them on.
   */
  nextInto?(out: T[], from: number, to: number): number
  /**
   * Before the first `next()`: reads one element into a buffer that is to be full by then, and says whether there is
   * room for more. No other call is made while its promise is pending, but for `close()`.
   */
  fill?(): boolean | Promise<boolean>
  /** Whether all that is still to come is in memory already. */
  readonly draining?: boolean
  /**
   * Whether nothing is left to be read, and no more is held than a few elements that were made ahead or are being made:
   * who will want another pass may begin it now.
   */
  readonly exhausted?: boolean
}

/**
 * Feeds elements to `visit` until it returns false or the cursor ends. Stays synchronous for as long as the cursor
 * does. Returns whether the cursor ended.
 */
export function pump<T>(cursor: Cursor<T>, visit: (element: T) => boolean): boolean | Promise<boolean> {
  for (;;) {
    const element = cursor.next()
    if (element instanceof Promise) return pumpAsync(cursor, visit, element)
    if (isEnd(element)) return true
    if (!visit(element)) return false
    const turn = turnIfDue()
    if (turn !== undefined)
      return pumpAsync(
        cursor,
        visit,
        turn.then(() => cursor.next()),
      )
  }
}

async function pumpAsync<T>(cursor: Cursor<T>, visit: (element: T) => boolean, pulled: Pull<T>): Promise<boolean> {
  for (;;) {
    const element = pulled instanceof Promise ? await pulled : pulled
    if (isEnd(element)) return true
    if (!visit(element)) return false
    const turn = turnIfDue()
    if (turn !== undefined) await turn
    pulled = cursor.next()
  }
}

/** Passes over up to `count` elements, the cheap way where the cursor has one; says how many there were. */
export function skipElements(cursor: Cursor<unknown>, count: number): number | Promise<number> {
  if (count === 0) return 0
  if (cursor.skip !== undefined) return cursor.skip(count)
  let skipped = 0
  const ended = pump(cursor, () => ++skipped < count)
  return after(ended, () => skipped)
}

/** Applies `step` now, or once `value` is there; the one place where a stage forks into its two worlds. */
export function after<T, R>(value: T | Promise<T>, step: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(step) : step(value)
}

/**
 * Asks each of several for something, also where one of them fails, so that they stay in step and none is left pending.
 * The answers are there at once where none must be waited for; the first failure is thrown when all have answered.
 */
export function askAll<S, R>(subjects: readonly S[], ask: (subject: S) => R | Promise<R>): R[] | Promise<R[]> {
  const answers: (R | Promise<R>)[] = []
  let waits = false
  for (const subject of subjects) {
    const answer = attempt(ask, subject)
    waits ||= answer instanceof Promise
    answers.push(answer)
  }
  return waits ? settleAll(answers) : (answers as R[])
}

/** A call that never throws at once. */
function attempt<S, R>(ask: (subject: S) => R | Promise<R>, subject: S): R | Promise<R> {
  try {
    return ask(subject)
  } catch (error) {
    return new Promise<R>(() => {
      throw error
    })
  }
}

async function settleAll<R>(answers: readonly (R | Promise<R>)[]): Promise<R[]> {
  const settled = await Promise.allSettled(answers)
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}

/** Closes all, also where one of them fails to close; the first failure is thrown at the end. */
export function closeAll(cursors: readonly Pick<Cursor<unknown>, 'close'>[]): void | Promise<void> {
  const failures: unknown[] = []
  const pending: Promise<void>[] = []
  for (const cursor of cursors) {
    try {
      const closing = cursor.close()
      if (closing instanceof Promise) pending.push(closing.catch((error: unknown) => void failures.push(error)))
    } catch (error) {
      failures.push(error)
    }
  }
  const report = (): void => {
    if (failures.length > 0) throw failures[0] as Error
  }
  if (pending.length > 0) return Promise.all(pending).then(report)
  report()
}

/** Whether a value that a user's function gave must be awaited: a promise, also one of another library. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
