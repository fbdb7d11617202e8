/*
 * The Huffman codes of baseline JPEG. A table answers with one look at the next 11 bits which coefficient comes, and often the
 * one after it as well: how many bits they take, how many places further on each is, and their values.
 *
 *   entry  last (6) | 0 (2) | second places (5) | second value (16) | value (16) | slow (1) | 0 (3) | end (1) | 0 (3) |
 *          places (5) | bits (6)
 *   table  2,048 entries
 *   pair   table of AC | table of DC: those of a component
 *   notes  limits, offsets of 16 lengths (4 each) | symbols (256) | what a table was made of (272) | 1 once made
 *
 * Where there is one coefficient alone it stands for the second too, no places further on. An end of a block is a coefficient
 * of 0, one place on; `end` is then set, which is how far behind the table of AC that of DC is, where the next block begins,
 * and `last` makes the place the last one of its block. `slow` marks what takes more than 11 bits; `bits` are then those of
 * the code, or 0 where that alone is longer, and its symbol stands for the value.
 */

export const lookBits = 11
/** Shifts what is ahead so that its first 11 bits are the offset of an entry, under a mask. */
export const lookShift = 64 - lookBits - 3
export const lookMask: usize = ((1 << lookBits) - 1) << 3

export const placesAt = 6
export const secondPlacesAt = 51
export const secondValueAt = 35
export const valueAt = 19
export const lastAt = 58
export const slow: u64 = 1 << 18
/** The end of a block: also the bytes of a table. */
export const endAt = 14
export const blockEnd: u32 = 1 << endAt

const placesMask: u64 = 31
const tableBytes: usize = 1 << (lookBits + 3)
const limitsAt: usize = 0
const offsetsAt: usize = limitsAt + 68
const symbolsAt: usize = offsetsAt + 68
const madeOfAt: usize = symbolsAt + 256
const madeAt: usize = madeOfAt + 272
const notesBytes: usize = madeAt + 8

/** Where what the kernels keep between calls ends. */
export const tablesEnd: usize = __heap_base

/** Pairs by number: that of the table of DC in the file, and twice that of the table of AC. */
const tables = memory.data(8 << endAt, 16)
const notes = memory.data(8 * <i32>notesBytes, 16)

/** How many bits the first coefficient of each entry takes, of the table that is made. */
const firstBits = memory.data(1 << lookBits)

/** The place of a pair. */
export function jpegPair(number: i32): usize {
  return tables + (<usize>number << (endAt + 1))
}

/** The place of the notes on a table of a pair. */
function notesOf(number: i32, isDc: bool): usize {
  return notes + (<usize>((number << 1) + <i32>isDc)) * notesBytes
}

/**
 * Makes a table of what a file has: how many codes each length of 1 to 16 has, and their symbols. One that is made of the
 * same already stays. Returns 0 where the codes do not fit.
 */
export function jpegHuffman(number: i32, isDc: bool, source: usize): i32 {
  const table = jpegPair(number) + (<usize>isDc << endAt)
  const note = notesOf(number, isDc)
  let symbols = 0
  for (let length = 0; length < 16; length++) symbols += load<u8>(source + length)
  if (symbols > 256) return 0
  // A difference has at most 15 bits.
  if (isDc) for (let i = 0; i < symbols; i++) if (load<u8>(source + 16 + i) > 15) return 0
  if (load<u32>(note + madeAt) == 1 && memory.compare(note + madeOfAt, source, 16 + symbols) == 0) return 1
  store<u32>(note + madeAt, 0)
  memory.copy(note + madeOfAt, source, 16 + symbols)
  memory.copy(note + symbolsAt, source + 16, symbols)
  for (let i: usize = 0; i < tableBytes; i += 8) store<u64>(table + i, slow)
  let code: u32 = 0
  let next = 0
  for (let length = 1; length <= 16; length++) {
    store<i32>(note + offsetsAt + (length << 2), next - code)
    const end = next + load<u8>(source + length - 1)
    for (; next < end; next++) {
      if (length <= lookBits) fill(table, code, length, load<u8>(note + symbolsAt + next), isDc)
      code++
    }
    if (code > <u32>1 << length) return 0
    store<u32>(note + limitsAt + (length << 2), code << (16 - length))
    code <<= 1
  }
  if (!isDc) join(table)
  store<u32>(note + madeAt, 1)
  return 1
}

/** Fills the entries that begin with a code. */
function fill(table: usize, code: u32, length: i32, symbol: u32, isDc: bool): void {
  const free = lookBits - length
  const first = code << free
  const size = symbol & 15
  for (let rest: u32 = 0; rest < <u32>1 << free; rest++) {
    let entry: u64
    if (size > <u32>free) entry = (<u64>symbol << valueAt) | slow | length
    else if (!isDc && isEnd(symbol)) entry = (<u64>63 << lastAt) | blockEnd | (1 << placesAt) | length
    else {
      const value = <u64>(valueOf(rest >> (free - size), size) & 0xffff)
      entry = (value << secondValueAt) | (value << valueAt) | (placesOf(symbol) << placesAt) | (length + size)
    }
    store<u64>(table + ((first + rest) << 3), entry)
    store<u8>(firstBits + first + rest, length + size)
  }
}

/** Adds to each entry the coefficient after it, where that fits in too. */
function join(table: usize): void {
  for (let window: u32 = 0; window < 1 << lookBits; window++) {
    const place = table + (window << 3)
    const entry = load<u64>(place)
    if ((entry & (slow | blockEnd)) != 0) continue
    const length: i32 = load<u8>(firstBits + window)
    const next = (window << length) & ((1 << lookBits) - 1)
    const after = load<u64>(table + (next << 3))
    const more: i32 = load<u8>(firstBits + next)
    if ((after & slow) != 0 || length + more > lookBits) continue
    const isEnd = (after & blockEnd) != 0 && ((after >> secondPlacesAt) & placesMask) == 0
    const value = isEnd ? 0 : (after >> valueAt) & 0xffff
    const places = (after >> placesAt) & placesMask
    const both = (entry & (<u64>1 << secondValueAt) - 64) | (value << secondValueAt) | (places << secondPlacesAt)
    store<u64>(place, both | (isEnd ? (<u64>63 << lastAt) | blockEnd : 0) | (length + more))
  }
}

/**
 * Finds the code that the first 16 of some bits begin with.
 *
 * @returns its symbol, and its length from bit 8 on; or 0 where there is none
 */
export function jpegSearch(number: i32, isDc: bool, bits: u64): u32 {
  const note = notesOf(number, isDc)
  const ahead = <u32>(bits >> 48)
  let length = 1
  while (length <= 16 && ahead >= load<u32>(note + limitsAt + (length << 2))) length++
  if (length > 16) return 0
  const symbol = load<u8>(note + symbolsAt + (ahead >> (16 - length)) + load<i32>(note + offsetsAt + (length << 2)))
  return (length << 8) | symbol
}

/** Whether a symbol of AC ends a block: a size of 0 is 16 zeros after a run of 15, else the block is over. */
export function isEnd(symbol: u32): bool {
  return (symbol & 15) == 0 && symbol != 0xf0
}

/** How many places further on a symbol's coefficient is. */
export function placesOf(symbol: u32): u32 {
  return (symbol >> 4) + 1
}

/** The value of `size` bits, whose lower half stands for negative numbers. */
export function valueOf(number: u32, size: u32): u32 {
  if (size == 0) return 0
  return number < <u32>1 << (size - 1) ? number - ((1 << size) - 1) : number
}
