import { lend } from '../core/lease.ts'
import type { DType } from '../core/spec.ts'
import { allocateUnset, isTyped, itemBytes, typedArrayOf, type DataOf } from './dtype.ts'
import { spoil } from './spoil.ts'

/** What gives blocks whose values are not set yet, to who sets each of them. */
export interface Allocator {
  allocate<D extends DType>(dtype: D, length: number): DataOf[D]
}

/** New memory for each block. */
export const newMemory: Allocator = { allocate: allocateUnset }

/** A block of fewer bytes costs less to make than to lend, where its batch lends no other. */
const leastBytes = 1 << 14

/**
 * Memory for the batches of one cursor. A batch that is given back with `release` leaves its memory to one of those after
 * it, which finds it in the processor's cache: fresh memory costs more than all else that a batch of pictures is made of.
 * A batch that is not given back keeps its memory, and the garbage collector sees to it as to everything else.
 *
 * ```
 * first batch    [block A]  lent
 * second batch   [block B]  lent             A is given back
 * third batch    [block A]  lent
 * ```
 */
export class BatchMemory implements Allocator {
  /** Blocks that were given back. */
  readonly #free: ArrayBuffer[] = []
  /** Blocks of the batch that is being made. */
  #taken: ArrayBuffer[] = []

  allocate<D extends DType>(dtype: D, length: number): DataOf[D]
  allocate(dtype: DType, length: number): DataOf[DType] {
    if (!isTyped(dtype)) return allocateUnset(dtype, length)
    const bytes = length * itemBytes(dtype)
    if (bytes === 0 || (bytes < leastBytes && this.#taken.length === 0)) return allocateUnset(dtype, length)
    const block = this.#take(bytes) ?? (allocateUnset(dtype, length).buffer as ArrayBuffer)
    this.#taken.push(block)
    return new (typedArrayOf(dtype))(block, 0, length)
  }

  /** Lends a batch with the blocks that were given since the last one, where there are any. */
  lend<B>(batch: B): B {
    if (this.#taken.length === 0) return batch
    const blocks = this.#taken
    this.#taken = []
    lend(batch as object, () => {
      spoil(batch)
      this.#free.push(...blocks)
    })
    return batch
  }

  /** A free block of just so many bytes; one that was sent to another thread meanwhile has none. */
  #take(bytes: number): ArrayBuffer | undefined {
    for (let place = this.#free.length - 1; place >= 0; place--) {
      if (this.#free[place].byteLength === bytes) return this.#free.splice(place, 1)[0]
    }
    // Batches have another size from now on, in which these blocks are of no use.
    this.#free.length = 0
    return undefined
  }
}
