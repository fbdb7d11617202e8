/**
 * Where chunks get their memory. Fresh memory is dear in Node: its pages are faulted in, and each megabyte brings the
 * garbage collector nearer, so that reading long records into it takes twice to four times as long as into memory that
 * was used before. But only memory of which nobody holds a view may be written again.
 */
export interface ChunkMemory {
  /** Whether chunks become longer with the records in them: longer ones are read faster, and these cost nothing new. */
  readonly grows: boolean
  /** Memory of at least so many bytes; nobody else has it. */
  take(bytes: number): Uint8Array
  /** Takes memory back that nobody looks at any longer. */
  giveBack(memory: Uint8Array): void
}

/** Memory that is never written again, for records that may be kept. */
export const freshMemory: ChunkMemory = { grows: false, take: uninitialized, giveBack: () => undefined }

/**
 * Memory that is used again, for records that are lent: each of them is looked at before the next one is asked for. It
 * holds no more than was in use at the same time; shared by the readers of one iteration.
 */
export class ReusedMemory implements ChunkMemory {
  readonly grows = true
  readonly #free: Uint8Array[] = []

  take(bytes: number): Uint8Array {
    const fits = this.#free.findIndex(({ length }) => length >= bytes)
    if (fits >= 0) return this.#free.splice(fits, 1)[0]
    // In the place of what was too short.
    this.#free.shift()
    return uninitialized(bytes)
  }

  giveBack(memory: Uint8Array): void {
    this.#free.push(memory)
  }
}

/** Memory that is not zeroed first, since a read fills it. */
function uninitialized(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
