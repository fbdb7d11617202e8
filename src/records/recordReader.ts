/**
 * Reads the records of one file in order. Bytes are copied once, from the operating system into a chunk; records are
 * views on their chunk. Only the unread tail of a chunk, less than one frame, is copied again, to the front of the
 * next:
 *
 *   chunk k      | ... | record | record | tail |
 *   chunk k + 1                  | headroom: tail | bytes read ahead meanwhile ... |
 *
 * Invariants: at most one read is in flight; a chunk is never written again once a record of it was handed out; the
 * source is closed exactly once, at the end, after an error, or by close(), and never before a read has settled.
 */
import { checkCount } from '../core/checks.ts'
import { CancelledError, DataLossError, fileError, type ErrorContext } from '../core/errors.ts'
import { fileSource, type ByteSource } from '../files/byteSource.ts'
import { FrameScanner, type FrameOptions, type RecordPosition } from './frameScanner.ts'

/** How a file is read. */
export interface RecordReaderOptions extends FrameOptions {
  /** Bytes read at once; default 1 MiB. Longer records are read as one. */
  readonly chunkBytes?: number | undefined
  /** Where to begin, as given by `position`; default the start of the file. */
  readonly start?: RecordPosition | undefined
}

/** Bytes from the file in `bytes[start, end)`; what is before `start` is room for a tail. */
interface Chunk {
  bytes: Uint8Array
  start: number
  end: number
}

const defaultChunkBytes = 1 << 20

/**
 * The records of one TFRecord file, one `next()` at a time. The file is opened at the first call. Calls do not overlap:
 * after a promise, wait for it. A record stays valid for as long as it is kept, and keeps its whole chunk in memory.
 *
 * Unlike TensorFlow, which takes fewer than 12 bytes after the last record for the end, a file cut there is an error.
 *
 * @example
 * const reader = new RecordReader('train.tfrecord')
 * for (let record = await reader.next(); record !== undefined; record = await reader.next()) use(record)
 */
export class RecordReader {
  readonly #source: ByteSource
  readonly #frames: FrameScanner
  readonly #chunkBytes: number
  #opened: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** The read in flight, or done and not used yet. */
  #reading: Promise<Chunk> | undefined
  #headroom = 4096
  /** Where in the file the next read begins. */
  #readAt: number
  #fileBytes = Infinity
  /** What next() answers from now on: the end, or an error for ever. */
  #ended = false
  #failure: Error | undefined

  /**
   * @param file the path, or a source of bytes
   * @throws (from next and skip) NotFoundError and other named errors of the file system; DataLossError where the file
   *   is damaged or cut short, with the file, the record and its byte offset; CancelledError after close()
   */
  constructor(file: string | ByteSource, options: RecordReaderOptions = {}) {
    this.#source = typeof file === 'string' ? fileSource(file) : file
    this.#frames = new FrameScanner(this.#source.file, options, options.start)
    this.#chunkBytes = checkCount('TFRecord', 'chunkBytes', options.chunkBytes ?? defaultChunkBytes, { min: 1 })
    this.#readAt = options.start?.byteOffset ?? 0
  }

