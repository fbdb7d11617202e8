/**
 * Reads the lists of one feature into its column, as fast as can be: only the form that every writer uses is known here
 * (one packed list, all values in range). Anything else gives undefined, and checkedParse.ts does it again by all the
 * rules, or says what is wrong.
 */
import { isTyped, itemBytes, type TypedDType } from '../ndarray/dtype.ts'
import type { Column } from './column.ts'
import { lastContent } from './lastContent.ts'
import { listRange } from './listRange.ts'
import type { ListReader, ListReaders } from './listReaders.ts'
import { textOf } from './rawFeature.ts'
import { rawValues } from './rawValues.ts'
import { lowHalf, WireReader } from './wire.ts'

const reader = new WireReader(new Uint8Array(0))

/** The readers for a column; they give true where they read a list. */
export function columnReaders(column: Column): ListReaders {
  const { dtype } = column
  if (!isTyped(dtype)) return { bytes: strings(column, dtype === 'string'), float: undefined, int64: undefined }
  const range = listRange[dtype]
  const ints = dtype === 'int64' ? bigints(column) : range === undefined ? undefined : integers(column, range)
  const float = dtype === 'float32' ? blocks(column, 'float32') : dtype === 'float64' ? doubles(column) : undefined
  return { bytes: blocks(column, dtype), float, int64: ints }
}

/** Where the content begins of a message that is one length-delimited field 1, or empty; -1 where it is anything else. */
function listContent(bytes: Uint8Array, start: number, end: number): number {
  return start === end ? start : lastContent(bytes, start, end, 0x0a)
}

/** Ends a record of the column at `next`; undefined where it has another number of values than it must. */
function ends(column: Column, next: number): true | undefined {
  const count = next - column.base
  if (column.count === undefined ? column.unit !== 1 && count % column.unit !== 0 : count !== column.count) {
    return undefined
  }
  column.next = next
  return true
}

/** Values that lie in the list as they do in memory: raw ones, and packed floats. */
function blocks(column: Column, dtype: TypedDType): ListReader | undefined {
  if (lowHalf !== 0) return undefined
  const size = itemBytes(dtype)
  const bool = dtype === 'bool'
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0) return undefined
    const length = end - at
    const count = length / size
    if (!Number.isInteger(count) || (column.count !== undefined && count !== column.count)) return undefined
    column.reserve(count)
    const target = column.bytes
    const from = column.base * size
    // A call of set() costs about as much as copying this many bytes one by one.
    if (length > 32) target.set(bytes.subarray(at, end), from)
    else for (let i = 0; i < length; i++) target[from + i] = bytes[at + i]
    if (bool) for (let i = from; i < from + length; i++) if (target[i] > 1) return undefined
    return ends(column, column.base + count)
  }
}

function doubles(column: Column): ListReader {
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0 || (end - at) % 4 !== 0) return undefined
    const values = rawValues('float32', bytes, at, end)
    column.reserve(values.length)
    ;(column.data as Float64Array).set(values, column.base)
    return ends(column, column.base + values.length)
  }
}

function integers(column: Column, [least, greatest]: readonly [number, number]): ListReader {
  return (bytes, start, end) => {
    let at = listContent(bytes, start, end)
    if (at < 0) return undefined
    const room = column.count ?? end - at
    if (room > end - at) return undefined
    column.reserve(room)
    const data = column.data as Float64Array
    const limit = column.base + room
    let next = column.base
    while (at < end) {
      if (next === limit) return undefined
      // Most values take one byte or two; one that is cut short leaves `at` beyond the end.
      let value = bytes[at++]
      if (value > 0x7f) {
        if (bytes[at] < 0x80) value += (bytes[at++] - 1) << 7
        else {
          if (!reader.reset(bytes, at - 1, end).varint()) return undefined
          value = reader.high * 2 ** 32 + (reader.low >>> 0)
          at = reader.at
        }
      }
      if (value < least || value > greatest) return undefined
      data[next++] = value
    }
    return at === end ? ends(column, next) : undefined
  }
}

function bigints(column: Column): ListReader {
  let halves: Int32Array = new Int32Array(0)
  let over: unknown
  return (bytes, start, end) => {
    const at = listContent(bytes, start, end)
    if (at < 0) return undefined
    const room = column.count ?? end - at
    if (room > end - at) return undefined
    column.reserve(room)
    reader.reset(bytes, at, end)
    if (over !== column.bytes) {
      over = column.bytes
      halves = new Int32Array(column.bytes.buffer)
    }
    const limit = column.base + room
    let next = column.base
    while (reader.at < end) {
      if (next === limit || !reader.varint()) return undefined
      halves[2 * next + lowHalf] = reader.low
      halves[2 * next + 1 - lowHalf] = reader.high
      next++
    }
    return ends(column, next)
  }
}

function strings(column: Column, text: boolean): ListReader {
  return (bytes, start, end) => {
    const data = column.data as (string | Uint8Array)[]
    let next = column.base
    reader.reset(bytes, start, end)
    while (reader.at < end) {
      if (bytes[reader.at++] !== 0x0a) return undefined
      const length = reader.length()
      if (length < 0) return undefined
      const from = reader.at
      reader.at = from + length
      const value = text ? textOf(bytes, from, reader.at) : bytes.subarray(from, reader.at)
      if (value === undefined) return undefined
      data[next++] = value
    }
    return ends(column, next)
  }
}
