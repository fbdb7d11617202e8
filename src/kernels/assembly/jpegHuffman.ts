/*
 * The Huffman codes of baseline JPEG. A table answers with one look at the next 11 bits which coefficient comes, and often the
 * one after it as well: how many bits they take, how many places further on each is, and their values.
 *
 *   entry  second places (9) | bits of the first (6) | second value (16) | value (16) | slow (1) | places (9) | 0 (1) | bits (6)
 *   table  2,048 entries | limits, offsets of 16 lengths (4 each) | symbols (256) | what it was made of (272) | 1 once made
 *
 * Where there is one alone it stands for the second too, no places further on. `slow` marks what takes more than 11 bits;
 * `bits` are then those of the code, or 0 where that alone is longer, and its symbol stands for the value.
 *
 * The coded bytes lie in the opposite order, so that a load of eight bytes has the first of them on top.
 */

const lookBits = 11
const lookShift = 64 - lookBits
const entryShift = 3
const limitsAt: usize = 1 << (lookBits + entryShift)
const offsetsAt: usize = limitsAt + 68
const symbolsAt: usize = offsetsAt + 68
const madeOfAt: usize = symbolsAt + 256
const madeAt: usize = madeOfAt + 272
const tableBytes: i32 = (1 << (lookBits + entryShift)) + 672

const firstBitsAt = 49
const secondPlacesAt = 55
const secondValueAt = 33
const valueAt = 17
const slow: u64 = 0x10000
const placesAt = 7
const placesMask: u32 = 511
/** Places on that end a block, and that only damage makes; both are behind the last coefficient, wherever they begin. */
const endPlaces: u32 = 256
const wrongPlaces: u32 = 128

/** Where what the kernels keep between calls ends. */
export const tablesEnd: usize = __heap_base

/** Tables 0 and 1 of DC, then those of AC. */
const tables = memory.data(4 * tableBytes, 16)

/** Places up to two ends behind the last. */
const orderBytes: i32 = 64 + 16 + 256

/** Where coefficients lie in their block, in bytes, by number; all numbers from 64 on lie behind it. */
const order = memory.data(orderBytes, 16)
const zigzag = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35,
  42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
])

/** The block that is read, and behind it room for what belongs to none. */
const block = memory.data(144, 16)

/** Bits that were read and not used, from the top; at least `count` of them are right. */
let bits: u64 = 0
let count: u32 = 0
/** End of the bytes that were not read. */
let place: usize = 0

/** The place of a table. */
export function jpegTable(number: i32): usize {
  return tables + number * tableBytes
}

/** The number of a coefficient in its block, by its number in the file. */
export function jpegOrder(number: i32): i32 {
  return load<u8>(zigzag + number)
}

/**
 * Makes a table of what a file has: how many codes each length of 1 to 16 has, and their symbols. One that is made of the
 * same already stays. Returns 0 where the codes do not fit.
 */
