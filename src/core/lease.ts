/**
 * Elements that lie in memory of somebody else, which waits to have it back: batches in shared slots, and those whose
 * memory the batches after them would use. Who is done with such an element says so with `release`; who does not costs
 * the owner new memory, or a copy, and nothing else.
 */

const releases = new WeakMap<object, () => void>()
/** Whether anything was ever lent: where nothing was, nothing has to be looked up. */
let anyLent = false

/** Lends an element: `release` is called at most once, when the borrower is done with it. */
export function lend(element: object, release: () => void): void {
  anyLent = true
  releases.set(element, release)
}

/**
 * Leaves the memory of an element with its borrower for ever: `release` does nothing to it. For elements that come from
 * outside of a pipeline, which somebody may have kept.
 */
export function keep(element: unknown): void {
  if (anyLent && typeof element === 'object' && element !== null) releases.delete(element)
}

/** Whether an element lies in memory that may be given back: who keeps it must keep a copy. */
export function isLent(element: unknown): boolean {
  return typeof element === 'object' && element !== null && releases.has(element)
}

/**
 * Gives a borrowed element back: its arrays must not be read after this, for their memory is written anew. Does
 * nothing for an element that is not borrowed, or was given back.
 */
export function release(element: unknown): void {
  if (typeof element !== 'object' || element === null) return
  const giveBack = releases.get(element)
  releases.delete(element)
  giveBack?.()
}
