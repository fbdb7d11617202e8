/**
 * Reads the lists of one feature straight into the value that an element has for it, as fast as can be: only the form
 * that every writer uses is known here (one packed list, all values in range). Anything else gives undefined, and
 * checkedParse.ts does it again by all the rules, or says what is wrong.
 */
import { allocate, isTyped, itemBytes, type TypedDType } from '../ndarray/dtype.ts'
import { NdArray, scalarAt, sizeOf } from '../ndarray/ndarray.ts'
import type { FixedLenFeature } from './fixedLenFeature.ts'
import { lastContent } from './lastContent.ts'
import { listRange } from './listRange.ts'
import { rawValues } from './rawValues.ts'
import { textOf } from './rawFeature.ts'
import { lowHalf, WireReader } from './wire.ts'

/** Reads the list message in `bytes[start, end)`; undefined where it is not as expected. */
export type ListReader = (bytes: Uint8Array, start: number, end: number) => unknown

/** The readers of a feature by the kind that the record has for it; none where the dtype does not go with the kind. */
export interface ListReaders {
  readonly bytes: ListReader | undefined
  readonly float: ListReader | undefined
  readonly int64: ListReader | undefined
}

const reader = new WireReader(new Uint8Array(0))
const float = new Float32Array(1)
const floatBytes = new Uint8Array(float.buffer)
const wide = new BigInt64Array(1)
const wideHalves = new Int32Array(wide.buffer)

/** The readers for a feature. */
export function listReaders(feature: FixedLenFeature): ListReaders {
  const { shape, dtype } = feature
  const count = sizeOf(shape)
  const scalar = shape.length === 0
  if (!isTyped(dtype)) {
    return { bytes: scalar ? oneString(dtype) : strings(dtype, shape, count), float: undefined, int64: undefined }
  }
  const range = listRange[dtype]
  const wideInts = dtype === 'int64' ? (scalar ? oneBigint : bigints(shape, count)) : undefined
  const ints = range === undefined ? wideInts : scalar ? oneInteger(dtype, range) : integers(dtype, shape, count, range)
  const floating = dtype === 'float32' || dtype === 'float64'
  return {
    bytes: raw(dtype, shape, count),
    float: floating ? (scalar ? oneFloat : floats(dtype, shape, count)) : undefined,
    int64: ints,
  }
}

/** Where the content begins of a message that is one length-delimited field 1; -1 where it is anything else. */
function listContent(bytes: Uint8Array, start: number, end: number): number {
  return lastContent(bytes, start, end, 0x0a)
}

function raw(dtype: TypedDType, shape: readonly number[], count: number): ListReader {
  const size = count * itemBytes(dtype)
  const scalar = shape.length === 0
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0 || end - at !== size) return undefined
    const data = rawValues(dtype, bytes, at, end)
    if (dtype === 'bool' && data.some((value: number | bigint) => value > 1)) return undefined
    return scalar ? scalarAt({ dtype, data }, 0) : new NdArray(dtype, shape, data)
  }
}

function oneString(dtype: 'string' | 'bytes'): ListReader {
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0) return undefined
    const value = bytes.subarray(at, end)
    return dtype === 'bytes' ? value : textOf(value)
  }
}

function strings(dtype: 'string' | 'bytes', shape: readonly number[], count: number): ListReader {
  return (bytes, start, end) => {
    const data: (Uint8Array | string)[] = []
    reader.reset(bytes, start, end)
    while (reader.at < end) {
      if (bytes[reader.at++] !== 0x0a) return undefined
      const length = reader.length()
      if (length < 0) return undefined
      const part = bytes.subarray(reader.at, (reader.at += length))
      const value = dtype === 'bytes' ? part : textOf(part)
      if (value === undefined) return undefined
      data.push(value)
    }
    return data.length === count ? new NdArray(dtype, shape, data as string[]) : undefined
  }
}

function oneInteger(dtype: TypedDType, [least, greatest]: readonly [number, number]): ListReader {
  const bool = dtype === 'bool'
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0 || at === end) return undefined
    let value = bytes[at]
    if (value > 0x7f || at + 1 !== end) {
      if (!reader.reset(bytes, at, end).varint() || reader.at !== end) return undefined
      value = reader.high * 2 ** 32 + (reader.low >>> 0)
    }
    if (value < least || value > greatest) return undefined
    return bool ? value === 1 : value
  }
}

function oneBigint(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  const at = listContent(bytes, start, end)
  if (at < 0 || !reader.reset(bytes, at, end).varint() || reader.at !== end) return undefined
  wideHalves[lowHalf] = reader.low
  wideHalves[1 - lowHalf] = reader.high
  return wide[0]
}

function integers(
  dtype: TypedDType,
  shape: readonly number[],
  count: number,
  [least, greatest]: readonly [number, number],
): ListReader {
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0 || count > end - at) return undefined
    reader.reset(bytes, at, end)
    const data = allocate(dtype, count) as Float64Array
    for (let i = 0; i < count; i++) {
      // The lengths of most values are one byte or two; a byte beyond the end gives `data` too many and fails below.
      const { at } = reader
      let value = bytes[at]
      if (value < 0x80) reader.at = at + 1
      else if (bytes[at + 1] < 0x80) {
        value += (bytes[at + 1] - 1) << 7
        reader.at = at + 2
      } else if (reader.varint()) value = reader.high * 2 ** 32 + (reader.low >>> 0)
      else return undefined
      if (value < least || value > greatest) return undefined
      data[i] = value
    }
    return reader.at === end ? new NdArray(dtype, shape, data) : undefined
  }
}

function bigints(shape: readonly number[], count: number): ListReader {
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0 || count > end - at) return undefined
    reader.reset(bytes, at, end)
    const data = new BigInt64Array(count)
    const halves = new Int32Array(data.buffer)
    for (let i = 0; i < count; i++) {
      if (!reader.varint()) return undefined
      halves[2 * i + lowHalf] = reader.low
      halves[2 * i + 1 - lowHalf] = reader.high
    }
    return reader.at === end ? new NdArray('int64', shape, data) : undefined
  }
}

function oneFloat(bytes: Uint8Array, start: number, end: number): number | undefined {
  const at = listContent(bytes, start, end)
  if (lowHalf !== 0 || at < 0 || end - at !== 4) return undefined
  for (let i = 0; i < 4; i++) floatBytes[i] = bytes[at + i]
  return float[0]
}

function floats(dtype: 'float32' | 'float64', shape: readonly number[], count: number): ListReader {
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0 || end - at !== 4 * count) return undefined
    const data = rawValues('float32', bytes, at, end)
    return dtype === 'float32' ? new NdArray(dtype, shape, data) : new NdArray(dtype, shape, Float64Array.from(data))
  }
}
