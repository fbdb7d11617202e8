import { lend } from '../core/lease.ts'
import type { DType } from '../core/spec.ts'
import {
  allocateUnset,
  isTyped,
  itemBytes,
  typedArrayOf,
  type DataOf,
  type TypedArray,
  type TypedDType,
} from './dtype.ts'
import { spoil } from './spoil.ts'

/** What gives blocks whose values are not set yet, to who sets each of them. */
export interface Allocator {
  allocate<D extends DType>(dtype: D, length: number): DataOf[D]
}

/** New memory for each block. */
export const newMemory: Allocator = { allocate: allocateUnset }

/** An array of fewer bytes costs less to make than to lend, where its batches lend no other. */
const leastBytes = 1 << 14

/**
 * Memory for the batches of one cursor. A batch that is given back with `release` leaves its memory to one of those after
 * it, which finds it in the processor's cache: fresh memory costs more than all else that a batch of pictures is made of.
 * A batch that is not given back keeps its memory, and the garbage collector sees to it as to everything else.
 *
 * ```
 * first batch    [array A]  lent
 * second batch   [array B]  lent             A is given back
 * third batch    [array A]  lent
 * ```
 */
export class BatchMemory implements Allocator {
  /** Arrays that were given back; those of one batch in the order from the last to the first, for the first is asked for first. */
  readonly #free: TypedArray[] = []
  /** Arrays of the batch that is being made. */
  #taken: TypedArray[] = []
  /** Whether a large array was asked for: its batches are lent then, with all their arrays. */
  #lends = false

  allocate<D extends DType>(dtype: D, length: number): DataOf[D]
  allocate(dtype: DType, length: number): DataOf[DType] {
    const next = this.#free.pop()
    if (next !== undefined) {
      if (next.length === length && length > 0 && next.constructor === typedArrayOf(dtype as TypedDType)) {
        this.#taken.push(next)
        return next
      }
      this.#free.push(next)
    }
    return this.#allocateOther(dtype, length)
  }

  /** Where the array that lies on top does not fit. */
  #allocateOther(dtype: DType, length: number): DataOf[DType] {
    if (!isTyped(dtype) || length === 0) return allocateUnset(dtype, length)
    this.#lends ||= length * itemBytes(dtype) >= leastBytes
    if (!this.#lends) return allocateUnset(dtype, length)
    const array = this.#take(dtype, length) ?? allocateUnset<TypedDType>(dtype, length)
    this.#taken.push(array)
    return array as DataOf[DType]
  }

  /** Lends a batch with the arrays that were given since the last one, where there are any. */
  lend<B>(batch: B): B {
    if (this.#taken.length === 0) return batch
    const arrays = this.#taken
    this.#taken = []
    lend(batch as object, () => {
      spoil(batch)
      for (let i = arrays.length - 1; i >= 0; i--) this.#free.push(arrays[i])
    })
    return batch
  }

  /** A free array of just that length; one that was sent to another thread meanwhile has none. */
  #take(dtype: TypedDType, length: number): TypedArray | undefined {
    const free = this.#free
    for (let place = free.length - 1; place >= 0; place--) {
      const array = free[place]
      if (array.length !== length || !(array instanceof typedArrayOf(dtype))) continue
      free[place] = free[free.length - 1]
      free.pop()
      return array
    }
    // Batches have another size from now on, in which these arrays are of no use.
    free.length = 0
    return undefined
  }
}
