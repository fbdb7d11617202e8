import type { Spec } from '../core/spec.ts'
import { isTyped, itemBytes, typedArrayOf } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { stackBy, stackArrays, type JoinArrays } from '../ndarray/stack.ts'
import { align } from './layout.ts'

/**
 * Stacks rows right into the memory that the batch travels in, one leaf after the other, as far as it reaches. What has
 * no room there is stacked elsewhere and copied later: once, for the next buffer is large enough.
 */
export class StackArena {
  readonly buffer: SharedArrayBuffer | undefined
  /** Bytes that are taken, from the start. */
  taken = 0

  constructor(buffer: SharedArrayBuffer | undefined) {
    this.buffer = buffer
  }

  /** The batch of the rows, as `stack` makes it. */
  stack(rows: readonly unknown[], spec: Spec | undefined, firstIndex: number): unknown {
    return stackBy(rows, this.#join, spec, firstIndex)
  }

  readonly #join: JoinArrays = (rows, first, place, spec) =>
    stackArrays(rows, first, place, spec, this.#room(rows, first))

  #room(rows: readonly unknown[], { dtype, size }: NdArray): NdArray['data'] | undefined {
    if (this.buffer === undefined || !isTyped(dtype)) return undefined
    const length = rows.length * size
    const bytes = align(length * itemBytes(dtype))
    if (this.taken + bytes > this.buffer.byteLength) return undefined
    const data = new (typedArrayOf(dtype) as Uint8ArrayConstructor)(this.buffer, this.taken, length)
    this.taken += bytes
    return data
  }
}
