/**
 * The bytes of one source in order, in chunks of which some are asked for before they are wanted:
 *
 *   file   | used | chunk | chunk | not asked for yet |
 *                 ^ usedTo        ^ askedTo           ^ fileBytes
 *
 * To wake a thread that reads, and to be woken by it, takes as long as to copy 200 KB. So a file of long records that is
 * read through has up to three reads in flight or ready, where they may overlap: the threads that read need not wait for
 * this one between them. Short records keep this thread busy, and one chunk ahead stays in the processor's cache.
 *
 * Invariants: chunks come in the order of the file, without a gap; of a source whose reads may not overlap at most one is
 * in flight; the source is closed exactly once, and never before all reads have settled.
 */
import { DataLossError } from '../core/errors.ts'
import type { ByteSource } from '../files/byteSource.ts'
import type { ChunkMemory } from './chunkMemory.ts'

/** Bytes of the file in `bytes[start, end)`; what is before `start` is room for a tail. */
export interface Chunk {
  bytes: Uint8Array
  start: number
  end: number
}

/** A chunk, there or on its way, and its place in the file. */
interface Read {
  readonly offset: number
  readonly chunk: Promise<Chunk>
}

/** Reads ahead of one reader at most, and of all readers of this thread together, where each has more than one. */
const mostAhead = 3
const mostTogether = 4

/** Chunks used one after the other from which on a file is taken to be read through. */
const chunksInARow = 3

/** Frames from this length on are long: reading them takes longer than all else that is done with them. */
const longFrameBytes = 1 << 14

/** Readers of this thread that are open. */
let readers = 0

export class ChunkQueue {
  readonly source: ByteSource
  /** Bytes of the next read, at most, and bytes left free before them. */
  chunkBytes: number
  headroom = 4096
  /** Where a frame begins, and its length, 0 for none: where others are as long, chunks end between them. */
  frameAt = 0
  frameBytes = 0
  readonly #memory: ChunkMemory
  /** In the order of the file. */
  #reads: Read[] = []
  #usedTo: number
  #askedTo: number
  #fileBytes = Infinity
  #inARow = 0
  #opened: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #stopped: Error | undefined

  constructor(source: ByteSource, chunkBytes: number, start: number, memory: ChunkMemory) {
    this.source = source
    this.chunkBytes = chunkBytes
    this.#memory = memory
    this.#usedTo = this.#askedTo = start
  }

  /** Length of the file; Infinity while it is not known. */
  get fileBytes(): number {
    return this.#fileBytes
  }

  /** Where in the file the chunk used last ends. */
  get usedTo(): number {
    return this.#usedTo
  }

  /** Whether all bytes were asked for; false where the length of the file is not known. */
  get askedForAll(): boolean {
    return this.#askedTo >= this.#fileBytes
  }

  /** Whether `open` was called. */
  get began(): boolean {
    return this.#opened !== undefined
  }

