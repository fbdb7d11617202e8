/** A list that is added to at its end and taken from at its start, both in constant time. */
export class Queue<T> implements Iterable<T> {
  #items: T[] = []
  /** Places at the start that were taken. */
  #taken = 0

  get length(): number {
    return this.#items.length - this.#taken
  }

  /** The item that is taken next. */
  get first(): T | undefined {
    return this.at(0)
  }

  /** The item at a place, counted from the first one. */
  at(place: number): T | undefined {
    return this.#items[this.#taken + place]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#taken++]
    if (this.#taken === this.#items.length) this.clear()
    // Few enough moves: each item is moved once for every one that was taken.
    else if (this.#taken >= 64 && 2 * this.#taken >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken)
      this.#taken = 0
    }
    return item
  }

  clear(): void {
    this.#items = []
    this.#taken = 0
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let place = this.#taken; place < this.#items.length; place++) yield this.#items[place]
  }
}
