import type { MemoryAccount } from '../core/memory.ts'

/** The memory of elements on their way through workers: of each element first, then of its result. */
export class BlockMemory {
  readonly #account: MemoryAccount
  /** Bytes held, by the index of the element. */
  readonly #bytes = new Map<number, number>()

  constructor(account: MemoryAccount) {
    this.#account = account
  }

  /** Whether one more element may be held. */
  hasRoom(): boolean {
    return this.#account.hasRoom()
  }

  /** An element is asked for. */
  expect(): void {
    this.#account.expect()
  }

  /** It is there, or will not come. */
  arrived(): void {
    this.#account.arrived()
  }

  /** Holds an element. @throws ResourceExhaustedError where it alone is larger than all of the memory */
  add(index: number, element: unknown): void {
    if (this.#account.capped) this.#hold(index, this.#account.measure(element, index))
  }

  /**
   * Holds the results of some elements, of so many bytes in all.
   *
   * @param instead whether the elements themselves are let go
   */
  addResults(indices: readonly number[], bytes: number, instead: boolean): void {
    if (!this.#account.capped) return
    const each = Math.ceil(bytes / indices.length)
    for (const index of indices) this.#hold(index, each + (instead ? 0 : (this.#bytes.get(index) ?? 0)))
  }

  letGo(indices: readonly number[]): void {
    for (const index of indices) {
      this.#account.release(this.#bytes.get(index) ?? 0)
      this.#bytes.delete(index)
    }
  }

  close(): void {
    this.#account.close()
  }

  /** Holds so many bytes, in place of what was held for the element. */
  #hold(index: number, bytes: number): void {
    this.#account.release(this.#bytes.get(index) ?? 0)
    this.#account.add(bytes)
    this.#bytes.set(index, bytes)
  }
}