export function jpegHuffman(number: i32, source: usize): i32 {
  if (load<u8>(order + 1) == 0) {
    memory.fill(order, 128, orderBytes)
    for (let i = 0; i < 64; i++) store<u8>(order + i, load<u8>(zigzag + i) << 1)
  }
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
function entryOf(value: u32, places: u64, length: u64): u64 {
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
function firstPlaces(entry: u64): u32 {
  return <u32>(entry >> placesAt) & placesMask
}

function firstBits(entry: u64): u32 {
  return <u32>(entry >> firstBitsAt) & 63
}

/** How many places further on a symbol's coefficient is. */
function placesOf(symbol: u32, isDc: bool): u32 {
  if (isDc) return symbol > 15 ? wrongPlaces : 0
  // A size of 0 is 16 zeros after a run of 15; else the block is over.
  return (symbol & 15) == 0 && symbol != 0xf0 ? endPlaces : (symbol >> 4) + 1
}

/** The value of `size` bits, whose lower half stands for negative numbers. */
function valueOf(number: u32, size: u32): u32 {
  if (size == 0) return 0
  return number < <u32>1 << (size - 1) ? number - ((1 << size) - 1) : number
}

/** Begins to read the bytes that end, in their opposite order, at `end`. */
export function jpegBits(end: usize): void {
  place = end
  bits = 0
  count = 0
}

/** How many whole bytes before `start` were used; negative where as many are left. */
export function jpegOverrun(start: usize): i32 {
  return <i32>(start - place) - <i32>(count >> 3)
}

/** The place of the block that was read last. */
export function jpegCoefficients(): usize {
  return block
}

/**
 * Reads a block of 64 coefficients, the first of them as a difference.
 *
 * @returns the number of the last coefficient or more, or -1 where the data is damaged
 */
export function jpegBlock(dc: usize, ac: usize): i32 {
  const zero = i32x4.splat(0)
  v128.store(0, zero, block)
  v128.store(0, zero, block + 16)
  v128.store(0, zero, block + 32)
  v128.store(0, zero, block + 48)
  v128.store(0, zero, block + 64)
  v128.store(0, zero, block + 80)
  v128.store(0, zero, block + 96)
  v128.store(0, zero, block + 112)
  // As `refill`, in local variables, which are faster to follow than global ones.
  let ahead = bits | (load<u64>(place - 8) >> count)
  let from = place - ((63 - count) >> 3)
  let left = count | 56
  let entry = load<u64>(dc + <usize>((ahead >> lookShift) << entryShift))
  if (entry & slow) {
    bits = ahead
    count = left
    place = from
    entry = decode(dc, entry, true)
    ahead = bits
    left = count
    from = place
  }
  ahead <<= entry
  left -= <u32>entry
  if (firstPlaces(entry)) return -1
  store<i16>(0, <i32>(entry >> valueAt), block)

  let k: u32 = 0
  while (true) {
    do {
      // Bits for four entries are there: 45 after an entry of a difference. The steps are written out, for a loop of them
      // takes longer, and what gets above the six bits of a count is left out at the refill.
      entry = load<u64>(ac + <usize>((ahead >> lookShift) << entryShift))
      if (entry & slow) break
      ahead <<= entry
      left -= <u32>entry
      k += firstPlaces(entry)
      store<i16>(load<u8>(k, order), <i32>(entry >> valueAt), block)
      k += <u32>(entry >> secondPlacesAt)
      store<i16>(load<u8>(k, order), <i32>(entry >> secondValueAt), block)
      if (k >= 63) break

      entry = load<u64>(ac + <usize>((ahead >> lookShift) << entryShift))
      if (entry & slow) break
      ahead <<= entry
      left -= <u32>entry
      k += firstPlaces(entry)
      store<i16>(load<u8>(k, order), <i32>(entry >> valueAt), block)
      k += <u32>(entry >> secondPlacesAt)
      store<i16>(load<u8>(k, order), <i32>(entry >> secondValueAt), block)
      if (k >= 63) break

      entry = load<u64>(ac + <usize>((ahead >> lookShift) << entryShift))
      if (entry & slow) break
      ahead <<= entry
      left -= <u32>entry
      k += firstPlaces(entry)
      store<i16>(load<u8>(k, order), <i32>(entry >> valueAt), block)
      k += <u32>(entry >> secondPlacesAt)
      store<i16>(load<u8>(k, order), <i32>(entry >> secondValueAt), block)
      if (k >= 63) break

      entry = load<u64>(ac + <usize>((ahead >> lookShift) << entryShift))
      if (entry & slow) break
      ahead <<= entry
      left -= <u32>entry
      k += firstPlaces(entry)
      store<i16>(load<u8>(k, order), <i32>(entry >> valueAt), block)
      k += <u32>(entry >> secondPlacesAt)
      store<i16>(load<u8>(k, order), <i32>(entry >> secondValueAt), block)
      if (k >= 63) break

      left &= 63
      ahead |= load<u64>(from - 8) >> left
      from -= (63 - left) >> 3
      left |= 56
    } while (true)
    bits = ahead
    count = left & 63
    place = from
    if ((entry & slow) == 0) break
    entry = decode(ac, entry, false)
    ahead = bits
    left = count
    from = place
    k += firstPlaces(entry)
    store<i16>(load<u8>(k, order), <i32>(entry >> valueAt), block)
    if (k >= 63) break
  }
  const first = k - <u32>(entry >> secondPlacesAt)
  if (first == 63) {
    if (k != 63) unread((<u32>entry & 63) - firstBits(entry))
    return 63
  }
  return k == 63 || (k >= endPlaces && (first < 63 || first >= endPlaces)) ? k : -1
}

/** Goes back by some bits, at most 11: those of a second coefficient for which the block had no room. */
function unread(length: u32): void {
  const unused = count + length
  const bytes = (unused + 7) >> 3
  place += bytes
  bits = 0
  count = 0
  refill()
  const skipped = (bytes << 3) - unused
  bits <<= skipped
  count -= skipped
}

/** Has at least 56 bits ready. */
@inline
function refill(): void {
  bits |= load<u64>(place - 8) >> count
  place -= (63 - count) >> 3
  count |= 56
}

/** Reads what takes more than 11 bits; gives its entry, with no bits left to read. */
function decode(table: usize, entry: u64, isDc: bool): u64 {
  refill()
  let length = <u32>entry & 63
  let symbol = <u32>(entry >> valueAt) & 255
  if (length == 0) {
    const ahead = <u32>(bits >> 48)
    length = lookBits + 1
    while (length <= 16 && ahead >= load<u32>(table + limitsAt + (length << 2))) length++
    if (length > 16) return <u64>wrongPlaces << placesAt
    symbol = load<u8>(table + symbolsAt + (ahead >> (16 - length)) + load<i32>(table + offsetsAt + (length << 2)))
  }
  bits <<= length
  const size = symbol & 15
  const value = size == 0 ? 0 : valueOf(<u32>(bits >> (64 - size)), size)
  bits <<= size
  count -= length + size
  refill()
  return entryOf(value, placesOf(symbol, isDc), 0)
}
