import { release } from '../core/lease.ts'
import type { BlockResults } from './blockResults.ts'

/** An element of the input on its way to the function, or what failed in place of one. */
export type Item =
  { readonly index: number; readonly element: unknown } | { readonly index: number; readonly error: unknown }

/** Elements that run as one block, in upstream order, or an error in place of elements. */
export interface Unit {
  /** Indices of its elements; ascending. */
  readonly indices: readonly number[]
  /** How many of them were handed on. */
  passed: number
  /** The elements, while they may have to run again; of an error, those that it takes with it. */
  elements: readonly unknown[]
  started: boolean
  /** What there is to hand on; undefined while the block runs. */
  outcome: { readonly results: BlockResults } | { readonly error: unknown } | undefined
}

/**
 * The elements of a map in workers that were read and not handed on, cut into blocks.
 *
 * Invariant: in upstream order they are those of `units`, of `partial` (the block that is being filled), and of `again`
 * (to be cut anew, after an error that moved the bounds of batches).
 *
 *   again | 112.. | -> partial | 96..111 | -> units | 64..95 runs | 32..63 done | 0..31 runs | -> consumer
 */
export class MapUnits {
  readonly units: Unit[] = []
  readonly #size: () => number
  /** Whether a block becomes one batch: an error takes with it the elements before it in its batch. */
  readonly #batched: boolean
  #partial: { indices: number[]; elements: unknown[] } = { indices: [], elements: [] }
  #again: Item[] = []

  /** @param size elements of a block, from now on */
  constructor(size: () => number, batched: boolean) {
    this.#size = size
    this.#batched = batched
  }

  /** Whether there is nothing to be handed on. */
  get empty(): boolean {
    return this.units.length === 0 && !this.hasUncut
  }

  /** Whether there are elements that are in no unit yet. */
  get hasUncut(): boolean {
    return this.#partial.indices.length > 0 || this.#again.length > 0
  }

  /** Index of the first element that was not handed on, or `read` where there is none. */
  first(read: number): number {
    const unit = this.units.at(0)
    return unit?.indices[unit.passed] ?? this.#partial.indices.at(0) ?? this.#again.at(0)?.index ?? read
  }

  /** Elements whose results are there and were not handed on. */
  get ready(): number {
    return this.units.reduce((sum, { indices, passed, outcome }) => {
      return outcome === undefined ? sum : sum + indices.length - passed
    }, 0)
  }

  /** Indices of all elements that were not handed on. */
  left(): Set<number> {
    const inUnits = this.units.flatMap(({ indices, passed }) => indices.slice(passed))
    return new Set([...inUnits, ...this.#partial.indices, ...this.#again.map(({ index }) => index)])
  }

  /** Adds the next element, or error, that is to be cut anew; false where there is none. */
  addAgain(): boolean {
    const item = this.#again.shift()
    if (item !== undefined) this.add(item)
    return item !== undefined
  }

  /** Adds an element, or an error in place of one. */
  add(item: Item): void {
    const { indices, elements } = this.#partial
    if ('error' in item) {
      if (!this.#batched) this.cut()
      const lost = this.#partial
      this.#partial = { indices: [], elements: [] }
      this.units.push(failedUnit([...lost.indices, item.index], item.error, lost.elements))
      return
    }
    indices.push(item.index)
    elements.push(item.element)
    if (indices.length >= this.#size()) this.cut()
  }

  /** Makes a unit of the elements at hand, however few. */
  cut(): void {
    const { indices, elements } = this.#partial
    if (indices.length === 0) return
    this.#partial = { indices: [], elements: [] }
    this.units.push(newUnit(indices, elements))
  }

  /** Leaves out the elements that do not fill a block. */
  #dropPartial(): void {
    this.#partial = { indices: [], elements: [] }
  }

  /** The element at an offset of a unit has no result, and will have none; the others run again. */
  failAt(unit: Unit, offset: number, error: unknown): void {
    const place = this.units.indexOf(unit)
    const { indices, elements } = unit
    if (!this.#batched) {
      const parts = [partOf(unit, 0, offset), failedUnit([indices[offset]], error), partOf(unit, offset + 1)]
      this.units.splice(place, 1, ...parts.filter((part) => part.indices.length > 0))
      return
    }
    // The next batch begins behind it: all that was cut after it is cut anew.
    const failed = failedUnit(indices.slice(0, offset + 1), error, elements.slice(0, offset))
    const later = this.units.splice(place, Infinity, failed).slice(1)
    const rest = [partOf(unit, offset + 1), ...later, newUnit(this.#partial.indices, this.#partial.elements)]
    this.#dropPartial()
    this.#again = [...rest.flatMap(itemsOf), ...this.#again]
  }

  /** There is nothing more but an error. */
  failAll(indices: readonly number[], error: unknown): void {
    this.units.splice(0, Infinity, failedUnit(indices, error))
    this.#dropPartial()
    this.#again = []
  }

  /** Counts what is handed on of a unit, which goes once that is all of it. */
  pass(unit: Unit): void {
    const whole = this.#batched || (unit.outcome !== undefined && 'error' in unit.outcome)
    unit.passed = whole ? unit.indices.length : unit.passed + 1
    if (unit.passed < unit.indices.length) return
    this.units.splice(this.units.indexOf(unit), 1)
    letGo(unit)
  }

  /** A unit is done; where it can be cut anew its elements stay. */
  settle(unit: Unit, outcome: Unit['outcome']): void {
    unit.outcome = outcome
    if (!this.#batched) letGo(unit)
  }
}

/** The elements of a unit, of which the workers had copies, are not needed any more. */
function letGo(unit: Unit): void {
  unit.elements.forEach(release)
  unit.elements = []
}

function newUnit(indices: readonly number[], elements: readonly unknown[]): Unit {
  return { indices, passed: 0, elements, started: false, outcome: undefined }
}

/** A unit of an error at the last of some indices, with the elements before it that are lost too. */
function failedUnit(indices: readonly number[], error: unknown, elements: readonly unknown[] = []): Unit {
  return { indices, passed: 0, elements, started: true, outcome: { error } }
}

/** Part of a unit, to run anew. */
function partOf({ indices, elements }: Unit, from: number, to?: number): Unit {
  return newUnit(indices.slice(from, to), elements.slice(from, to))
}

/** What a unit was made of, to be cut anew. */
function itemsOf({ indices, elements, outcome }: Unit): Item[] {
  return indices.map((index, i) =>
    i < elements.length || outcome === undefined || !('error' in outcome)
      ? { index, element: elements[i] }
      : { index, error: outcome.error },
  )
}
