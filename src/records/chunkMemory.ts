import { lend } from '../core/lease.ts'
import { spoil } from '../ndarray/spoil.ts'

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
  /** Takes memory back that no more is read into; records in it may be looked at still. */
  giveBack(memory: Uint8Array): void
  /** A record is handed on that lies in such memory, whose buffer is given, to somebody who may keep it. */
  handOut(record: Uint8Array, buffer: ArrayBufferLike): void
}

/** A record of fewer bytes costs more to lend than its memory is worth. */
const leastLentBytes = 1 << 14

/** Memory that is read into, or holds records that were handed on. */
interface Use {
  readonly memory: Uint8Array
  readonly buffer: ArrayBufferLike
  /** Records in it that are lent. */
  lent: number
  /** Whether it holds a record that is not lent, so that it must never be written again. */
  kept: boolean
  /** Whether no more is read into it. */
  full: boolean
}

/**
 * Memory for records that may be kept. It is written again only once all records in it were given back with `release`,
 * which is worth it for long ones alone: memory that holds a short one is left to the garbage collector. Shared by the
 * readers of one iteration.
 */
export class KeptMemory implements ChunkMemory {
  /** Only who gives records back is not left with longer chunks in memory. */
  grows = false
  readonly #free: Uint8Array[] = []
  /** What is read into. */
  readonly #uses = new Map<ArrayBufferLike, Use>()
  #last: Use | undefined

  take(bytes: number): Uint8Array {
    const memory = takeOf(this.#free, bytes)
    const { buffer } = memory
    this.#uses.set(buffer, { memory, buffer, lent: 0, kept: false, full: false })
    return memory
  }

  giveBack(memory: Uint8Array): void {
    const use = this.#uses.get(memory.buffer)
    if (use === undefined) return
    this.#uses.delete(memory.buffer)
    if (this.#last === use) this.#last = undefined
    use.full = true
    this.#freeOf(use)
  }

  handOut(record: Uint8Array, buffer: ArrayBufferLike): void {
    if (this.#last?.buffer !== buffer) this.#last = this.#uses.get(buffer)
    const use = this.#last
    if (use === undefined) return
    if (record.length < leastLentBytes) {
      use.kept = true
      return
    }
    use.lent++
    lend(record, () => {
      spoil(record)
      use.lent--
      this.grows = true
      this.#freeOf(use)
    })
  }

  #freeOf(use: Use): void {
    if (use.full && !use.kept && use.lent === 0) this.#free.push(use.memory)
  }
}

/**
 * Memory that is used again, for records that are lent: each of them is looked at before the next one is asked for. It
 * holds no more than was in use at the same time; shared by the readers of one iteration.
 */
export class ReusedMemory implements ChunkMemory {
  readonly grows = true
  readonly #free: Uint8Array[] = []

  take(bytes: number): Uint8Array {
    return takeOf(this.#free, bytes)
  }

  giveBack(memory: Uint8Array): void {
    this.#free.push(memory)
  }

  handOut(): void {
    // Whoever has a record is done with it before the next one.
  }
}

/** The first free memory of at least so many bytes, or new memory in the place of what is too short. */
function takeOf(free: Uint8Array[], bytes: number): Uint8Array {
  const fits = free.findIndex(({ length }) => length >= bytes)
  if (fits >= 0) return free.splice(fits, 1)[0]
  free.shift()
  return uninitialized(bytes)
}

/** Memory that is not zeroed first, since a read fills it. */
function uninitialized(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
