import { endLease, lend, lendUntilNext, type Lender } from '../core/lease.ts'
import { spoil } from '../ndarray/spoil.ts'
import { FreeMemory } from './freeMemory.ts'

/**
 * Where chunks get their memory. Fresh memory is dear in Node: its pages are faulted in, and each megabyte brings the
 * garbage collector nearer, so that reading records into it takes up to twice, long ones up to four times as long as into
 * memory that was used before. But only memory of which nobody holds a view may be written again.
 */
export interface ChunkMemory {
  /** Whether chunks become longer with the records in them: longer ones are read faster, and these cost nothing new. */
  readonly grows: boolean
  /** A reader begins to use it, or has ended. */
  enter(): void
  leave(): void
  /** Memory of at least so many bytes; nobody else has it. */
  take(bytes: number): Uint8Array
  /** Takes memory back that no more is read into; records in it that may be kept may be looked at still. */
  giveBack(memory: Uint8Array): void
  /** The same where reading stopped, so that the record handed out last may be looked at in any case. */
  leaveBehind(memory: Uint8Array): void
  /** A record is handed on that lies in such memory, whose buffer is given, to somebody who may keep it. */
  handOut(record: Uint8Array, buffer: ArrayBufferLike): void
}

/** A record of fewer bytes costs more to lend by itself than its memory is worth. */
const leastLentBytes = 1 << 14

/**
 * Memory for records that may be kept. It is written again only once all records in it were given back with `release`,
 * those of less than 16 KiB each before the next one was handed out; else it is left to the garbage collector. Shared by
 * the readers of one iteration.
 */
export class KeptMemory extends FreeMemory implements ChunkMemory {
  /** Only who gives long records back is not left with longer chunks in memory. */
  grows = false
  /** What is read into. */
  readonly #uses = new Map<ArrayBufferLike, Use>()
  #last: Use | undefined

  take(bytes: number): Uint8Array {
    const memory = this.takeFree(bytes)
    this.#uses.set(
      memory.buffer,
      new Use(memory, () => {
        this.addFree(memory)
      }),
    )
    return memory
  }

  giveBack(memory: Uint8Array): void {
    const use = this.#uses.get(memory.buffer)
    if (use === undefined) return
    this.#uses.delete(memory.buffer)
    if (this.#last === use) this.#last = undefined
    endLease(use)
    use.fill()
  }

  leaveBehind(memory: Uint8Array): void {
    this.giveBack(memory)
  }

  handOut(record: Uint8Array, buffer: ArrayBufferLike): void {
    if (this.#last?.buffer !== buffer) this.#last = this.#uses.get(buffer)
    const use = this.#last
    if (use === undefined || use.kept) return
    use.lent++
    if (record.length < leastLentBytes) lendUntilNext(record, use)
    else
      lend(record, () => {
        this.grows = true
        use.takeBack(record)
      })
  }
}

/** Memory that is read into, or holds records that were handed on. */
class Use implements Lender {
  readonly buffer: ArrayBufferLike
  /** Records in it that are lent. */
  lent = 0
  /** Whether it holds a record that stays with somebody, so that it must never be written again. */
  kept = false
  /** Whether no more is read into it. */
  #full = false
  readonly #free: () => void

  /** @param free called once it may be written again */
  constructor(memory: Uint8Array, free: () => void) {
    this.buffer = memory.buffer
    this.#free = free
  }

  fill(): void {
    this.#full = true
    this.#settle()
  }

  takeBack(record: Uint8Array): void {
    spoil(record)
    this.lent--
    this.#settle()
  }

  leave(): void {
    this.lent--
    this.kept = true
  }

  #settle(): void {
    if (this.#full && !this.kept && this.lent === 0) this.#free()
  }
}

/**
 * Memory that is used again, for records that are lent: each of them is looked at before the next one is asked for. It
 * holds no more than was in use at the same time; shared by the readers of one iteration.
 */
export class ReusedMemory extends FreeMemory implements ChunkMemory {
  readonly grows = true

  take(bytes: number): Uint8Array {
    return this.takeFree(bytes)
  }

  giveBack(memory: Uint8Array): void {
    this.addFree(memory)
  }

  leaveBehind(): void {
    // Its last record may be looked at until another one is asked for, and none is.
  }

  handOut(): void {
    // Whoever has a record is done with it before the next one.
  }
}
