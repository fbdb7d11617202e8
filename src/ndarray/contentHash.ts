import { hash128 } from '../core/hash.ts'
import { foldIn, keyOf } from '../core/random.ts'
import { ElementEncoder } from './elementBytes.ts'

/** What has seeds of its own, so that the number 1, the text '1' and the byte 1 have nothing in common. */
const kinds = ['number', 'bigint', 'string', 'bytes', 'element'] as const

/**
 * Hashes of elements by what they hold: equal content gives equal hashes under one seed, in every process and release.
 * Plain numbers, bigints, strings and bytes are hashed as such, -0 as 0; all else as its `encodeElement` bytes, in which
 * the keys of an object count in their order.
 */
export class ContentHash {
  readonly #encoder = new ElementEncoder()
  readonly #utf8 = new TextEncoder()
  readonly #float = new Float64Array(1)
  readonly #floatBytes = new Uint8Array(this.#float.buffer)
  readonly #seeds: Readonly<Record<(typeof kinds)[number], number>>
  readonly #words = new Uint32Array(4)
  #scratch = new Uint8Array(256)

  constructor(seed: number) {
    const [number, bigint, string, bytes, element] = kinds.map((_, kind) => foldIn(keyOf(seed), kind).a)
    this.#seeds = { number, bigint, string, bytes, element }
  }

  /**
   * Writes the four words of the hash into `out`.
   *
   * @throws InvalidArgumentError naming a part that an element cannot hold
   */
  hash(out: Uint32Array, value: unknown): void {
    if (typeof value === 'string') this.#text(out, value, this.#seeds.string)
    else if (typeof value === 'number') {
      // Adding 0 makes 0 of -0.
      this.#float[0] = value + 0
      hash128(out, this.#floatBytes, 8, this.#seeds.number)
    } else if (typeof value === 'bigint') this.#text(out, String(value), this.#seeds.bigint)
    else if (value instanceof Uint8Array) hash128(out, value, value.length, this.#seeds.bytes)
    else {
      const length = this.#encoder.measure(value)
      this.#encoder.write(this.#room(length), 0)
      hash128(out, this.#scratch, length, this.#seeds.element)
    }
  }

  /**
   * The hash as a number in [0, 1), of 53 bits.
   *
   * @throws InvalidArgumentError naming a part that an element cannot hold
   */
  unit(value: unknown): number {
    const words = this.#words
    this.hash(words, value)
    return ((words[0] >>> 5) * 0x4000000 + (words[1] >>> 6)) / 0x20000000000000
  }

  #text(out: Uint32Array, text: string, seed: number): void {
    // A UTF-16 unit becomes at most three bytes.
    const bytes = this.#room(3 * text.length)
    const ascii = text.length <= shortText ? writeAscii(bytes, text) : false
    const length = ascii ? text.length : this.#utf8.encodeInto(text, bytes).written
    hash128(out, bytes, length, seed)
  }

  #room(length: number): Uint8Array {
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(2 * length)
    return this.#scratch
  }
}

/** Units up to which a loop is faster than a call of the encoder. */
const shortText = 48

/** Writes a text of ASCII alone; false where another letter is in it. */
function writeAscii(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 127) return false
    bytes[i] = unit
  }
  return true
}
