import { jpegFastColumns, jpegFastRows, jpegInverseFast } from './jpegInverse'
import { jpegInverseExact } from './jpegInverseExact'

/*
 * Blocks that wait for their inverse DCT. It is computed while the codes of the blocks after them are read, in two steps: these
 * codes follow from one another, which leaves most of a processor idle.
 *
 *   waiting  12 of { block | multipliers | place of its samples | bytes between their rows }
 */

const entryBytes: usize = 16
const waiting = memory.data(12 * 16, 16)
let next: usize = waiting
let end: usize = waiting
let isExact = false

/** Says which inverse DCT is meant from now on; nothing waits. */
export function jpegQueue(exact: bool): void {
  isExact = exact
  next = waiting
  end = waiting
}

export function jpegAdd(block: usize, multipliers: usize, out: usize, stride: usize): void {
  store<usize>(end, block)
  store<usize>(end, multipliers, 4)
  store<usize>(end, out, 8)
  store<usize>(end, stride, 12)
  end += entryBytes
}

/** How many blocks wait whose inverse DCT is computed in two steps: the exact one is not, it needs too many. */
export function jpegWaiting(): i32 {
  return isExact ? 0 : (end - next) >> 4
}

/** The first step, for the block that waits the longest. */
@inline
export function jpegTakeColumns(): void {
  jpegFastColumns(load<usize>(next), load<usize>(next, 4))
}

/** The second one, with which it is done. */
@inline
export function jpegTakeRows(): void {
  jpegFastRows(load<usize>(next, 8), load<usize>(next, 12))
  next += entryBytes
}

/** Computes those of all blocks that wait. */
export function jpegTakeAll(): void {
  for (; next < end; next += entryBytes) {
    const block = load<usize>(next)
    const multipliers = load<usize>(next, 4)
    const out = load<usize>(next, 8)
    const stride = load<usize>(next, 12)
    if (isExact) jpegInverseExact(block, multipliers, out, stride)
    else jpegInverseFast(block, multipliers, out, stride)
  }
  next = waiting
  end = waiting
}
