import type { DType } from '../core/spec.ts'

/**
 * The least and the greatest number of an int64 list that each dtype takes; int64 itself takes all, the others none.
 */
export const integerRange: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  bool: [0, 1],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 4294967295],
  float64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}
