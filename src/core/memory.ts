/**
 * The memory of a pipeline under one cap: what its buffers hold, and what is on its way to them.
 *
 * The size of an element is known once it is there. Until then it counts as much as the largest that the operation has
 * had, and at least a share of the cap. So elements of at most that share never exceed the cap, in whatever order small
 * and large ones come. What the consumer waits for is read in any case: a cap slows a pipeline down and never stops it.
 */
import { ResourceExhaustedError } from './errors.ts'
import type { StageContext } from './stage.ts'

/** The part of the memory that one operation holds. */
export interface MemoryAccount {
  /** Whether there is a cap; where there is none, nothing is measured. */
  readonly capped: boolean
  /** Whether this account alone holds more than the cap. */
  readonly overdrawn: boolean
  /** Whether one more element may be asked for, of a size that is not known yet. */
  hasRoom(): boolean
  /** Whether so many bytes fit in now. */
  fits(bytes: number): boolean
  /** An element is on its way. */
  expect(): void
  /** It is there, or will not come. */
  arrived(): void
  /**
   * The bytes of an element, 0 where they are not counted.
   *
   * @param index of the element at the operation, where it is known
   * @throws ResourceExhaustedError where the element alone is larger than the cap
   */
  measure(element: unknown, index?: number): number
  /** Holds so many bytes more, until `release`. */
  add(bytes: number): void
  release(bytes: number): void
  /** Lets all go. What comes later does not count. */
  close(): void
}

/** The memory of one run. */
export class Memory {
  readonly limit: number
  readonly sizeOf: (element: unknown) => number
  /** Bytes held. */
  held = 0
  /** Bytes that are on their way, as far as that is known. */
  expected = 0
  /** The most that was held. */
  peak = 0

  /** @param limit the cap, in bytes */
  constructor(limit: number, sizeOf: (element: unknown) => number) {
    this.limit = limit
    this.sizeOf = sizeOf
  }

  add(bytes: number): void {
    this.held += bytes
    if (this.held > this.peak) this.peak = this.held
  }

  /** @throws ResourceExhaustedError where an element of so many bytes is larger than the cap */
  check(bytes: number, path: string, index?: number): void {
    if (bytes <= this.limit) return
    const which = index === undefined ? 'one element' : `element ${index}`
    throw new ResourceExhaustedError(
      `${path}: ${which} takes ${bytes} bytes, but the pipeline may hold ${this.limit} at a time.`,
      { path, index, hint: 'Raise the option memory, or make smaller elements, such as smaller batches.' },
    )
  }
}

/**
 * Opens the account of a stage.
 *
 * @param share part of the cap that an element counts as before it is there, at the least
 */
export function openAccount(context: StageContext, share = 0): MemoryAccount {
  const { memory, path } = context
  return memory === undefined ? uncapped : new CappedAccount(memory, path, share)
}

class CappedAccount implements MemoryAccount {
  readonly capped = true
  readonly #memory: Memory
  readonly #path: string
  #guess: number
  #onTheWay = 0
  #held = 0
  #closed = false

  constructor(memory: Memory, path: string, share: number) {
    this.#memory = memory
    this.#path = path
    this.#guess = Math.ceil(memory.limit * share)
  }

  get overdrawn(): boolean {
    return this.#held > this.#memory.limit
  }

  hasRoom(): boolean {
    const { held, expected, limit } = this.#memory
    return held + expected + this.#guess <= limit
  }

  fits(bytes: number): boolean {
    return this.#memory.held + bytes <= this.#memory.limit
  }

  expect(): void {
    this.#onTheWay++
    this.#memory.expected += this.#guess
  }

  arrived(): void {
    if (this.#closed) return
    this.#onTheWay--
    this.#memory.expected -= this.#guess
  }

  measure(element: unknown, index?: number): number {
    const bytes = this.#memory.sizeOf(element)
    this.#memory.check(bytes, this.#path, index)
    if (bytes > this.#guess) {
      if (!this.#closed) this.#memory.expected += this.#onTheWay * (bytes - this.#guess)
      this.#guess = bytes
    }
    return bytes
  }

  add(bytes: number): void {
    if (this.#closed) return
    this.#held += bytes
    this.#memory.add(bytes)
  }

  release(bytes: number): void {
    if (this.#closed) return
    this.#held -= bytes
    this.#memory.held -= bytes
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#memory.held -= this.#held
    this.#memory.expected -= this.#onTheWay * this.#guess
  }
}

/** Holds an element; gives its bytes, for `release`. */
export function hold(account: MemoryAccount, element: unknown, index?: number): number {
  const bytes = account.measure(element, index)
  account.add(bytes)
  return bytes
}

const uncapped: MemoryAccount = {
  capped: false,
  overdrawn: false,
  hasRoom: () => true,
  fits: () => true,
  expect: doNothing,
  arrived: doNothing,
  measure: () => 0,
  add: doNothing,
  release: doNothing,
  close: doNothing,
}

function doNothing(): void {
  // There is no cap.
}
