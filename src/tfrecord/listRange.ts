import type { DType } from '../core/spec.ts'
import { integerRange } from '../ndarray/dtype.ts'

/** The least and the greatest number of an int64 list that each dtype takes; int64 itself takes all, the others none. */
export const listRange: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  ...integerRange,
  bool: [0, 1],
  float64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}