  /** The next record, undefined after the last; a promise only where bytes have to come from the file first. */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    this.#stopIfFailed()
    if (this.#ended) return undefined
    try {
      return this.#frames.advance() ? this.#frames.take() : this.#nextLater()
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /**
   * Passes up to `count` records: their headers are checked, their data is neither checked nor, where that is possible,
   * read. Gives how many were passed, fewer than `count` only at the end of the file.
   */
  skip(count: number): number | Promise<number> {
    this.#stopIfFailed()
    checkCount('skip', 'count', count)
    if (this.#ended) return 0
    try {
      let passed = 0
      while (passed < count && this.#frames.advance()) passed++
      return passed === count ? passed : this.#skipLater(count, passed)
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /** The place after the last record delivered or passed; `start` of another reader goes on from it. */
  get position(): RecordPosition {
    return { record: this.#frames.record, byteOffset: this.#frames.byteOffset }
  }

  /** File, number and byte offset of the record last delivered, for the errors of whoever works on it. */
  where(): ErrorContext {
    return this.#frames.where()
  }

  /** Stops reading and closes the file, once a read in flight has settled. May be called at any time and again. */
  close(): Promise<void> {
    if (!this.#ended)
      this.#fail(new CancelledError(`the reader of ${this.#source.file} was closed.`, { file: this.#source.file }))
    return this.#release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #nextLater(): Promise<Uint8Array | undefined> {
    try {
      do {
        if (!(await this.#refill())) return undefined
      } while (!this.#frames.advance())
      return this.#frames.take()
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async #skipLater(count: number, passed: number): Promise<number> {
    try {
      while (passed < count) {
        await this.#reading
        if (this.#canJump()) {
          this.#readAt = this.#frames.jump()
          this.#reading = undefined
          passed++
        } else if (!(await this.#refill())) break
        while (passed < count && this.#frames.advance()) passed++
      }
      return passed
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /** Whether the unfinished frame ends beyond all that was read, so that the rest of it need not be read at all. */
  #canJump(): boolean {
    return this.#source.seekable && this.#frames.frameEnd > this.#readAt
  }

  /** Gives the scanner more bytes, and starts the next read; false at the end of the file. */
  async #refill(): Promise<boolean> {
    this.#opened ??= this.#open()
    await this.#opened
    const chunk = await (this.#reading ?? this.#read())
    this.#reading = undefined
    if (chunk.end === chunk.start) return this.#finish()
    const { bytes, start, end } = await this.#join(chunk)
    this.#frames.open(bytes, start, end)
    this.#read().catch(ignore)
    return true
  }

  async #open(): Promise<void> {
    const { file } = this.#source
    this.#fileBytes = (await this.#source.open()) ?? Infinity
    this.#frames.limit(this.#fileBytes)
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
    const chunk = { bytes: uninitialized(length === 0 ? 0 : start + length), start, end: start }
    return (this.#reading = length === 0 ? Promise.resolve(chunk) : this.#fill(chunk, length))
  }

  async #fill(chunk: Chunk, length: number): Promise<Chunk> {
    this.#stopIfFailed()
    const count = await this.#source.read(chunk.bytes, chunk.end, length, this.#readAt)
    this.#stopIfFailed()
    if (count === 0 && this.#readAt < this.#fileBytes && this.#fileBytes !== Infinity) throw this.#shrunk()
    this.#readAt += count
    chunk.end += count
    return chunk
  }

  /**
   * Puts the unread tail before a chunk; where the frame begun in the tail is longer than both, reads the rest of it.
   */
  async #join(chunk: Chunk): Promise<Chunk> {
    const { window, at, end, missing } = this.#frames
    const tail = end - at
    const found = chunk.end - chunk.start
    this.#headroom = Math.min(this.#chunkBytes, Math.max(this.#headroom, 2 * tail))
    if (tail <= chunk.start && missing <= found) {
      const start = chunk.start - tail
      chunk.bytes.set(window.subarray(at, end), start)
      return { bytes: chunk.bytes, start, end: chunk.end }
    }
    // A length is believed only as far as bytes back it: up to the end of the file, or in steps where that is unknown.
    const room = tail + Math.max(found, this.#fileBytes === Infinity ? Math.min(missing, 2 * (tail + found)) : missing)
    const joined = { bytes: uninitialized(room), start: 0, end: tail + found }
    joined.bytes.set(window.subarray(at, end))
    joined.bytes.set(chunk.bytes.subarray(chunk.start, chunk.end), tail)
    for (let before = -1; joined.end < room && joined.end !== before;) {
      before = joined.end
      await (this.#reading = this.#fill(joined, room - joined.end))
    }
    this.#reading = undefined
    return joined
  }

  async #finish(): Promise<false> {
    const cut = this.#frames.cutShort()
    if (cut !== undefined) throw cut
    this.#ended = true
    await this.#release()
    return false
  }

  #shrunk(): DataLossError {
    const { file } = this.#source
    return new DataLossError(
      `${file} had ${this.#fileBytes} bytes when it was opened and ends at byte ${this.#readAt}.`,
      {
        file,
        byteOffset: this.#readAt,
        hint: 'Do not change a file while it is read.',
      },
    )
  }

  #stopIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Makes `error` the answer to every later call, unless there is one, and closes the file. */
  #fail(error: unknown): Error {
    this.#failure ??= fileError(error, this.#source.file, 'cannot read')
    this.#ended = true
    this.#release().catch(ignore)
    return this.#failure
  }

  #release(): Promise<void> {
    return (this.#closing ??= this.#shutDown())
  }

  async #shutDown(): Promise<void> {
    if (this.#opened === undefined) return
    await this.#opened.catch(ignore)
    await this.#reading?.catch(ignore)
    await this.#source.close()
  }
}

function ignore(): void {
  // Whoever waits for the same promise gets the error.
}

/** Memory that is not zeroed first, since a read fills it. */
function uninitialized(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
