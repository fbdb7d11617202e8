/**
 * MurmurHash3_x86_128 of Austin Appleby (SMHasher, public domain): 128 bits of a run of bytes, by 32-bit arithmetic alone.
 * Good at spreading keys evenly, no protection against somebody who picks keys to collide.
 */

const c1 = 0x239b961b
const c2 = 0xab0e9789
const c3 = 0x38b34ae5
const c4 = 0xa1e38b93

/** Writes the four words of the hash of the first `length` bytes, under a seed of 32 bits, into `out`. */
export function hash128(out: Uint32Array, bytes: Uint8Array, length: number, seed = 0): void {
  let h1 = seed
  let h2 = seed
  let h3 = seed
  let h4 = seed
  let at = 0
  for (; at + 16 <= length; at += 16) {
    h1 = rotate(h1 ^ mix1(word(bytes, at)), 19) + h2
    h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0
    h2 = rotate(h2 ^ mix2(word(bytes, at + 4)), 17) + h3
    h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0
    h3 = rotate(h3 ^ mix3(word(bytes, at + 8)), 15) + h4
    h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0
    h4 = rotate(h4 ^ mix4(word(bytes, at + 12)), 13) + h1
    h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0
  }
  // Words beyond the end are 0, and change nothing.
  h1 ^= mix1(lastWord(bytes, at, length)) ^ length
  h2 ^= mix2(lastWord(bytes, at + 4, length)) ^ length
  h3 ^= mix3(lastWord(bytes, at + 8, length)) ^ length
  h4 ^= mix4(lastWord(bytes, at + 12, length)) ^ length
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = avalanche((h2 + h1) | 0)
  h3 = avalanche((h3 + h1) | 0)
  h4 = avalanche((h4 + h1) | 0)
  h1 = (avalanche(h1) + h2 + h3 + h4) | 0
  out[0] = h1
  out[1] = h2 + h1
  out[2] = h3 + h1
  out[3] = h4 + h1
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
}

/** The word at `at`, of which the bytes from `length` on count as 0. */
function lastWord(bytes: Uint8Array, at: number, length: number): number {
  if (at + 4 <= length) return word(bytes, at)
  let value = 0
  for (let i = Math.min(at + 4, length) - 1; i >= at; i--) value = (value << 8) | bytes[i]
  return value
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function mix1(value: number): number {
  return Math.imul(rotate(Math.imul(value, c1), 15), c2)
}

function mix2(value: number): number {
  return Math.imul(rotate(Math.imul(value, c2), 16), c3)
}

function mix3(value: number): number {
  return Math.imul(rotate(Math.imul(value, c3), 17), c4)
}

function mix4(value: number): number {
  return Math.imul(rotate(Math.imul(value, c4), 18), c1)
}

/** Lets each bit of the value change every other. */
function avalanche(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}
