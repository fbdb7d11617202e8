/**
 * Gives the bytes of a source as windows that each begin with what was left unread of the one before:
 *
 *   chunk k      | ... | record | record | tail |
 *   chunk k + 1                  | headroom: tail | bytes read ahead meanwhile ... |
 *
 * Invariant: a window is not written again while it may be looked at: never, or until the next one is asked for where
 * memory is used again.
 */
import type { ByteSource } from '../files/byteSource.ts'
import { KeptMemory, type ChunkMemory } from './chunkMemory.ts'
import { ChunkQueue, type Chunk } from './chunkQueue.ts'
import { headerBytes } from './framing.ts'

export class ChunkReader {
  readonly #queue: ChunkQueue
  readonly #memory: ChunkMemory
  /** The memory of the window given out last. */
  #window: Uint8Array | undefined
  #closing: Promise<void> | undefined

  constructor(source: ByteSource, chunkBytes: number, start: number, memory: ChunkMemory = new KeptMemory()) {
    this.#queue = new ChunkQueue(source, chunkBytes, start, memory)
    this.#memory = memory
  }

  /** Length of the file; Infinity while it is not known. */
  get fileBytes(): number {
    return this.#queue.fileBytes
  }

  /** Whether all bytes were asked for; false where the length of the file is not known. */
  get readAll(): boolean {
    return this.#queue.askedForAll
  }

  /** Opens the source and starts the first read; whatever fails, fails again in `more`. */
  prepare(): void {
    if (this.#queue.began) return
    this.#queue.open().then(() => {
      this.#queue.readAhead()
    }, ignore)
  }

  /**
   * The unread bytes `window[at, end)` with more behind them: `missing` more where the length of the file is known and
   * they are there, else some. Undefined at the end of the file.
   */
  async more(window: Uint8Array, at: number, end: number, missing: number): Promise<Chunk | undefined> {
    await this.#queue.open()
    const chunk = await this.#queue.next()
    if (chunk === undefined) return undefined
    const joined = await this.#join(chunk, window.subarray(at, end), missing)
    this.#giveWindowBack()
    this.#window = joined.bytes
    this.#queue.readAhead()
    return joined
  }

  /** Goes on at `offset` where that is beyond all that was read, without reading up to there; false where it is not. */
  async jump(offset: number): Promise<boolean> {
    if (!this.#queue.source.seekable || !(await this.#queue.isBeyond(offset))) return false
    await this.#queue.restart(offset)
    return true
  }

  /** Says that nobody looks at the last window any more. */
  finish(): void {
    this.#giveWindowBack()
  }

  /** Closes the source, once reads in flight have settled; from now on `more` fails with `error`. */
  close(error: Error): Promise<void> {
    return (this.#closing ??= this.#shutDown(error))
  }

  /** Puts the tail before a chunk; where the frame begun in the tail is longer than both, reads the rest of it. */
  async #join(chunk: Chunk, tail: Uint8Array, missing: number): Promise<Chunk> {
    const queue = this.#queue
    const found = chunk.end - chunk.start
    if (tail.length >= headerBytes) {
      // The header of the frame is there, and so its length is known.
      queue.frameBytes = tail.length + missing
      queue.frameAt = queue.usedTo - found - tail.length
    }
    if (this.#memory.grows && queue.frameBytes * recordsAChunk > queue.chunkBytes) {
      queue.chunkBytes = Math.max(queue.chunkBytes, Math.min(2 * queue.chunkBytes, longestChunk))
    }
    queue.headroom = Math.min(queue.chunkBytes, Math.max(queue.headroom, tail.length + (tail.length >> 2)))
    if (tail.length <= chunk.start && missing <= found) {
      const start = chunk.start - tail.length
      chunk.bytes.set(tail, start)
      return { bytes: chunk.bytes, start, end: chunk.end }
    }
    // A length is believed only as far as bytes back it: up to the end of the file, or in steps where that is unknown.
    const believed = queue.fileBytes === Infinity ? Math.min(missing, 2 * (tail.length + found)) : missing
    const room = tail.length + Math.max(found, believed)
    const joined = { bytes: this.#memory.take(room), start: 0, end: tail.length + found }
    joined.bytes.set(tail)
    joined.bytes.set(chunk.bytes.subarray(chunk.start, chunk.end), tail.length)
    this.#memory.giveBack(chunk.bytes)
    if (joined.end < room) await queue.extend(joined, room - joined.end)
    return joined
  }

  #giveWindowBack(): void {
    if (this.#window !== undefined) this.#memory.giveBack(this.#window)
    this.#window = undefined
  }

  async #shutDown(error: Error): Promise<void> {
    if (this.#window !== undefined) this.#memory.leaveBehind(this.#window)
    this.#window = undefined
    await this.#queue.close(error)
  }
}

/** Records that a chunk should hold, and how long it may become for that. */
const recordsAChunk = 16
const longestChunk = 1 << 22

function ignore(): void {
  // Whoever waits for the same promise gets the error.
}
