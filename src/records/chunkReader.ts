/**
 * Reads a source in chunks, one ahead, into windows that each begin with what was left unread of the one before:
 *
 *   chunk k      | ... | record | record | tail |
 *   chunk k + 1                  | headroom: tail | bytes read ahead meanwhile ... |
 *
 * Invariants: at most one read is in flight; a window is not written again while it may be looked at: never, or until the
 * next one is asked for where memory is used again; the source is closed exactly once, and never before a read has
 * settled.
 */
import { DataLossError } from '../core/errors.ts'
import type { ByteSource } from '../files/byteSource.ts'
import { KeptMemory, type ChunkMemory } from './chunkMemory.ts'

/** Bytes of the file in `bytes[start, end)`; what is before `start` is room for a tail. */
export interface Chunk {
  bytes: Uint8Array
  start: number
  end: number
}

export class ChunkReader {
  readonly source: ByteSource
  #chunkBytes: number
  readonly #memory: ChunkMemory
  #opened: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** The read in flight, or done and not used yet. */
  #reading: Promise<Chunk> | undefined
  /** The memory of the window given out last. */
  #window: Uint8Array | undefined
  #headroom = 4096
  /** Where in the file the next read begins. */
  #readAt: number
  #fileBytes = Infinity
  #stopped: Error | undefined

  constructor(source: ByteSource, chunkBytes: number, start: number, memory: ChunkMemory = new KeptMemory()) {
    this.source = source
    this.#chunkBytes = chunkBytes
    this.#memory = memory
    this.#readAt = start
  }

  /** Length of the file; Infinity while it is not known. */
  get fileBytes(): number {
    return this.#fileBytes
  }

  /** Whether all bytes were asked for; false where the length of the file is not known. */
  get readAll(): boolean {
    return this.#readAt >= this.#fileBytes
  }

  /** Opens the source and starts the first read; whatever fails, fails again in `more`. */
  prepare(): void {
    if (this.#opened !== undefined) return
    this.#opened = this.#open()
    this.#opened.then(() => this.#reading ?? this.#read()).catch(ignore)
  }

  /**
   * The unread bytes `window[at, end)` with more behind them: `missing` more where the length of the file is known and
   * they are there, else some. Undefined at the end of the file.
   */
  async more(window: Uint8Array, at: number, end: number, missing: number): Promise<Chunk | undefined> {
    await (this.#opened ??= this.#open())
    const chunk = await (this.#reading ?? this.#read())
    this.#stopIfClosed()
    this.#reading = undefined
    if (chunk.end === chunk.start) return undefined
    const joined = await this.#join(chunk, window.subarray(at, end), missing)
    this.#stopIfClosed()
    if (this.#window !== undefined) this.#memory.giveBack(this.#window)
    this.#window = joined.bytes
    this.#read().catch(ignore)
    return joined
  }

  /** Goes on at `offset` where that is beyond all that was read, without reading up to there; false where it is not. */
  async jump(offset: number): Promise<boolean> {
    const unread = await this.#reading
    if (!this.source.seekable || offset <= this.#readAt) return false
    this.#giveBack(unread)
    this.#readAt = offset
    this.#reading = undefined
    return true
  }

  /** Closes the source, once a read in flight has settled; from now on `more` fails with `error`. */
  close(error: Error): Promise<void> {
    this.#stopped ??= error
    return (this.#closing ??= this.#shutDown())
  }

  async #open(): Promise<void> {
    const { file } = this.source
    this.#fileBytes = (await this.source.open(this.#readAt)) ?? Infinity
    if (this.#readAt > this.#fileBytes) {
      throw new DataLossError(
        `${file} has ${this.#fileBytes} bytes, and reading was to go on at byte ${this.#readAt}.`,
        {
          file,
          byteOffset: this.#readAt,
          hint: 'The file is not the one that the position was saved for.',
        },
      )
    }
  }

  /** Reads the next chunk; an empty one at the end of the file. */
  #read(): Promise<Chunk> {
    const length = Math.min(this.#chunkBytes, this.#fileBytes - this.#readAt)
    const start = this.#headroom
    const chunk = { bytes: length === 0 ? none : this.#memory.take(start + length), start, end: start }
    return (this.#reading = length === 0 ? Promise.resolve(chunk) : this.#fill(chunk, length))
  }

  async #fill(chunk: Chunk, length: number): Promise<Chunk> {
    this.#stopIfClosed()
    const count = await this.source.read(chunk.bytes, chunk.end, length, this.#readAt)
    this.#stopIfClosed()
    if (count === 0 && this.#readAt < this.#fileBytes && this.#fileBytes !== Infinity) throw this.#shrunk()
    this.#readAt += count
    chunk.end += count
    return chunk
  }

  /** Puts the tail before a chunk; where the frame begun in the tail is longer than both, reads the rest of it. */
  async #join(chunk: Chunk, tail: Uint8Array, missing: number): Promise<Chunk> {
    const found = chunk.end - chunk.start
    const frame = tail.length + missing
    if (this.#memory.grows && frame * recordsAChunk > this.#chunkBytes) {
      this.#chunkBytes = Math.max(this.#chunkBytes, Math.min(2 * this.#chunkBytes, longestChunk))
    }
    this.#headroom = Math.min(this.#chunkBytes, Math.max(this.#headroom, tail.length + (tail.length >> 2)))
    if (tail.length <= chunk.start && missing <= found) {
      const start = chunk.start - tail.length
      chunk.bytes.set(tail, start)
      return { bytes: chunk.bytes, start, end: chunk.end }
    }
    // A length is believed only as far as bytes back it: up to the end of the file, or in steps where that is unknown.
    const believed = this.#fileBytes === Infinity ? Math.min(missing, 2 * (tail.length + found)) : missing
    const room = tail.length + Math.max(found, believed)
    const joined = { bytes: this.#memory.take(room), start: 0, end: tail.length + found }
    joined.bytes.set(tail)
    joined.bytes.set(chunk.bytes.subarray(chunk.start, chunk.end), tail.length)
    this.#memory.giveBack(chunk.bytes)
    for (let before = -1; joined.end < room && joined.end !== before;) {
      before = joined.end
      await (this.#reading = this.#fill(joined, room - joined.end))
    }
    this.#reading = undefined
    return joined
  }

  #stopIfClosed(): void {
    if (this.#stopped !== undefined) throw this.#stopped
  }

  #shrunk(): DataLossError {
    const { file } = this.source
    return new DataLossError(
      `${file} had ${this.#fileBytes} bytes when it was opened and ends at byte ${this.#readAt}.`,
      {
        file,
        byteOffset: this.#readAt,
        hint: 'Do not change a file while it is read.',
      },
    )
  }

  async #shutDown(): Promise<void> {
    if (this.#opened === undefined) return
    await this.#opened.catch(ignore)
    this.#giveBack((await this.#reading?.catch(ignore)) ?? undefined)
    if (this.#window !== undefined) this.#memory.giveBack(this.#window)
    this.#window = undefined
    await this.source.close()
  }

  #giveBack(unread: Chunk | undefined): void {
    if (unread !== undefined && unread.bytes !== none) this.#memory.giveBack(unread.bytes)
  }
}

const none = new Uint8Array(0)

/** Records that a chunk should hold, and how long it may become for that. */
const recordsAChunk = 16
const longestChunk = 1 << 22

function ignore(): void {
  // Whoever waits for the same promise gets the error.
}
