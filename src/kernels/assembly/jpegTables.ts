/*
 * The Huffman codes of baseline JPEG. A table answers with one look at the next 11 bits which coefficient comes, and often the
 * one after it as well: how many bits they take, how many places further on each is, and their values.
 *
 *   entry  second places (9) | bits of the first (6) | second value (16) | value (16) | slow (1) | places (9) | 0 (1) | bits (6)
 *   table  2,048 entries | limits, offsets of 16 lengths (4 each) | symbols (256) | what it was made of (272) | 1 once made
 *
 * Where there is one alone it stands for the second too, no places further on. `slow` marks what takes more than 11 bits;
 * `bits` are then those of the code, or 0 where that alone is longer, and its symbol stands for the value.
 */

export const lookBits = 11
export const lookShift = 64 - lookBits
export const entryShift = 3
export const limitsAt: usize = 1 << (lookBits + entryShift)
export const offsetsAt: usize = limitsAt + 68
export const symbolsAt: usize = offsetsAt + 68
const madeOfAt: usize = symbolsAt + 256
const madeAt: usize = madeOfAt + 272
const tableBytes: i32 = (1 << (lookBits + entryShift)) + 672

const firstBitsAt = 49
export const secondPlacesAt = 55
export const secondValueAt = 33
export const valueAt = 17
export const slow: u64 = 0x10000
export const placesAt = 7
const placesMask: u32 = 511
/** Places on that end a block, and that only damage makes; both are behind the last coefficient, wherever they begin. */
export const endPlaces: u32 = 256
export const wrongPlaces: u32 = 128

/** Where what the kernels keep between calls ends. */
export const tablesEnd: usize = __heap_base

/** Tables 0 and 1 of DC, then those of AC. */
const tables = memory.data(4 * tableBytes, 16)

/** The place of a table. */
export function jpegTable(number: i32): usize {
  return tables + number * tableBytes
}

/**
 * Makes a table of what a file has: how many codes each length of 1 to 16 has, and their symbols. One that is made of the
 * same already stays. Returns 0 where the codes do not fit.
 */
export function jpegHuffman(number: i32, source: usize): i32 {
  const table = jpegTable(number)
  let symbols = 0
  for (let length = 0; length < 16; length++) symbols += load<u8>(source + length)
  if (symbols > 256) return 0
  if (load<u32>(table + madeAt) == 1 && memory.compare(table + madeOfAt, source, 16 + symbols) == 0) return 1
  store<u32>(table + madeAt, 0)
  memory.copy(table + madeOfAt, source, 16 + symbols)
  memory.copy(table + symbolsAt, source + 16, symbols)
  for (let i: usize = 0; i < limitsAt; i += 8) store<u64>(table + i, slow)
  let code: u32 = 0
  let next = 0
  for (let length = 1; length <= 16; length++) {
    store<i32>(table + offsetsAt + (length << 2), next - code)
    const end = next + load<u8>(source + length - 1)
    for (; next < end; next++) {
      if (length <= lookBits) fill(table, code, length, load<u8>(table + symbolsAt + next), number < 2)
      code++
    }
    if (code > <u32>1 << length) return 0
    store<u32>(table + limitsAt + (length << 2), code << (16 - length))
    code <<= 1
  }
  if (number >= 2) pair(table)
  store<u32>(table + madeAt, 1)
  return 1
}

/** Fills the entries that begin with a code. */
function fill(table: usize, code: u32, length: i32, symbol: u32, isDc: bool): void {
  const free = lookBits - length
  const first = table + ((code << free) << entryShift)
  const size = symbol & 15
  const places = placesOf(symbol, isDc)
  for (let rest: u32 = 0; rest < <u32>1 << free; rest++) {
    let entry: u64
    if (size <= <u32>free) entry = entryOf(valueOf(rest >> (free - size), size), places, length + size)
    else entry = ((<u64>symbol) << valueAt) | slow | length
    store<u64>(first + (rest << entryShift), entry)
  }
}

/** An entry of one coefficient. */
export function entryOf(value: u32, places: u64, length: u64): u64 {
  const two = <u64>(value & 0xffff) * 0x10001
  return (length << firstBitsAt) | (two << valueAt) | (places << placesAt) | length
}

/** Adds to each entry the coefficient after it, where that fits in too. */
function pair(table: usize): void {
  for (let window = 0; window < 1 << lookBits; window++) {
    const place = table + (window << entryShift)
    const entry = load<u64>(place)
    const length = firstBits(entry)
    if ((entry & slow) != 0 || firstPlaces(entry) >= wrongPlaces) continue
    const after = load<u64>(table + ((window << length & ((1 << lookBits) - 1)) << entryShift))
    const more = firstBits(after)
    if ((after & slow) != 0 || length + more > <u32>lookBits) continue
    const value = ((after >> valueAt) & 0xffff) << secondValueAt
    const kept = entry & ((<u64>1 << secondValueAt) - 64 | <u64>63 << firstBitsAt)
    store<u64>(place, kept | value | (<u64>firstPlaces(after) << secondPlacesAt) | (length + more))
  }
}

@inline
export function firstPlaces(entry: u64): u32 {
  return <u32>(entry >> placesAt) & placesMask
}

export function firstBits(entry: u64): u32 {
  return <u32>(entry >> firstBitsAt) & 63
}

/** How many places further on a symbol's coefficient is. */
export function placesOf(symbol: u32, isDc: bool): u32 {
  if (isDc) return symbol > 15 ? wrongPlaces : 0
  // A size of 0 is 16 zeros after a run of 15; else the block is over.
  return (symbol & 15) == 0 && symbol != 0xf0 ? endPlaces : (symbol >> 4) + 1
}

/** The value of `size` bits, whose lower half stands for negative numbers. */
export function valueOf(number: u32, size: u32): u32 {
  if (size == 0) return 0
  return number < <u32>1 << (size - 1) ? number - ((1 << size) - 1) : number
}
