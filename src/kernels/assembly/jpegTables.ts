/*
 * The Huffman codes of baseline JPEG. A table answers with one look at the next 11 bits which coefficient comes, and often the
 * one after it as well: how many bits they take, how many places further on each is, and their values.
 *
 *   entry  head (2) | places (1) | second places (1) | value (2) | second value (2)
 *   head   bits (6 bits) | 0 (1) | slow (1) | 0 (1) | end (6) | 0 (1)
 *   table  2,048 entries
 *   pair   table of AC | table of DC: those of a component
 *   notes  limits, offsets of 16 lengths (4 each) | symbols (256) | what a table was made of (272) | 1 once made
 *
 * The fields are loaded one by one, which takes fewer instructions than to cut them out of one number. Places are counted in
 * bytes: two a coefficient. Where there is one coefficient alone it stands for the second too, no places further on. An end
 * of a block is a coefficient of 0, one place on; `end` is then set: as the byte that it is, it makes the place the last one
 * of its block, and its highest bit is how far behind the table of AC that of DC is, where the next block begins. `slow`
 * marks what takes more than 11 bits; `bits` are then those of the code, or 0 where that alone is longer, and its symbol
 * stands for the value.
 */

export const lookBits = 11
/** Shifts what is ahead so that its first 11 bits are the offset of an entry, under a mask. */
export const lookShift = 64 - lookBits - 3
export const lookMask: usize = ((1 << lookBits) - 1) << 3

/** Offsets of an entry's other fields. */
export const lastAt: usize = 1
export const placesAt: usize = 2
export const secondPlacesAt: usize = 3
export const valueAt: usize = 4
export const secondValueAt: usize = 6
export const slow: u32 = 1 << 7
/** The end of a block in a head. */
export const blockEnd: u32 = 126 << 8
/** Of these the bytes of a table. */
export const tableBit: u32 = 1 << 14

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
const tables = memory.data(8 << 14, 16)
const notes = memory.data(8 * <i32>notesBytes, 16)

/** How many bits the first coefficient of each entry takes, of the table that is made. */
const firstBits = memory.data(1 << lookBits)

/** The place of a pair. */
export function jpegPair(number: i32): usize {
  return tables + (<usize>number << 15)
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
  const table = jpegPair(number) + <usize>(isDc ? tableBit : 0)
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
  for (let i: usize = 0; i < tableBytes; i += 8) store<u64>(table + i, <u64>slow)
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
    const entry = table + ((first + rest) << 3)
    if (size > <u32>free) enter(entry, slow | length, 0, 0, symbol, 0)
    else if (!isDc && isEnd(symbol)) enter(entry, blockEnd | length, 1, 0, 0, 0)
    else {
      const value = valueOf(rest >> (free - size), size)
      enter(entry, length + size, placesOf(symbol), 0, value, value)
    }
    store<u8>(firstBits + first + rest, length + size)
  }
}

/** Writes an entry. */
function enter(entry: usize, head: u32, places: u32, secondPlaces: u32, value: u32, secondValue: u32): void {
  store<u16>(entry, head)
  store<u8>(entry, places << 1, placesAt)
  store<u8>(entry, secondPlaces << 1, secondPlacesAt)
  store<u16>(entry, value, valueAt)
  store<u16>(entry, secondValue, secondValueAt)
}

/** Adds to each entry the coefficient after it, where that fits in too. */
function join(table: usize): void {
  for (let window: u32 = 0; window < 1 << lookBits; window++) {
    const entry = table + (window << 3)
    if ((load<u16>(entry) & (slow | blockEnd)) != 0) continue
    const length: i32 = load<u8>(firstBits + window)
    const next = (window << length) & ((1 << lookBits) - 1)
    const after = table + (next << 3)
    const more: i32 = load<u8>(firstBits + next)
    if ((load<u16>(after) & slow) != 0 || length + more > lookBits) continue
    const isEnd = (load<u16>(after) & blockEnd) != 0 && load<u8>(after, secondPlacesAt) == 0
    store<u16>(entry, (isEnd ? blockEnd : 0) | (length + more))
    store<u8>(entry, load<u8>(after, placesAt), secondPlacesAt)
    store<u16>(entry, load<u16>(after, valueAt), secondValueAt)
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
  // Without a branch: which half it is cannot be foreseen. Of 0 bits the value is 0.
  const isUpper = number >> ((size - 1) & 31)
  return number + ((isUpper - 1) & (1 - (1 << size)))
}
