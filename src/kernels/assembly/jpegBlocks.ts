import {
  lookBits,
  lookShift,
  entryShift,
  limitsAt,
  offsetsAt,
  symbolsAt,
  secondPlacesAt,
  secondValueAt,
  valueAt,
  slow,
  placesAt,
  endPlaces,
  wrongPlaces,
  entryOf,
  placesOf,
  valueOf,
  firstPlaces,
  firstBits,
} from './jpegTables'

/*
 * Reads blocks of coefficients with the tables of Huffman codes. The coded bytes lie in the opposite order, so that a load of
 * eight bytes has the first of them on top.
 */

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

/** The number of a coefficient in its block, by its number in the file. */
export function jpegOrder(number: i32): i32 {
  return load<u8>(zigzag + number)
}

/** Begins to read the bytes that end, in their opposite order, at `end`. */
export function jpegBits(end: usize): void {
  if (load<u8>(order + 1) == 0) {
    memory.fill(order, 128, orderBytes)
    for (let i = 0; i < 64; i++) store<u8>(order + i, load<u8>(zigzag + i) << 1)
  }
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
