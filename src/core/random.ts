/**
 * The seeded generator: every random choice is a pure function of a key and a counter, so that no generator has to be
 * saved and no choice depends on which thread made it.
 *
 * Philox4x32-10, from Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011), the generator that
 * TensorFlow uses too. A block of four 32-bit words comes from a key of two words and a counter of four.
 */

/** A key of 64 bits, as two words. */
export interface RandomKey {
  readonly a: number
  readonly b: number
}

const words = new Uint32Array(4)

/** Writes the four words of the block (`key`, counter `c0` to `c3`) into `out`. */
export function philox(out: Uint32Array, key: RandomKey, c0: number, c1: number, c2: number, c3: number): void {
  let ka = key.a | 0
  let kb = key.b | 0
  for (let round = 0; round < 10; round++) {
    // mulHigh(0xd2511f53, c0) and mulHigh(0xcd9e8d57, c2), written out: where a pass begins this is not optimized yet, and
    // calls, and numbers beyond 31 bits, would take most of its time.
    let low = c0 & 0xffff
    let high = c0 >>> 16
    let middle = (Math.imul(0xd251, low) + (Math.imul(0x1f53, low) >>> 16)) | 0
    let carry = (Math.imul(0x1f53, high) + (middle & 0xffff)) | 0
    const high0 = Math.imul(0xd251, high) + (middle >>> 16) + (carry >>> 16)
    low = c2 & 0xffff
    high = c2 >>> 16
    middle = (Math.imul(0xcd9e, low) + (Math.imul(0x8d57, low) >>> 16)) | 0
    carry = (Math.imul(0x8d57, high) + (middle & 0xffff)) | 0
    const high1 = Math.imul(0xcd9e, high) + (middle >>> 16) + (carry >>> 16)
    const low0 = Math.imul(-0x2daee0ad, c0)
    c0 = high1 ^ c1 ^ ka
    c1 = Math.imul(-0x326172a9, c2)
    c2 = high0 ^ c3 ^ kb
    c3 = low0
    ka = (ka - 0x61c88647) | 0
    kb = (kb - 0x4498517b) | 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}

/** Upper 32 bits of the product of two 32-bit words. */
function mulHigh(x: number, y: number): number {
  const xl = x & 0xffff
  const xh = x >>> 16
  const yl = y & 0xffff
  const yh = y >>> 16
  const middle = (Math.imul(xh, yl) >>> 0) + (Math.imul(xl, yl) >>> 16)
  const carry = (Math.imul(xl, yh) >>> 0) + (middle & 0xffff)
  return (Math.imul(xh, yh) + (middle >>> 16) + (carry >>> 16)) | 0
}

/** The key of a whole-number seed. */
export function keyOf(seed: number): RandomKey {
  return { a: seed >>> 0, b: Math.floor(seed / 0x100000000) >>> 0 }
}

/** A new key from a key and a number (a stage, an epoch, an element), as good as independent of the old one. */
export function foldIn(key: RandomKey, data: number): RandomKey {
  philox(words, key, data >>> 0, Math.floor(data / 0x100000000) >>> 0, 0x6d696c6c, 0x72616365)
  return { a: words[0], b: words[1] }
}

/** The last block that `randomBelow` drew from: draws one after the other share it, four to a block. */
const drawn = { key: { a: 0, b: 0 } as RandomKey, block: -1, words: new Uint32Array(4) }

/** A uniform whole number from 0 to `bound - 1` that depends on `key` and `index` alone; `bound` at most 2^32. */
export function randomBelow(key: RandomKey, index: number, bound: number): number {
  const block = Math.floor(index / 4)
  if (drawn.block !== block || drawn.key !== key) {
    drawn.key = key
    drawn.block = block
    philox(drawn.words, key, block >>> 0, Math.floor(block / 0x100000000) >>> 0, 0, 0)
  }
  let word = drawn.words[index - block * 4]
  for (let attempt = 1; favours(word, bound); attempt++) {
    philox(words, key, index >>> 0, Math.floor(index / 0x100000000) >>> 0, attempt, 0)
    word = words[0]
  }
  return mulHigh(word, bound) >>> 0
}

/**
 * Lemire's method: the high word of the product with the bound is the answer; the few words whose low one would favour
 * some answers are drawn again. The threshold is a division, and below the bound, so that it is seldom needed.
 */
function favours(word: number, bound: number): boolean {
  const low = Math.imul(word, bound) >>> 0
  return low < bound && low < (0x100000000 - bound) % bound
}

/** The last block that `randomUnit` drew from: two draws share it. */
const units = { key: { a: 0, b: 0 } as RandomKey, block: -1, words: new Uint32Array(4) }

/** A uniform float64 in [0, 1) with 53 random bits that depends on `key` and `index` alone. */
export function randomUnit(key: RandomKey, index: number): number {
  const block = Math.floor(index / 2)
  if (units.block !== block || units.key !== key) {
    units.key = key
    units.block = block
    philox(units.words, key, block >>> 0, Math.floor(block / 0x100000000) >>> 0, 0, 2)
  }
  const place = 2 * (index - 2 * block)
  return ((units.words[place] >>> 5) * 0x4000000 + (units.words[place + 1] >>> 6)) / 0x20000000000000
}

/**
 * Random numbers for one element: the same numbers for the same key, whatever ran before or beside it.
 *
 * @example
 * const rng = new Rng(keyOf(7))
 * rng.integer(6) // 5
 */
export class Rng {
  #key: RandomKey
  #block = 0
  #used = 4
  readonly #words = new Uint32Array(4)

  constructor(key: RandomKey) {
    this.#key = key
  }

  /** A uniform 32-bit word. */
  uint32(): number {
    if (this.#used === 4) {
      philox(this.#words, this.#key, this.#block >>> 0, Math.floor(this.#block / 0x100000000) >>> 0, 0, 1)
      this.#block++
      this.#used = 0
    }
    return this.#words[this.#used++]
  }

  /** A uniform float64 in [low, high), by default [0, 1), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000
    return low + unit * (high - low)
  }

  /** A uniform whole number from 0 to `bound - 1`; `bound` from 1 to 2^32. */
  integer(bound: number): number {
    let word = this.uint32()
    while (favours(word, bound)) word = this.uint32()
    return mulHigh(word, bound) >>> 0
  }

  /** A normal float64 (Box and Muller), by default of mean 0 and standard deviation 1. */
  normal(mean = 0, standardDeviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.uniform())
  }
}
