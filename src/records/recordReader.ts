/**
 * Reads the records of one file in order. Bytes are copied once, from the operating system into a chunk; records are
 * views on their chunk. Only the unread tail of a chunk, less than one frame, is copied again, to the front of the next
 * (see chunkReader.ts).
 */
import { checkCount, checkOptions } from '../core/checks.ts'
import { CancelledError, DataLossError, fileError, type ErrorContext } from '../core/errors.ts'
import { fileSource, type ByteSource } from '../files/byteSource.ts'
import { decompressed, type Compression } from '../files/decompressed.ts'
import { KeptMemory, ReusedMemory, type ChunkMemory } from './chunkMemory.ts'
import { checkReaderOptions, defaultChunkBytes, readerOptionNames } from './checkReaderOptions.ts'
import { ChunkReader } from './chunkReader.ts'
import { recordCompression } from './detectCompression.ts'
import { FrameScanner, type FrameOptions, type RecordPosition } from './frameScanner.ts'
import { resync, type SkippedSpan } from './resync.ts'

/** What is done about damage. */
export interface DamageOptions {
  /**
   * `'throw'` (default) ends reading with a DataLossError. `'skip'` passes over the damaged record, and where its length
   * is not to be trusted over all bytes up to the next header whose checksum matches.
   */
  readonly onError?: 'throw' | 'skip' | undefined
  /** How many spans may be skipped before the next one is an error after all; default Infinity. */
  readonly maxSkipped?: number | undefined
  /** Called for each span that was skipped. */
  readonly onSkip?: ((span: SkippedSpan) => void) | undefined
}

/** How a file is read. */
export interface RecordReaderOptions extends FrameOptions, DamageOptions {
  /** Bytes read at once; default 1 MiB. Longer records are read as one. */
  readonly chunkBytes?: number | undefined
  /** Where to begin, as given by `position`; default the start of the file. */
  readonly start?: RecordPosition | undefined
  /**
   * How the file is compressed; not at all by default. `'auto'` tells from its first bytes. Positions count bytes of what
   * was compressed, and going on from one decompresses all before it again.
   */
  readonly compression?: Compression | 'auto' | undefined
  /**
   * Whether memory is read into again: a record is then lent, and only valid until the next one is asked for. For loops
   * that are done with a record by then, with records of many kilobytes: that takes half the time or less. Chunks then
   * grow to 4 MiB where records are long. Default false: a record that is kept never changes.
   */
  readonly reuseMemory?: boolean | undefined
}

/**
 * The records of one TFRecord file, one `next()` at a time. The file is opened at the first call. Calls do not overlap:
 * after a promise, wait for it. A record stays valid for as long as it is kept, and keeps its whole chunk in memory; with
 * `reuseMemory` it is valid until the next one is asked for. `release(record)` gives a record back, one of less than
 * 16 KiB only before the next is asked for: memory of which all records were given back is read into again. Of a file of
 * long records up to three chunks are read ahead, else one.
 *
 * Unlike TensorFlow, which takes fewer than 12 bytes after the last record for the end, a file cut there is an error.
 *
 * @example
 * const reader = new RecordReader('train.tfrecord')
 * for (let record = await reader.next(); record !== undefined; record = await reader.next()) use(record)
 */
export class RecordReader {
  readonly #file: string
  readonly #chunks: ChunkReader
  readonly #memory: ChunkMemory
  readonly #frames: FrameScanner
  readonly #onError: 'throw' | 'skip'
  readonly #maxSkipped: number
  readonly #onSkip: ((span: SkippedSpan) => void) | undefined
  readonly #skipped: SkippedSpan[] = []
  /** What next() answers from now on: the end, or an error for ever. */
  #ended = false
  #failure: Error | undefined

  /**
   * @param file the path, or a source of bytes
   * @param memory where chunks lie; readers of one iteration share what is used again
   * @throws (from next and skip) NotFoundError and other named errors of the file system; DataLossError where the file
   *   is damaged or cut short, with the file, the record and its byte offset; CancelledError after close()
   */
  constructor(
    file: string | ByteSource,
    options: RecordReaderOptions = {},
    memory: ChunkMemory = options.reuseMemory === true ? new ReusedMemory() : new KeptMemory(),
  ) {
    const { chunkBytes = defaultChunkBytes, start, compression } = options
    const stored = typeof file === 'string' ? fileSource(file) : file
    this.#file = stored.file
    checkOptions('TFRecord', options, readerOptionNames)
    checkReaderOptions('TFRecord', options)
    const source =
      compression === undefined
        ? stored
        : decompressed(stored, compression === 'auto' ? recordCompression : compression)
    this.#frames = new FrameScanner(this.#file, options, start)
    this.#chunks = new ChunkReader(source, chunkBytes, start?.byteOffset ?? 0, memory)
    this.#memory = memory
    this.#onError = options.onError ?? 'throw'
    this.#maxSkipped = options.maxSkipped ?? Infinity
    this.#onSkip = options.onSkip
  }

