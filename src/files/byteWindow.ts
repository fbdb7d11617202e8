/**
 * The bytes of one source as a window that slides over it. Whoever reads takes bytes from `bytes[at, end)` and moves
 * `at`; what does not end within the window asks for `more()`, and is begun again.
 *
 *   chunk k      | ... taken ... | unread tail |
 *   chunk k + 1         | room | unread tail | bytes read meanwhile ... |
 *
 * A byte is copied once, from the operating system (or the decompressor) into a chunk; the unread tail is copied again,
 * to the front of the next chunk. What is longer than a chunk is read in steps that double, so that its bytes are copied
 * a few times at most.
 *
 * Invariants: at most one read is in flight; the source is closed once, by `close()`, and never before a read settled.
 */
import { CancelledError, DataLossError } from '../core/errors.ts'
import type { ByteSource } from './byteSource.ts'

/** Options of a window. */
export interface WindowOptions {
  /** Bytes read at once; 256 KiB by default. */
  readonly chunkBytes?: number | undefined
  /** Whether chunks are kept as they are, for views on them; else their memory is used again. False by default. */
  readonly keep?: boolean | undefined
}

const defaultChunkBytes = 1 << 18

/** Bytes in `bytes[start, end)`; what is before `start` is room for a tail. */
interface Chunk {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

export class ByteWindow {
  readonly file: string
  /** Length of the source, once it is open; undefined where that is not known before its end. */
  length: number | undefined
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  end = 0
  /** Counts the times that `bytes` was filled anew: the same memory may hold others then. */
  fills = 0
  /** Whether nothing comes after `end`. */
  ended = false
  readonly #source: ByteSource
  readonly #chunkBytes: number
  readonly #keep: boolean
  /** Offset in the source of the first byte of `bytes`, and of the next read. */
  #origin = 0
  #readAt = 0
  #room = 4096
  #reading: Promise<Chunk> | undefined
  #spare: Buffer | undefined
  #opening: Promise<number | undefined> | undefined
  #closed = false

  constructor(source: ByteSource, options: WindowOptions = {}) {
    this.file = source.file
    this.#source = source
    this.#chunkBytes = options.chunkBytes ?? defaultChunkBytes
    this.#keep = options.keep ?? false
  }

  /** Where in the source the next byte lies. */
  get byteOffset(): number {
    return this.#origin + this.at
  }

  /** Makes the source ready. */
  async open(): Promise<void> {
    this.#opening ??= this.#source.open()
    this.length = await this.#opening
  }

  /**
   * Puts further bytes behind those unread; sets `ended` where there are none.
   *
   * @throws CancelledError after close()
   */
  async more(): Promise<void> {
    this.#stopIfClosed()
    const chunk = await (this.#reading ?? this.#read())
    this.#reading = undefined
    this.#stopIfClosed()
    if (chunk.start === chunk.end) {
      this.ended = true
      return
    }
    const old = this.bytes
    const tail = this.end - this.at
    this.#join(chunk)
    if (!this.#keep && old !== this.bytes) this.#spare = old
    // The error, if there is one, comes out of the more() that wants the bytes.
    this.#read(tail).catch(ignore)
  }

  /**
   * Goes to an offset, forwards or, before any read beyond it in a seekable source, backwards; what lies between is
   * read and dropped where the source cannot seek.
   *
   * @throws DataLossError where the source ends before it
   */
  async seek(offset: number): Promise<void> {
    if (this.#source.seekable) {
      await this.#reading
      this.#reading = undefined
      this.at = this.end = 0
      this.ended = false
      this.#origin = this.#readAt = offset
      if (this.length !== undefined && offset > this.length) throw this.#tooShort(offset, this.length)
      return
    }
    for (;;) {
      const step = Math.min(offset - this.byteOffset, this.end - this.at)
      this.at += step
      if (this.byteOffset === offset) return
      if (this.ended) throw this.#tooShort(offset, this.byteOffset)
      await this.more()
    }
  }

  /** Closes the source, once a read in flight has settled. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#opening === undefined) return
    await this.#opening.catch(ignore)
    await this.#reading?.catch(ignore)
    await this.#source.close()
  }

  /** Starts a read of a chunk, and of at least as many bytes as were not enough, so that long waits are few. */
  #read(atLeast = 0): Promise<Chunk> {
    return (this.#reading = this.#fill(atLeast))
  }

  async #fill(atLeast: number): Promise<Chunk> {
    const length = Math.max(this.#chunkBytes, atLeast)
    const start = this.#room
    const spare = this.#spare
    this.#spare = undefined
    const bytes = spare !== undefined && spare.length >= start + length ? spare : uninitialized(start + length)
    let end = start
    do {
      const count = await this.#source.read(bytes, end, start + length - end, this.#readAt)
      this.#readAt += count
      end += count
      if (count === 0) break
    } while (end - start < atLeast)
    return { bytes, start, end }
  }

  /** Makes a chunk the window, with the unread tail before it. */
  #join({ bytes, start, end }: Chunk): void {
    const tail = this.end - this.at
    const offset = this.byteOffset
    if (tail <= start) {
      this.bytes.copy(bytes, start - tail, this.at, this.end)
      this.bytes = bytes
      this.at = start - tail
      this.end = end
    } else {
      const joined = uninitialized(tail + end - start)
      this.bytes.copy(joined, 0, this.at, this.end)
      bytes.copy(joined, tail, start, end)
      this.#room = Math.min(this.#chunkBytes, 2 * tail)
      this.bytes = joined
      this.at = 0
      this.end = joined.length
    }
    this.#origin = offset - this.at
    this.fills++
  }

  #stopIfClosed(): void {
    if (!this.#closed) return
    throw new CancelledError(`reading ${this.file} was stopped.`, { file: this.file })
  }

  #tooShort(offset: number, length: number): DataLossError {
    return new DataLossError(`${this.file} has ${length} bytes, and reading was to go on at byte ${offset}.`, {
      file: this.file,
      byteOffset: offset,
      hint: 'The file is not the one that the position was saved for.',
    })
  }
}

function ignore(): void {
  // Whoever waits for the same promise gets the error.
}

/** Memory that is not zeroed first, since a read fills it, and that nothing else shares. */
function uninitialized(length: number): Buffer {
  return Buffer.allocUnsafeSlow(length)
}
