/**
 * Elements that lie in memory of somebody else, which waits to have it back: batches in shared slots, and those whose
 * memory the batches after them would use. Who is done with such an element says so with `release`; who does not costs
 * the owner new memory, or a copy, and nothing else.
 */

const releases = new WeakMap<object, () => void>()
/** Whether anything was ever lent: where nothing was, nothing has to be looked up. */
let anyLent = false

/** Who lends elements so small that a row of the table above would cost more than their memory. */
export interface Lender {
  /** The element lent last is given back. */
  takeBack(element: object): void
  /** It is left with its borrower for ever. */
  leave(): void
}

/** The element that `lendUntilNext` lent last, and who did. */
let last: object | undefined
let lender: Lender | undefined

/** Lends an element: `release` is called at most once, when the borrower is done with it. */
export function lend(element: object, release: () => void): void {
  anyLent = true
  releases.set(element, release)
}

/**
 * Lends an element that can be given back only until the next one is lent so, by whomever. It costs next to nothing, and
 * is enough for loops that are done with each element before they ask for another.
 */
export function lendUntilNext(element: object, owner: Lender): void {
  lender?.leave()
  anyLent = true
  last = element
  lender = owner
}

/** Leaves what `owner` lent last with `lendUntilNext`, where it is not given back, with its borrower. */
export function endLease(owner: Lender): void {
  if (lender === owner) leaveLast()
}

/**
 * Leaves the memory of an element with its borrower for ever: `release` does nothing to it. For elements that come from
 * outside of a pipeline, which somebody may have kept.
 */
export function keep(element: unknown): void {
  if (!anyLent || typeof element !== 'object' || element === null) return
  keepLast(element)
  releases.delete(element)
}

/** The same for an element that was lent with `lendUntilNext`, and it alone: it costs its owner next to nothing. */
export function keepLast(element: unknown): void {
  if (element === last) leaveLast()
}

/** Whether an element lies in memory that may be given back: who keeps it must keep a copy. */
export function isLent(element: unknown): boolean {
  return typeof element === 'object' && element !== null && (element === last || releases.has(element))
}

/**
 * Gives a borrowed element back: its arrays must not be read after this, for their memory is written anew. Does
 * nothing for an element that is not borrowed, or was given back.
 */
export function release(element: unknown): void {
  if (typeof element !== 'object' || element === null) return
  if (element === last) {
    const owner = lender
    last = lender = undefined
    owner?.takeBack(element)
    return
  }
  const giveBack = releases.get(element)
  releases.delete(element)
  giveBack?.()
}

function leaveLast(): void {
  const owner = lender
  last = lender = undefined
  owner?.leave()
}
