import {
  lookBits,
  lookShift,
  lookMask,
  lastAt,
  lastMask,
  placesAt,
  secondPlacesAt,
  valueAt,
  secondValueAt,
  slow,
  blockEnd,
  dcBit,
  tailBit,
  tableBits,
  isEnd,
  placesOf,
  valueOf,
  jpegPair,
  jpegSearch,
} from './jpegTables'

import { jpegTakeEvenPixels, jpegTakeOddPixels } from './jpegPixels'
import { jpegTakeColumns, jpegTakeRows, jpegWaiting } from './jpegQueue'

/*
 * Reads blocks of coefficients with the tables of Huffman codes. The coded bytes lie in the opposite order, so that a load of
 * eight bytes has the first of them on top.
 *
 * Several blocks are read in one go, the first coefficient of each like the others, for the end of a block cannot be foreseen:
 * a branch there costs a processor as much as a few coefficients.
 *
 * Each code waits for the one before it, so that most of a processor would be idle. Between them it makes pixels and inverse
 * DCTs of what was read before, in steps that are small, for a processor does not look far ahead.
 */

/** From one unit to the next: the most that it has, and one for what is found behind its last coefficient. */
export const unitBlocks = 7
/** Those of two units. */
const mostBlocks = 2 * unitBlocks

/** Places of coefficients in the blocks, in bytes, by twice their number plus 128: in the file's order, block after block. */
const order = memory.data(128 * (mostBlocks + 1), 16)
const zigzag = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35,
  42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
])

/** The blocks that are read. */
const coefficients = memory.data(128 * mostBlocks, 16)

/** Bits that were read and not used, from the top; at least `count` of them are right. */
let bits: u64 = 0
let count: u32 = 0
/** End of the bytes that were not read. */
let place: usize = 0

/** Of what counts bits and ends: heads have a bit above them. */
const countBits: u32 = tailBit - 1

/** For how many goes more blocks are read one by one, and for how many after the last go in vain. */
let wary = 0
let waryGoes = 0
const mostWaryGoes = 63

/** The number of a coefficient in its block, by its number in the file. */
export function jpegOrder(number: i32): i32 {
  return load<u8>(zigzag + number)
}

/** Begins to read the bytes that end, in their opposite order, at `end`. */
export function jpegBits(end: usize): void {
  if (load<u16>(order + 130) == 0) {
    for (let i = 0; i < 64 * mostBlocks; i++) {
      store<u16>(order + 128 + (i << 1), (i & ~63) + load<u8>(zigzag + (i & 63)) << 1)
    }
  }
  place = end
  bits = 0
  count = 0
}

/** How many whole bytes before `start` were used; negative where as many are left. */
export function jpegOverrun(start: usize): i32 {
  return <i32>(start - place) - <i32>(count >> 3)
}

/** The place of a block. */
export function jpegCoefficients(number: i32): usize {
  return coefficients + (number << 7)
}

/**
 * Reads blocks of 64 coefficients, the first of each as a difference.
 *
 * @param pair number of their tables
 * @param first number of the first block
 * @returns whether they are right
 */
export function jpegBlocks(pair: i32, first: i32, blocks: i32): bool {
  if (blocks > 1 && wary == 0) {
    const ahead = bits
    const left = count
    const from = place
    if (read(pair, first, blocks)) {
      waryGoes >>= 1
      return true
    }
    bits = ahead
    count = left
    place = from
    waryGoes = min(2 * waryGoes + 1, mostWaryGoes)
    wary = waryGoes
  } else if (wary > 0) wary--
  for (let i = 0; i < blocks; i++) if (!read(pair, first + i, 1)) return false
  return true
}

/**
 * The same in one go. Blocks without an end, whose last coefficient is there, are read only where one alone is asked for; of
 * more, a place that went past the end of a block shows in the number of ends.
 */