  /** Opens the file and reads its first chunk, without waiting; a failure is that of the first next(). */
  prepare(): void {
    if (!this.#ended) this.#chunks.prepare()
  }

  /** The next record, undefined after the last; a promise only where bytes have to come from the file first. */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    this.#stopIfFailed()
    if (this.#ended) return undefined
    try {
      return this.#frames.advance() ? this.#take() : this.#nextLater()
    } catch (error) {
      if (this.#mayPass(error)) return this.#nextAfter(error)
      throw this.#fail(error)
    }
  }

  /**
   * Passes up to `count` records: their headers are checked, their data is neither checked nor, where that is possible,
   * read (with `onError: 'skip'` it is, for a damaged record is none). Gives how many were passed, fewer than `count`
   * only at the end of the file.
   */
  skip(count: number): number | Promise<number> {
    this.#stopIfFailed()
    checkCount('skip', 'count', count)
    if (this.#ended) return 0
    if (this.#onError === 'skip') return this.#readOver(count)
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

  /** Whether all bytes of the file were read, so that what is left of it comes from memory. */
  get nearEnd(): boolean {
    return this.#ended || this.#chunks.readAll
  }

  /** What was skipped because it is damaged, with `onError: 'skip'`. */
  get skipped(): readonly SkippedSpan[] {
    return this.#skipped
  }

  /** File, number and byte offset of the record last delivered, for the errors of whoever works on it. */
  where(): ErrorContext {
    return this.#frames.where()
  }

  /** Stops reading and closes the file, once a read in flight has settled. May be called at any time and again. */
  close(): Promise<void> {
    const closed = new CancelledError(`the reader of ${this.#file} was closed.`, { file: this.#file })
    if (!this.#ended) this.#fail(closed)
    return this.#chunks.close(closed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #take(): Uint8Array {
    const record = this.#frames.take()
    this.#memory.handOut(record, this.#frames.buffer)
    return record
  }

  async #nextLater(): Promise<Uint8Array | undefined> {
    for (;;) {
      try {
        while (!this.#frames.advance()) {
          if (!(await this.#refill())) return undefined
        }
        return this.#take()
      } catch (error) {
        if (!this.#mayPass(error)) throw this.#fail(error)
        await this.#pass(error)
      }
    }
  }

  async #nextAfter(error: DataLossError): Promise<Uint8Array | undefined> {
    await this.#pass(error)
    return this.#nextLater()
  }

  async #skipLater(count: number, passed: number): Promise<number> {
    try {
      while (passed < count) {
        if (this.#frames.frameEnd >= 0 && (await this.#chunks.jump(this.#frames.frameEnd))) {
          this.#frames.jump()
          passed++
        } else if (!(await this.#refill())) break
        while (passed < count && this.#frames.advance()) passed++
      }
      return passed
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async #readOver(count: number): Promise<number> {
    for (let passed = 0; ; passed++) {
      if (passed === count) return passed
      const pulled = this.next()
      if ((pulled instanceof Promise ? await pulled : pulled) === undefined) return passed
    }
  }

  /** Gives the scanner more bytes, and starts the next read; false at the end of the file. */
  async #refill(): Promise<boolean> {
    if (await this.#more(this.#frames.missing)) return true
    const cut = this.#frames.cutShort()
    if (cut !== undefined) throw cut
    this.#ended = true
    this.#chunks.finish()
    await this.close()
    return false
  }

  async #more(missing: number): Promise<boolean> {
    const { window, at, end } = this.#frames
    const chunk = await this.#chunks.more(window, at, end, missing)
    this.#frames.limit(this.#chunks.fileBytes)
    if (chunk === undefined) return false
    this.#frames.open(chunk.bytes, chunk.start, chunk.end)
    return true
  }

  /** Whether an error is damage of one place in the file, which reading may pass. */
  #mayPass(error: unknown): error is DataLossError {
    return this.#onError === 'skip' && error instanceof DataLossError && error.record !== undefined
  }

  /** Goes to the next record after a damaged one, and reports what lies between. */
  async #pass(error: DataLossError): Promise<void> {
    try {
      const { record, byteOffset } = this.position
      if (this.#skipped.length >= this.#maxSkipped) throw tooMany(error, this.#maxSkipped)
      await resync(this.#frames, (missing) => this.#more(missing))
      const bytes = this.position.byteOffset - byteOffset
      const span = { file: this.#file, record, byteOffset, bytes, reason: error.message }
      this.#skipped.push(span)
      this.#onSkip?.(span)
    } catch (failure) {
      throw this.#fail(failure)
    }
  }

  #stopIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Makes `error` the answer to every later call, unless there is one, and closes the file. */
  #fail(error: unknown): Error {
    this.#failure ??= fileError(error, this.#file, 'cannot read')
    this.#ended = true
    this.#chunks.close(this.#failure).catch(ignore)
    return this.#failure
  }
}

/** The error for damage beyond the quota. */
export function tooMany(error: DataLossError, maxSkipped: number): DataLossError {
  const { file, record, byteOffset } = error
  const message = `${error.message} ${maxSkipped} damaged spans were skipped before it, as many as maxSkipped allows.`
  return new DataLossError(message, { file, record, byteOffset, cause: error })
}

function ignore(): void {
  // Whoever waits for the same promise gets the error.
}
