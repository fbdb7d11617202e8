import { copyBytes } from '../core/copyBytes.ts'
import type { Spec } from '../core/spec.ts'
import { isTyped, itemBytes, typedArrayOf, type DataOf, type TypedDType } from '../ndarray/dtype.ts'
import { isStructure } from '../ndarray/element.ts'
import { isNdArray, NdArray } from '../ndarray/ndarray.ts'
import { stackBy, stackArrays, type JoinArrays } from '../ndarray/stack.ts'
import { align } from './layout.ts'
import type { LargeLeaf } from './sharedBatch.ts'

/** Part of new memory that is left for the other leaves, and how much that is at the least. */
const roomForOthers = 1 / 16
const leastForOthers = 4096

/**
 * Stacks rows right into the memory that the batch travels in, one leaf after the other, as far as it reaches. What has
 * no room there is stacked elsewhere and copied later: once, for the next buffer is large enough. Where there is no memory
 * yet, the first row that asks for room brings it about.
 */
export class StackArena {
  /** Bytes that are taken, from the start. */
  taken = 0
  #buffer: SharedArrayBuffer | undefined
  readonly #count: number
  /** The leaf whose rows were made at the start of the buffer, and its batch. */
  #roomy: (LargeLeaf & { readonly data: Uint8Array }) | undefined
  /** Whether nothing else may be put into the buffer. */
  readonly #isShared: boolean

  /**
   * @param count rows that there will be; 0 where nothing is stacked
   * @param leaf the leaf that has room, where other threads have the same memory: all else is stacked elsewhere
   */
  constructor(buffer: SharedArrayBuffer | undefined, count: number, leaf?: LargeLeaf) {
    this.#buffer = buffer
    this.#count = count
    if (leaf !== undefined) this.#makeRoom(leaf.dtype, leaf.length)
    this.#isShared = leaf !== undefined
  }

  /** The memory, given or made. */
  get buffer(): SharedArrayBuffer | undefined {
    return this.#buffer
  }

  /**
   * Memory for a leaf of a row, where the batch will have it: a row made there is not copied. One leaf of the rows can
   * have it, the first that asks, where all have the same size; undefined for others, and where the buffer is too small.
   */
  rowRoom<D extends TypedDType>(row: number, dtype: D, length: number): DataOf[D] | undefined {
    if (this.#count === 0) return undefined
    if (this.#roomy === undefined && this.taken === 0) {
      this.#buffer ??= allocate(this.#count * length * itemBytes(dtype))
      this.#makeRoom(dtype, length)
    }
    const roomy = this.#roomy
    if (roomy?.dtype !== dtype || roomy.length !== length) return undefined
    return roomy.data.subarray(row * length, (row + 1) * length) as DataOf[D]
  }

  /** The same row with its large leaf where the batch will have it: there already, or copied. */
  placed(row: number, part: unknown): unknown {
    if (!this.#liesElsewhere(part)) return part
    if (isNdArray(part)) {
      const { dtype, size, data, shape } = part as NdArray<TypedDType>
      const room = this.rowRoom(row, dtype, size)
      if (room === undefined) return part
      copyBytes(room as Uint8Array, data as Uint8Array)
      return new NdArray(dtype, shape, room)
    }
    if (Array.isArray(part)) return part.map((child) => this.placed(row, child))
    return Object.fromEntries(Object.entries(part as object).map(([key, child]) => [key, this.placed(row, child)]))
  }

  #liesElsewhere(part: unknown): boolean {
    if (isNdArray(part)) {
      const isLarge = part.dtype === this.#roomy?.dtype && part.size === this.#roomy.length
      return isLarge && (part.data as Uint8Array).buffer !== this.#buffer
    }
    return isStructure(part) && Object.values(part).some((child) => this.#liesElsewhere(child))
  }

  /** The batch of the rows, as `stack` makes it. */
  stack(rows: readonly unknown[], spec: Spec | undefined, firstIndex: number): unknown {
    return stackBy(rows, this.#join, spec, firstIndex)
  }

  readonly #join: JoinArrays = (rows, first, place, spec) =>
    stackArrays(rows, first, place, spec, this.#room(rows, first))

  #room(rows: readonly unknown[], { dtype, size }: NdArray): NdArray['data'] | undefined {
    if (!isTyped(dtype)) return undefined
    return this.#liesReady(rows) ? this.#roomy?.data : this.#take(dtype, rows.length * size)
  }

  /** Whether the rows of a leaf were made where the batch has them. */
  #liesReady(rows: readonly unknown[]): boolean {
    const roomy = this.#roomy
    return (
      roomy !== undefined &&
      rows.length === this.#count &&
      rows.every((row, i) => {
        if (!isNdArray(row) || row.dtype !== roomy.dtype || row.size !== roomy.length) return false
        const { buffer, byteOffset } = row.data as Uint8Array
        return buffer === this.#buffer && byteOffset === i * roomy.length * itemBytes(roomy.dtype)
      })
    )
  }

  #makeRoom(dtype: TypedDType, length: number): void {
    const data = this.#take(dtype, this.#count * length)
    if (data !== undefined) this.#roomy = { dtype, length, data }
  }

  #take(dtype: TypedDType, length: number): Uint8Array | undefined {
    if (this.#buffer === undefined || this.#isShared) return undefined
    const bytes = align(length * itemBytes(dtype))
    if (this.taken + bytes > this.#buffer.byteLength) return undefined
    const data = new (typedArrayOf(dtype) as Uint8ArrayConstructor)(this.#buffer, this.taken, length)
    this.taken += bytes
    return data
  }
}

function allocate(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(align(bytes + Math.max(leastForOthers, bytes * roomForOthers)))
}
