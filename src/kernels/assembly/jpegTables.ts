/*
 * The Huffman codes of baseline JPEG. A table answers with one look at the next 11 bits which coefficient comes, and often the
 * one after it as well: how many bits they take, how many places further on each is, and their values.
 *
 *   entry  head (2) | places (1) | second places (1) | value (2) | second value (2)
 *   head   bits (6 bits) | 0 (1) | slow (1) | 0 (1) | end (6) | tail (1)
 *   table  2,048 entries
 *   pair   table of AC | table of DC | table of tails: those of a component
 *   notes  limits, offsets of 16 lengths (4 each) | symbols (256) | what a table was made of (272)
 *
 * The fields are loaded one by one, which takes fewer instructions than to cut them out of one number. Places are counted in
 * bytes: two a coefficient. Where there is one coefficient alone it stands for the second too, no places further on. An end
 * of a block is a coefficient of 0, one place on; `end` is then set: in the byte that it is in, it makes the place the last one
 * of its block, and its highest bit is how far behind the table of AC that of DC is, where the next block begins.
 *
 * A code of at most 11 bits whose value reaches further leaves a coefficient of 0, and takes so many bits that the next 11 end
 * with its value: these are looked up among the tails, `tail` being how far behind the table of AC they are. Which code it was
 * is not known there, so that codes whose ends look like those of another, with values of another size, have no tail. These,
 * and longer ones, are `slow`: `bits` are then those of the code, or 0 where that alone is longer, and its symbol stands for
 * the value.
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
/** The end of a block in a head, and in the byte that it is in. */
export const blockEnd: u32 = 126 << 8
export const lastMask: usize = 126
/** How far the other tables of a pair are behind that of AC, as a head says which is next. */
export const dcBit: u32 = 1 << 14
export const tailBit: u32 = 1 << 15
export const tableBits: u32 = dcBit | tailBit

const tableBytes: usize = 1 << (lookBits + 3)
const limitsAt: usize = 0
const offsetsAt: usize = limitsAt + 68
const symbolsAt: usize = offsetsAt + 68
const madeOfAt: usize = symbolsAt + 256
const notesBytes: usize = madeOfAt + 272
const pairBytes: usize = 3 << (lookBits + 3)

/** Where what the kernels keep between calls ends. */
export const tablesEnd: usize = __heap_base

/** Pairs by number: that of the table of DC in the file, and twice that of the table of AC; and which of them are made. */
const tables = memory.data(4 * <i32>pairBytes, 16)
const notes = memory.data(8 * <i32>notesBytes, 16)
const made = memory.data(4)

/** How many bits longer a code of DC counts as: there is one for some dozen of AC, but large values are less rare. */
const rarerDc = 2

/**
 * Of each entry of the table of AC, which is made last: the bits of its first coefficient, or of the code alone where that has
 * a tail.
 */
const firstBits = memory.data(1 << lookBits)
/** Of each tail the size of its value, 0 where there is none. */
const tailSizes = memory.data(1 << lookBits)

/** The place of a pair. */
export function jpegPair(number: i32): usize {
  return tables + <usize>number * pairBytes
}

/** The place of the notes on a table of a pair. */
function notesOf(number: i32, isDc: bool): usize {
  return notes + <usize>((number << 1) + <i32>isDc) * notesBytes
}

/**
 * Makes a pair of what a file has: how many codes each length of 1 to 16 has, and their symbols. One that is made of the same
 * already stays. Returns whether the codes fit.
 */
export function jpegHuffman(number: i32, dc: usize, ac: usize): bool {
  const dcSymbols = symbolsOf(dc)
  const acSymbols = symbolsOf(ac)
  if (dcSymbols > 256 || acSymbols > 256) return false
  // A difference has at most 15 bits.
  for (let i = 0; i < dcSymbols; i++) if (load<u8>(dc + 16 + i) > 15) return false
  const dcNotes = notesOf(number, true)
  const acNotes = notesOf(number, false)
  const isMade =
    load<u8>(made + number) == 1 &&
    memory.compare(dcNotes + madeOfAt, dc, 16 + dcSymbols) == 0 &&
    memory.compare(acNotes + madeOfAt, ac, 16 + acSymbols) == 0
  if (isMade) return true
  store<u8>(made + number, 0)
  memory.copy(dcNotes + madeOfAt, dc, 16 + dcSymbols)
  memory.copy(acNotes + madeOfAt, ac, 16 + acSymbols)
  memory.fill(tailSizes, 0, 1 << lookBits)
  const table = jpegPair(number)
  if (!make(table + dcBit, dcNotes, true) || !make(table, acNotes, false)) return false
  // Short codes come often, and those of DC once a block.
  for (let length = 1; length <= lookBits + rarerDc; length++) {
    addTails(table, table, acNotes, length)
    addTails(table, table + dcBit, dcNotes, length - rarerDc)
  }
  join(table)
  store<u8>(made + number, 1)
  return true
}

