import { turnIfDue } from './turns.ts'

/** What a step gives that found nothing yet. */
export const AGAIN: unique symbol = Symbol('millrace.AGAIN')

/** The outcome of a step. */
export type Step<R> = R | typeof AGAIN | Promise<R | typeof AGAIN>

/**
 * Goes on with a search until a step finds something: at once for as long as nothing must be waited for, and never for
 * long without a turn of the event loop.
 *
 * @param found the outcome of the first step
 * @example
 * let left = 3
 * search<string>(AGAIN, () => (--left > 0 ? AGAIN : 'found')) // 'found'
 */
export function search<R>(found: Step<R>, step: () => Step<R>): R | Promise<R> {
  while (found === AGAIN) {
    const turn = turnIfDue()
    found = turn === undefined ? step() : turn.then(step)
  }
  return found instanceof Promise ? searchOn(found, step) : found
}

/** A loop, and not steps that wait for each other: a search may go on for ever. */
async function searchOn<R>(found: Step<R>, step: () => Step<R>): Promise<R> {
  for (;;) {
    const settled = found instanceof Promise ? await found : found
    if (settled !== AGAIN) return settled
    const turn = turnIfDue()
    if (turn !== undefined) await turn
    found = step()
  }
}
