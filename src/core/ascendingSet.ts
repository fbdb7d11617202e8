/**
 * Whole numbers, each added after all that are smaller. Reads and writes an array in place, where a `Set` that is added
 * to at its end and deleted from at its beginning makes new tables again and again, and steps over what was deleted.
 *
 * A number that is deleted is marked in its place; the places are used again once more of them are marked than not.
 */
export class AscendingSet {
  /** `n` where it is in the set, `-1 - n` where it is not any more; unused from `#end` on. */
  readonly #places: number[] = []
  /** The place of the least number. */
  #begin = 0
  #end = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The least number; undefined where there is none. */
  get first(): number | undefined {
    return this.#size === 0 ? undefined : this.#places[this.#begin]
  }

  /** @param number at least 0, and greater than any that was added before */
  add(number: number): void {
    if (this.#end >= 2 * this.#size + fewestPlaces) this.#close()
    this.#places[this.#end++] = number
    this.#size++
  }

  /** Takes a number out, if it is there. */
  delete(number: number): void {
    const place = this.#placeOf(number)
    if (this.#places[place] !== number || place >= this.#end) return
    this.#places[place] = -1 - number
    this.#size--
    while (this.#begin < this.#end && this.#places[this.#begin] < 0) this.#begin++
  }

  clear(): void {
    this.#begin = this.#end = this.#size = 0
  }

  /** The numbers, ascending. */
  *[Symbol.iterator](): Generator<number, void> {
    for (let place = this.#begin; place < this.#end; place++) {
      if (this.#places[place] >= 0) yield this.#places[place]
    }
  }

  /** The first place whose number, in the set or not any more, is not less; `#end` where all are. */
  #placeOf(number: number): number {
    let low = this.#begin
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      const there = this.#places[middle]
      if ((there < 0 ? -1 - there : there) < number) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Moves the numbers to the first places. */
  #close(): void {
    let to = 0
    for (let place = this.#begin; place < this.#end; place++) {
      if (this.#places[place] >= 0) this.#places[to++] = this.#places[place]
    }
    this.#begin = 0
    this.#end = to
  }
}

/** So many places are used before any is used again. */
const fewestPlaces = 64
