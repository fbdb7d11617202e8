/**
 * Finds names by their UTF-8 bytes, where they lie in a record, without making text of them: a small hash table, which is
 * asked only where a name does not follow the one that it followed last. Records of a file have the same order mostly.
 */
export class KeyTable {
  readonly #keys: readonly Uint8Array[]
  readonly #mask: number
  /** Positions of the keys with each hash. */
  readonly #buckets: readonly (readonly number[])[]
  /** The position of the name that came after each, that after none first, and the one found last. */
  readonly #next: Int32Array
  #last = -1

  constructor(names: readonly string[]) {
    this.#keys = names.map((name) => new TextEncoder().encode(name))
    let size = 8
    while (size < 4 * names.length) size *= 2
    this.#mask = size - 1
    const buckets = Array.from({ length: size }, (): number[] => [])
    this.#keys.forEach((key, i) => buckets[this.#hash(key, 0, key.length)].push(i))
    this.#buckets = buckets
    this.#next = new Int32Array(names.length + 1).fill(-1)
  }

  /** The position among the names of the one in `bytes[start, end)`, -1 if it is none of them. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const likely = this.#next[this.#last + 1]
    if (likely >= 0 && equals(this.#keys[likely], bytes, start, end)) return (this.#last = likely)
    const bucket = this.#buckets[this.#hash(bytes, start, end)]
    for (let i = 0; i < bucket.length; i++) {
      if (!equals(this.#keys[bucket[i]], bytes, start, end)) continue
      this.#next[this.#last + 1] = bucket[i]
      return (this.#last = bucket[i])
    }
    return -1
  }

  #hash(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length === 0) return 0
    return (length + 7 * bytes[start] + 31 * bytes[end - 1] + 13 * bytes[start + (length >> 1)]) & this.#mask
  }
}

function equals(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false
  return true
}
