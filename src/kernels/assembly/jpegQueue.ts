import { jpegInverseFast } from './jpegInverse'
import { jpegInverseExact } from './jpegInverseExact'

/*
 * Blocks that wait for their inverse DCT. It is computed while the codes of the blocks after them are read: these follow from
 * one another, which leaves most of a processor idle, and the inverse DCT of a block that was just read would wait for them.
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

/** How many blocks wait. */
export function jpegWaiting(): i32 {
  return (end - next) >> 4
}

/** Computes the inverse DCT of the block that waits the longest. */
export function jpegTakeOne(): void {
  const block = load<usize>(next)
  const multipliers = load<usize>(next, 4)
  const out = load<usize>(next, 8)
  const stride = load<usize>(next, 12)
  next += entryBytes
  if (isExact) jpegInverseExact(block, multipliers, out, stride)
  else jpegInverseFast(block, multipliers, out, stride)
}

/** The same of all that wait. */
export function jpegTakeAll(): void {
  while (next < end) jpegTakeOne()
  next = waiting
  end = waiting
}
