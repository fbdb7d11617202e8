/** Slots that are made at once where the number of elements is known; more are made when they are needed. */
const mostAtOnce = 1 << 20
const fewestOrigins = 64

/**
 * The elements that a shuffle draws from, in numbered slots without gaps, each with its origin: how many elements were
 * read before it. Made as large as it will be with the first element, for an array that grows costs more than the
 * rest of a shuffle.
 */
export class ShuffleBuffer<T> {
  readonly #expected: number
  #elements: (T | undefined)[] = []
  #origins = new Float64Array(0)
  #size = 0

  /** @param expected elements that it will hold, as far as it is known; Infinity is legal */
  constructor(expected: number) {
    this.#expected = Math.min(expected, mostAtOnce)
  }

  /** Elements in it. */
  get size(): number {
    return this.#size
  }

  add(element: T, origin: number): void {
    this.put(this.#size++, element, origin)
  }

  /** Fills a slot. Slots are filled in any order here, and counted by `resize`. */
  put(slot: number, element: T, origin: number): void {
    if (slot >= this.#origins.length) this.#grow(slot)
    this.#elements[slot] = element
    this.#origins[slot] = origin
  }

  /** Says how many slots are filled. */
  resize(size: number): void {
    this.#size = size
  }

  elementAt(slot: number): T {
    return this.#elements[slot] as T
  }

  originAt(slot: number): number {
    return this.#origins[slot]
  }

  /** Takes an element out; the last one takes its slot. */
  remove(slot: number): void {
    const last = --this.#size
    this.#elements[slot] = this.#elements[last]
    this.#origins[slot] = this.#origins[last]
    // Nothing may be kept alive by a slot that is free.
    this.#elements[last] = undefined
  }

  clear(): void {
    this.#size = 0
    this.#elements = []
    this.#origins = new Float64Array(0)
  }

  #grow(slot: number): void {
    if (this.#origins.length === 0) this.#elements = new Array<T | undefined>(this.#expected)
    const larger = new Float64Array(Math.max(2 * this.#origins.length, slot + 1, this.#expected, fewestOrigins))
    larger.set(this.#origins)
    this.#origins = larger
  }
}
