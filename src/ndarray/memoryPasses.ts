import { HeldCursor } from '../core/heldElements.ts'
import type { PassStore, PassWriter } from '../core/keptPass.ts'
import { isLent, keepLast } from '../core/lease.ts'
import type { PlanNode } from '../core/stage.ts'
import { copyElement } from './copyElement.ts'

/** Keeps passes in memory, one for each input and seed, for all iterators of a dataset. */
export class MemoryPasses<T> {
  #passes = new WeakMap<PlanNode, Map<number, readonly T[]>>()

  store(input: PlanNode, seed: number): PassStore<T> {
    return {
      read: (index) => {
        const elements = this.#passes.get(input)?.get(seed)
        return elements === undefined ? undefined : new HeldCursor(elements, index)
      },
      write: () => new ArrayWriter<T>((elements) => this.#keep(input, seed, elements)),
    }
  }

  /** Forgets all; who reads at this moment goes on reading. */
  clear(): void {
    this.#passes = new WeakMap()
  }

  #keep(input: PlanNode, seed: number, elements: readonly T[]): void {
    const passes = this.#passes.get(input) ?? new Map<number, readonly T[]>()
    this.#passes.set(input, passes)
    // Of two that were made at once, the first stays: others read it already.
    if (!passes.has(seed)) passes.set(seed, elements)
  }
}

class ArrayWriter<T> implements PassWriter<T> {
  #elements: T[] = []
  readonly #keep: (elements: readonly T[]) => void

  constructor(keep: (elements: readonly T[]) => void) {
    this.#keep = keep
  }

  add(element: T): void {
    keepLast(element)
    this.#elements.push(isLent(element) ? copyElement(element) : element)
  }

  commit(): void {
    this.#keep(this.#elements)
  }

  discard(): void {
    this.#elements = []
  }
}