  /** Opens the source, the first time. */
  open(): Promise<void> {
    return (this.#opened ??= this.#open())
  }

  /** Starts the reads that are worth having in flight; they fail in `next`. */
  readAhead(): void {
    const through = this.#overlaps && this.frameBytes >= longFrameBytes && this.#inARow >= chunksInARow
    const most = through ? Math.max(1, Math.min(mostAhead, Math.floor(mostTogether / readers))) : 1
    while (this.#stopped === undefined && this.#reads.length < most && !this.askedForAll) this.#ask()
  }

  /** The next chunk; undefined at the end of the file. */
  async next(): Promise<Chunk | undefined> {
    this.stopIfClosed()
    if (this.#reads.length === 0) {
      if (this.askedForAll) {
        this.#checkEnd()
        return undefined
      }
      this.#ask()
    }
    const [{ offset, chunk: reading }] = this.#reads
    const chunk = await reading
    this.stopIfClosed()
    this.#reads.shift()
    if (chunk.end === chunk.start || offset !== this.#usedTo) {
      this.#memory.giveBack(chunk.bytes)
      this.#checkEnd()
      return undefined
    }
    this.#usedTo += chunk.end - chunk.start
    this.#inARow++
    return chunk
  }

  /** Puts the next `length` bytes behind those of a chunk; fewer only at the end of a file whose length is not known. */
  async extend(chunk: Chunk, length: number): Promise<void> {
    await this.restart(this.#usedTo)
    const { end } = chunk
    const reading = this.#fill(chunk, length, this.#usedTo)
    this.#reads.push({ offset: this.#usedTo, chunk: reading })
    await reading
    this.stopIfClosed()
    this.#reads.pop()
    this.#usedTo = this.#askedTo = this.#usedTo + chunk.end - end
    if (chunk.end < end + length) this.#checkEnd()
  }

  /** Whether an offset lies beyond all that was asked for. */
  async isBeyond(offset: number): Promise<boolean> {
    // How far a read goes that may be cut short shows when it is over.
    if (!this.#overlaps) await this.#reads[0]?.chunk
    return offset > this.#askedTo
  }

  /** Goes on at an offset, without what was read ahead. */
  async restart(offset: number): Promise<void> {
    while (this.#reads.length > 0) {
      const { bytes } = await this.#reads[0].chunk
      this.stopIfClosed()
      this.#reads.shift()
      this.#memory.giveBack(bytes)
    }
    this.#usedTo = this.#askedTo = offset
    this.#inARow = 0
  }

  /** Closes the source, once all reads have settled; from now on they fail with `error`. */
  close(error: Error): Promise<void> {
    this.#stopped ??= error
    if (this.#closing === undefined && this.#opened !== undefined) this.source.cancel?.()
    return (this.#closing ??= this.#shutDown())
  }

  stopIfClosed(): void {
    if (this.#stopped !== undefined) throw this.#stopped
  }

  /** Whether the places of reads are known before they are done. */
  get #overlaps(): boolean {
    return this.source.overlaps === true && this.#fileBytes !== Infinity
  }

  async #open(): Promise<void> {
    const { file } = this.source
    this.#memory.enter()
    readers++
    this.#fileBytes = (await this.source.open(this.#usedTo)) ?? Infinity
    if (this.#usedTo > this.#fileBytes) {
      throw new DataLossError(
        `${file} has ${this.#fileBytes} bytes, and reading was to go on at byte ${this.#usedTo}.`,
        {
          file,
          byteOffset: this.#usedTo,
          hint: 'The file is not the one that the position was saved for.',
        },
      )
    }
  }

  #ask(): void {
    const offset = this.#askedTo
    const length = Math.min(this.#lengthAt(offset), this.#fileBytes - offset)
    const start = this.headroom
    const chunk = { bytes: this.#memory.take(start + length), start, end: start }
    const reading = this.#overlaps ? this.#fill(chunk, length, offset) : this.#fillOnce(chunk, length, offset)
    if (this.#overlaps) this.#askedTo += length
    reading.catch(ignore)
    this.#reads.push({ offset, chunk: reading })
  }

  #lengthAt(offset: number): number {
    if (!this.#overlaps || this.frameBytes < longFrameBytes) return this.chunkBytes
    const length = this.chunkBytes - ((offset + this.chunkBytes - this.frameAt) % this.frameBytes)
    return 2 * length >= this.chunkBytes ? length : this.chunkBytes
  }

  /** Reads until `length` bytes are there, or no more come. */
  async #fill(chunk: Chunk, length: number, offset: number): Promise<Chunk> {
    const { end } = chunk
    for (let before = -1; chunk.end < end + length && chunk.end !== before;) {
      before = chunk.end
      await this.#fillOnce(chunk, end + length - before, offset + before - end)
    }
    return chunk
  }

  async #fillOnce(chunk: Chunk, length: number, offset: number): Promise<Chunk> {
    this.stopIfClosed()
    const count = await this.source.read(chunk.bytes, chunk.end, length, offset)
    this.stopIfClosed()
    chunk.end += count
    this.#askedTo = Math.max(this.#askedTo, offset + count)
    return chunk
  }

  /** Refuses an end of the bytes where there were to be more. */
  #checkEnd(): void {
    if (this.#fileBytes === Infinity || this.#usedTo >= this.#fileBytes) return
    const { file } = this.source
    throw new DataLossError(
      `${file} had ${this.#fileBytes} bytes when it was opened and ends at byte ${this.#usedTo}.`,
      {
        file,
        byteOffset: this.#usedTo,
        hint: 'Do not change a file while it is read.',
      },
    )
  }

  async #shutDown(): Promise<void> {
    if (this.#opened === undefined) return
    await this.#opened.catch(ignore)
    for (const { chunk } of this.#reads) {
      const read = await chunk.catch(ignore)
      if (read !== undefined) this.#memory.giveBack(read.bytes)
    }
    this.#memory.leave()
    readers--
    await this.source.close()
  }
}

function ignore(): undefined {
  // Whoever waits for the same promise gets the error.
}
