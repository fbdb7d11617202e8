/** Reads the values of CSV fields from their bytes, most of them without making text of them. */
import type { ScalarOf } from '../ndarray/dtype.ts'
import type { CsvDType } from './csvColumns.ts'

const zero = 48
const plus = 43
const minus = 45
const point = 46

/** Powers of ten that float64 holds exactly. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
const exact = 2 ** 53

/** The value of `bytes[start, end)` as a dtype; undefined where it is none. Spaces round a number do not count. */
export function csvValue(dtype: CsvDType, bytes: Buffer, start: number, end: number): ScalarOf<CsvDType> | undefined {
  switch (dtype) {
    case 'float32': {
      const value = float64(bytes, start, end)
      return value === undefined ? undefined : Math.fround(value)
    }
    case 'float64':
      return float64(bytes, start, end)
    case 'int32':
      return int32(bytes, start, end)
    case 'int64':
      return int64(bytes, start, end)
    case 'string':
      return bytes.toString('utf8', start, end)
    case 'bool':
      return bool(bytes, start, end)
    case 'bytes':
      return Uint8Array.from(bytes.subarray(start, end))
  }
}

function int32(bytes: Buffer, start: number, end: number): number | undefined {
  const value = whole(bytes, start, end)
  return value === (value | 0) ? value : undefined
}

function int64(bytes: Buffer, start: number, end: number): bigint | undefined {
  const value = whole(bytes, start, end)
  if (Math.abs(value) < exact) return BigInt(value)
  const text = bytes.toString('latin1', start, end).trim()
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const large = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return BigInt.asIntN(64, large) === large ? large : undefined
}

/** A whole number, rounded where it is beyond 2^53; NaN where it is none. */
function whole(bytes: Buffer, start: number, end: number): number {
  while (start < end && isSpace(bytes[start])) start++
  while (start < end && isSpace(bytes[end - 1])) end--
  const negative = bytes[start] === minus
  let p = negative || bytes[start] === plus ? start + 1 : start
  if (p >= end) return NaN
  let value = 0
  for (; p < end; p++) {
    if (!isDigit(bytes[p])) return NaN
    value = value * 10 + (bytes[p] - zero)
  }
  // Not -0, for a whole number has none.
  return negative ? 0 - value : value
}

/**
 * A number as TensorFlow takes it, without hexadecimals. Up to 2^53 in digits and 10^22 in scale the quotient or product
 * of two exact numbers is rounded once, so it is right (Clinger); what is beyond that goes through text.
 */
function float64(bytes: Buffer, start: number, end: number): number | undefined {
  while (start < end && isSpace(bytes[start])) start++
  while (start < end && isSpace(bytes[end - 1])) end--
  const negative = bytes[start] === minus
  let p = negative || bytes[start] === plus ? start + 1 : start
  const first = p
  let digits = 0
  for (; p < end && isDigit(bytes[p]); p++) digits = digits * 10 + (bytes[p] - zero)
  let scale = 0
  if (p < end && bytes[p] === point) {
    const behind = ++p
    for (; p < end && isDigit(bytes[p]); p++) digits = digits * 10 + (bytes[p] - zero)
    scale = p - behind
    if (p - first === 1) return undefined
  }
  if (p < end || p === first || digits >= exact || scale > 22) return fromText(bytes.toString('latin1', start, end))
  const value = scale === 0 ? digits : digits / powersOfTen[scale]
  return negative ? -value : value
}

function fromText(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text)
  if (/^[+-]?nan$/i.test(text)) return NaN
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return undefined
}

function bool(bytes: Buffer, start: number, end: number): boolean | undefined {
  switch (bytes.toString('latin1', start, end).trim().toLowerCase()) {
    case 'true':
    case '1':
      return true
    case 'false':
    case '0':
      return false
    default:
      return undefined
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13)
}
