import { hash128 } from '../core/hash.ts'
import { ElementEncoder } from './elementBytes.ts'

/** Seeds of the hash, so that the number 1, the text '1' and the byte 1 have nothing in common. */
const seeds = { number: 1, bigint: 2, string: 3, bytes: 4, element: 5 } as const

/**
 * Hashes of elements by what they hold: equal content gives equal hashes, in every process and release. Plain numbers,
 * bigints, strings and bytes are hashed as such, -0 as 0; all else as its `encodeElement` bytes, in which the keys of an
 * object count in their order.
 */
export class ContentHash {
  readonly #encoder = new ElementEncoder()
  readonly #utf8 = new TextEncoder()
  readonly #float = new Float64Array(1)
  readonly #floatBytes = new Uint8Array(this.#float.buffer)
  #scratch = new Uint8Array(256)

  /**
   * Writes the four words of the hash into `out`.
   *
   * @throws InvalidArgumentError naming a part that an element cannot hold
   */
  hash(out: Uint32Array, value: unknown): void {
    if (typeof value === 'string') this.#text(out, value, seeds.string)
    else if (typeof value === 'number') {
      // Adding 0 makes 0 of -0.
      this.#float[0] = value + 0
      hash128(out, this.#floatBytes, 8, seeds.number)
    } else if (typeof value === 'bigint') this.#text(out, String(value), seeds.bigint)
    else if (value instanceof Uint8Array) hash128(out, value, value.length, seeds.bytes)
    else {
      const length = this.#encoder.measure(value)
      this.#encoder.write(this.#room(length), 0)
      hash128(out, this.#scratch, length, seeds.element)
    }
  }

  #text(out: Uint32Array, text: string, seed: number): void {
    // A UTF-16 unit becomes at most three bytes.
    const { written } = this.#utf8.encodeInto(text, this.#room(3 * text.length))
    hash128(out, this.#scratch, written, seed)
  }

  #room(length: number): Uint8Array {
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(2 * length)
    return this.#scratch
  }
}
