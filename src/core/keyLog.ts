import type { Json } from './state.ts'

/** What tells elements apart. */
export type Key = number | bigint | boolean | string | null

/** Keys to a chunk: a whole chunk is written once and shared by all states after. */
const chunkSize = 256

/**
 * A set of keys that grows, and that is saved often: its JSON is made of chunks, of which only the last is ever new.
 *
 * In JSON a key is itself, but `{ i }` is a bigint and `{ n }` a number that JSON lacks.
 */
export class KeyLog {
  readonly #keys = new Set<Key>()
  readonly #chunks: (readonly Json[])[] = []
  #last: Json[] = []

  constructor(saved: readonly (readonly Json[])[] = []) {
    for (const key of saved.flat()) this.add(keyOf(key))
  }

  /** Adds a key; says whether it is new. */
  add(key: Key): boolean {
    const { size } = this.#keys
    this.#keys.add(key)
    if (this.#keys.size === size) return false
    this.#last.push(jsonOf(key))
    if (this.#last.length === chunkSize) {
      this.#chunks.push(this.#last)
      this.#last = []
    }
    return true
  }

  /** All the keys, in the order in which they came. */
  toJSON(): readonly (readonly Json[])[] {
    return [...this.#chunks, [...this.#last]]
  }
}

function jsonOf(key: Key): Json {
  if (typeof key === 'bigint') return { i: String(key) }
  return typeof key === 'number' && !Number.isFinite(key) ? { n: String(key) } : key
}

function keyOf(json: Json): Key {
  if (typeof json !== 'object' || json === null) return json
  const { i, n } = json as { readonly i?: string; readonly n?: string }
  return i === undefined ? Number(n) : BigInt(i)
}