function read(pair: i32, first: i32, blocks: i32): bool {
  const zero = i32x4.splat(0)
  for (let block = jpegCoefficients(first); block < jpegCoefficients(first + blocks); block += 128) {
    v128.store(block, zero)
    v128.store(block, zero, 16)
    v128.store(block, zero, 32)
    v128.store(block, zero, 48)
    v128.store(block, zero, 64)
    v128.store(block, zero, 80)
    v128.store(block, zero, 96)
    v128.store(block, zero, 112)
  }
  const ac = jpegPair(pair)
  // Twice the number of the last coefficient, and of the one before that in an entry.
  let k: usize = (first << 7) + 126
  let near: usize = k
  const end = k + (blocks << 7)
  let table = ac + dcBit
  let ahead = bits
  let from = place
  // Bits that are there, and above them the ends that are to come; what is higher says nothing.
  let left = count + <u32>blocks * blockEnd
  let entry: usize = 0
  let head: u32 = 0
  let inverses = jpegWaiting()
  while (true) {
    do {
      jpegTakeEvenPixels()

      // As `refill`, in local variables. Bits for four entries are there then. The steps are written out, for a loop of them
      // takes longer.
      ahead |= load<u64>(from - 8) >> left
      from -= (63 - (left & 63)) >> 3
      left |= 56

      entry = (<usize>(ahead >> lookShift) & lookMask) + table
      head = load<u16>(entry)
      if (head & slow) break
      table = ac + (head & tableBits)
      ahead <<= head
      left -= head
      near = k + load<u8>(entry, placesAt)
      store<u16>(load<u16>(near, order), load<u16>(entry, valueAt), coefficients)
      k = (near + load<u8>(entry, secondPlacesAt)) | (load<u8>(entry, lastAt) & lastMask)
      store<u16>(load<u16>(k, order), load<u16>(entry, secondValueAt), coefficients)
      if (k >= end) break

      if (inverses > 0) jpegTakeColumns()

      entry = (<usize>(ahead >> lookShift) & lookMask) + table
      head = load<u16>(entry)
      if (head & slow) break
      table = ac + (head & tableBits)
      ahead <<= head
      left -= head
      near = k + load<u8>(entry, placesAt)
      store<u16>(load<u16>(near, order), load<u16>(entry, valueAt), coefficients)
      k = (near + load<u8>(entry, secondPlacesAt)) | (load<u8>(entry, lastAt) & lastMask)
      store<u16>(load<u16>(k, order), load<u16>(entry, secondValueAt), coefficients)
      if (k >= end) break

      jpegTakeOddPixels()

      entry = (<usize>(ahead >> lookShift) & lookMask) + table
      head = load<u16>(entry)
      if (head & slow) break
      table = ac + (head & tableBits)
      ahead <<= head
      left -= head
      near = k + load<u8>(entry, placesAt)
      store<u16>(load<u16>(near, order), load<u16>(entry, valueAt), coefficients)
      k = (near + load<u8>(entry, secondPlacesAt)) | (load<u8>(entry, lastAt) & lastMask)
      store<u16>(load<u16>(k, order), load<u16>(entry, secondValueAt), coefficients)
      if (k >= end) break

      if (inverses > 0) {
        jpegTakeRows()
        inverses--
      }

      entry = (<usize>(ahead >> lookShift) & lookMask) + table
      head = load<u16>(entry)
      if (head & slow) break
      table = ac + (head & tableBits)
      ahead <<= head
      left -= head
      near = k + load<u8>(entry, placesAt)
      store<u16>(load<u16>(near, order), load<u16>(entry, valueAt), coefficients)
      k = (near + load<u8>(entry, secondPlacesAt)) | (load<u8>(entry, lastAt) & lastMask)
      store<u16>(load<u16>(k, order), load<u16>(entry, secondValueAt), coefficients)
    } while (k < end)
    if ((head & slow) == 0) break
    ahead |= load<u64>(from - 8) >> left
    from -= (63 - (left & 63)) >> 3
    left |= 56
    const isDc = table != ac
    let length = head & 63
    let symbol: u32 = load<u8>(entry, valueAt)
    if (length == 0) {
      const found = jpegSearch(pair, isDc, ahead)
      length = found >> 8
      symbol = found & 255
      if (length == 0) return false
    }
    ahead <<= length
    left -= length
    if (!isDc && isEnd(symbol)) {
      near = k + 2
      k = near | 126
      left -= blockEnd
      head = blockEnd
    } else {
      const size = symbol & 15
      // In two steps, for there may be none.
      const value = valueOf(<u32>(ahead >> 1 >> (63 - size)), size)
      ahead <<= size
      left -= size
      k += placesOf(symbol) << 1
      near = k
      store<i16>(load<u16>(k, order), value, coefficients)
      head = 0
    }
    table = ac + (head & tableBits)
    if (k >= end) break
  }
  // The value of the very last coefficient may be left.
  if ((head & tailBit) != 0 && k == end) {
    entry = (<usize>(ahead >> lookShift) & lookMask) + table
    ahead <<= lookBits
    left -= lookBits
    store<u16>(load<u16>(k, order), load<u16>(entry, valueAt), coefficients)
  }
  bits = ahead
  count = left & 63
  place = from
  if (k == end && (left & countBits) < 64) return true
  if (blocks > 1 || near != end) return k == end && blocks == 1
  // The last coefficient is there; what came with it belongs to the next block.
  if (k != end) unread(pair, head & 63)
  return true
}

/** Goes back by the bits of an entry, at most 11, and reads the first of its coefficients alone. */
function unread(pair: i32, length: u32): void {
  const unused = count + length
  const bytes = (unused + 7) >> 3
  place += bytes
  bits = 0
  count = 0
  refill()
  skip((bytes << 3) - unused)
  const found = jpegSearch(pair, false, bits)
  skip((found >> 8) + (found & 15))
}

/** Has at least 56 bits ready. */
function refill(): void {
  bits |= load<u64>(place - 8) >> count
  place -= (63 - count) >> 3
  count |= 56
}

function skip(length: u32): void {
  bits <<= length
  count -= length
}
