import { median } from './median.ts'

/**
 * How much memory grew while work went on: the median over the second half of the looks less that over the first half.
 * Medians, because a look may fall on a moment at which V8 has just taken a page or given one back.
 *
 * @param bytes of each look, at least two
 * @returns bytes; less than 0 where memory was given back
 */
export function memoryGrowth(bytes: readonly number[]): number {
  const middle = bytes.length >> 1
  if (middle === 0) throw new Error(`Growth needs two looks at the memory, and there are ${bytes.length}.`)
  return median(bytes.slice(middle)) - median(bytes.slice(0, middle))
}
