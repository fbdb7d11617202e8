/**
 * Elements that lie in memory of somebody else, which waits to have it back: batches in shared slots. Who is done with
 * such an element says so with `release`; who does not costs the owner a copy later, and nothing else.
 */

const releases = new WeakMap<object, () => void>()

/** Lends an element: `release` is called at most once, when the borrower is done with it. */
export function lend(element: object, release: () => void): void {
  releases.set(element, release)
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
