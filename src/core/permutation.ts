import { foldIn, type RandomKey } from './random.ts'

/** Enough that every order of a few elements is as likely as any other; see the tests. */
const rounds = 12
/** Up to this length all that an order is computed of are 32-bit integers, which takes half the time. */
const longestOfIntegers = 2 ** 31 - 1

/**
 * A random order of the whole numbers below `length` that is computed, not stored: each place at once, in constant
 * memory, whatever the length.
 *
 * A generalized Feistel cipher (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002): a number is a
 * pair (x, y) with x below a and y below b, where a * b is the length or barely more. Rounds add a keyed hash of y to x
 * and of x to y, in turn. The few results that are too great are enciphered again until they are not.
 *
 * @example
 * const order = new Permutation({ a: 1, b: 0 }, 5)
 * order.at(0) // 1
 */
export class Permutation {
  readonly length: number
  readonly #width: number
  readonly #height: number
  readonly #keys = new Int32Array(2 * rounds)

  /** @param length at most 2^48 */
  constructor(key: RandomKey, length: number) {
    this.length = length
    this.#height = Math.max(1, Math.ceil(Math.sqrt(length)))
    this.#width = Math.max(1, Math.ceil(length / this.#height))
    for (let round = 0; round < rounds; round++) {
      const { a, b } = foldIn(key, round)
      this.#keys[2 * round] = a
      this.#keys[2 * round + 1] = b
    }
  }

  /** The number at a place of the order; both are below `length`. */
  at(place: number): number {
    let number = place
    do number = this.#encipher(number)
    while (number >= this.length)
    return number
  }

  /**
   * Puts the numbers from a place on into `out`, from `from` up to, not including, `to`. They take two thirds of the time
   * that one after the other would.
   */
  fill(out: number[], from: number, to: number, place: number): void {
    let at = from
    if (this.length <= longestOfIntegers) {
      for (; at + 1 < to; at += 2) this.#encipherTwo(place + at - from, out, at)
    }
    for (; at < to; at++) out[at] = this.at(place + at - from)
  }

  #encipher(number: number): number {
    return this.length <= longestOfIntegers ? this.#encipherInteger(number) : this.#encipherLong(number)
  }

  /**
   * The hash is written out, for calls take most of the time while this is not optimized yet; and there is no branch, for
   * one that goes either way at random takes more than the rest of it.
   */
  #encipherInteger(number: number): number {
    const width = this.#width
    const keys = this.#keys
    let x = (number / width) | 0
    let y = (number - x * width) | 0
    let bound = this.#height
    let otherBound = width
    for (let i = 0; i < 2 * rounds; i++) {
      let h = y ^ keys[i]
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
      h = Math.imul(h ^ (h >>> 13) ^ keys[i ^ 1], 0xc2b2ae35)
      h ^= h >>> 16
      const moved = x - bound + ((Math.imul(h >>> 16, bound) + (Math.imul(h & 0xffff, bound) >>> 16)) >>> 16)
      x = y
      y = moved + (bound & (moved >> 31))
      const swapped = bound
      bound = otherBound
      otherBound = swapped
    }
    return x * width + y
  }

  /** The same of a place and the next one: the operations of one wait for each other, not for those of the other. */
  #encipherTwo(place: number, out: number[], at: number): void {
    const width = this.#width
    const keys = this.#keys
    let x = (place / width) | 0
    let y = (place - x * width) | 0
    let nextX = ((place + 1) / width) | 0
    let nextY = (place + 1 - nextX * width) | 0
    let bound = this.#height
    let otherBound = width
    for (let i = 0; i < 2 * rounds; i++) {
      const key = keys[i]
      const otherKey = keys[i ^ 1]
      let h = y ^ key
      let g = nextY ^ key
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
      g = Math.imul(g ^ (g >>> 16), 0x85ebca6b)
      h = Math.imul(h ^ (h >>> 13) ^ otherKey, 0xc2b2ae35)
      g = Math.imul(g ^ (g >>> 13) ^ otherKey, 0xc2b2ae35)
      h ^= h >>> 16
      g ^= g >>> 16
      const moved = x - bound + (((h >>> 16) * bound + (((h & 0xffff) * bound) >>> 16)) >>> 16)
      const nextMoved = nextX - bound + (((g >>> 16) * bound + (((g & 0xffff) * bound) >>> 16)) >>> 16)
      x = y
      nextX = nextY
      y = moved + (bound & (moved >> 31))
      nextY = nextMoved + (bound & (nextMoved >> 31))
      const swapped = bound
      bound = otherBound
      otherBound = swapped
    }
    const length = this.length
    const number = x * width + y
    const next = nextX * width + nextY
    out[at] = number < length ? number : this.at(number)
    out[at + 1] = next < length ? next : this.at(next)
  }

  #encipherLong(number: number): number {
    const [height, width, keys] = [this.#height, this.#width, this.#keys]
    let x = Math.floor(number / width)
    let y = number - x * width
    for (let i = 0; i < 2 * rounds; i += 2) {
      x += below(hash(y, keys[i], keys[i + 1]), height)
      if (x >= height) x -= height
      y += below(hash(x, keys[i + 1], keys[i]), width)
      if (y >= width) y -= width
    }
    return x * width + y
  }
}

/** The finalizer of MurmurHash3 over a keyed number: 32 bits, as a signed integer. */
function hash(value: number, key: number, other: number): number {
  let h = value ^ key
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ other, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** A hash as a number below `bound`, which is at most 2^24. */
function below(hashed: number, bound: number): number {
  return Math.floor(((hashed >>> 0) * bound) / 0x100000000)
}
