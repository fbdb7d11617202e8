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

  /** Takes numbers out, those that are there: cheapest where they ascend. */
  deleteAll(numbers: readonly number[]): void {
    const places = this.#places
    let place = this.#begin
    let last = -1
    for (const number of numbers) {
      place = this.#placeOf(number, number > last ? place : this.#begin)
      last = number
      if (place >= this.#end || places[place] !== number) continue
      places[place] = -1 - number
      this.#size--
    }
    while (this.#begin < this.#end && places[this.#begin] < 0) this.#begin++
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

  /**
   * The first place from `low` on whose number, in the set or not any more, is not less; `#end` where all are. Looks ever
   * further from `low`, for it is most often near.
   */
  #placeOf(number: number, low: number): number {
    let high = low
    for (let step = 1; high < this.#end && this.#numberAt(high) < number; step *= 2) {
      low = high + 1
      high += step
    }
    high = Math.min(high, this.#end)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#numberAt(middle) < number) low = middle + 1
      else high = middle
    }
    return low
  }

  #numberAt(place: number): number {
    const there = this.#places[place]
    return there < 0 ? -1 - there : there
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