function symbolsOf(source: usize): i32 {
  let symbols = 0
  for (let length = 0; length < 16; length++) symbols += load<u8>(source + length)
  return symbols
}

/** Makes a table without tails, and what its notes say of the codes; returns whether these fit. */
function make(table: usize, note: usize, isDc: bool): bool {
  memory.copy(note + symbolsAt, note + madeOfAt + 16, 256)
  for (let entry = table; entry < table + tableBytes; entry += 8) store<u64>(entry, <u64>slow)
  let code: u32 = 0
  let next = 0
  for (let length = 1; length <= 16; length++) {
    store<i32>(note + offsetsAt + (length << 2), next - code)
    const end = next + load<u8>(note + madeOfAt + length - 1)
    for (; next < end; next++) {
      if (length <= lookBits) fill(table, code, length, load<u8>(note + symbolsAt + next), isDc)
      code++
    }
    if (code > <u32>1 << length) return false
    store<u32>(note + limitsAt + (length << 2), code << (16 - length))
    code <<= 1
  }
  return true
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

/** Gives tails to the codes of a length whose values do not fit in, as far as there is room for them. */
function addTails(pair: usize, table: usize, note: usize, length: i32): void {
  if (length < 1 || length > lookBits) return
  const free = lookBits - length
  let next = 0
  for (let shorter = 1; shorter < length; shorter++) next += load<u8>(note + madeOfAt + shorter - 1)
  const end = next + load<u8>(note + madeOfAt + length - 1)
  for (; next < end; next++) {
    const code: u32 = next - load<i32>(note + offsetsAt + (length << 2))
    const symbol: u32 = load<u8>(note + symbolsAt + next)
    const size: i32 = symbol & 15
    if (size <= free || !fillTail(pair, code, size)) continue
    for (let rest: u32 = 0; rest < <u32>1 << free; rest++) {
      const number = (code << free) + rest
      enter(table + (number << 3), tailBit | (size - free), placesOf(symbol), 0, 0, 0)
      if (table == pair) store<u8>(firstBits + number, length)
    }
  }
}

/** Fills the entries that end with a value, behind the end of a code; returns whether they are not those of another size. */
function fillTail(pair: usize, code: u32, size: i32): bool {
  if (size > lookBits) return false
  const values: u32 = 1 << size
  const first = (code << size) & ((1 << lookBits) - 1)
  for (let value: u32 = 0; value < values; value++) {
    const other: i32 = load<u8>(tailSizes + first + value)
    if (other != 0 && other != size) return false
  }
  for (let i: u32 = 0; i < values; i++) {
    const value = valueOf(i, size)
    store<u8>(tailSizes + first + i, size)
    enter(pair + tailBit + ((first + i) << 3), lookBits, 0, 0, value, value)
  }
  return true
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
    if ((load<u16>(entry) & (slow | blockEnd | tailBit)) != 0) continue
    const length: i32 = load<u8>(firstBits + window)
    const next = (window << length) & ((1 << lookBits) - 1)
    const after = table + (next << 3)
    const more: i32 = load<u8>(firstBits + next)
    const head: u32 = load<u16>(after)
    if ((head & slow) != 0 || length + more > lookBits) continue
    // What comes next after the first coefficient of that entry, where it is the only one.
    const last = load<u8>(after, secondPlacesAt) == 0 ? head & (blockEnd | tailBit) : 0
    store<u16>(entry, last | (length + ((last & tailBit) != 0 ? head & 63 : more)))
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
