/**
 * One file of records being written. A record is serialized where it will lie in a block and its frame closed round it;
 * a full block is written while the next one fills. So a byte is copied once, into its block.
 *
 * Invariants: at most one block is being written, and nobody touches it; nothing is published after a failure.
 */
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { AtomicFile } from '../files/atomicFile.ts'
import { CompressedFile, type BlockSink } from '../files/compressedFile.ts'
import type { Compression } from '../files/decompressed.ts'
import type { FileSystem } from '../files/fileSystem.ts'
import { IndexBuilder } from './recordIndex.ts'
import { indexPath, sealIndex } from './recordFileIndex.ts'
import { frameBytes, frameRecord, headerBytes, longestRecordBytes, sealFrame } from './framing.ts'

/** How one file is written. */
export interface RecordFileOptions {
  readonly bufferBytes: number
  readonly sync: boolean
  readonly compression?: Compression | undefined
  readonly compressionLevel?: number | undefined
  /** Whether an index is written beside it. */
  readonly index?: boolean | undefined
  /** Called after each block. */
  readonly onBlock: () => void
}

/** Serializes values as records in two steps, so that a buffer can be made just long enough. */
export interface RecordEncoder<in V> {
  /** Bytes of the value's record; the next `write` writes it. */
  measure(value: V): number
  /** Writes the record measured last at `at`, where there is room for it. */
  write(into: Uint8Array, at: number): void
}

/** Room in a block beyond the size at which it is written, so that the last record of it mostly fits. */
const slackBytes = 1 << 14

export class RecordFile<V> {
  /** Records taken so far, bytes of their frames, and bytes of frames that were written. */
  records = 0
  taken = 0
  bytes = 0
  readonly #file: AtomicFile
  readonly #sink: BlockSink
  readonly #system: FileSystem | undefined
  readonly #lengths: IndexBuilder | undefined
  #index: AtomicFile | undefined
  readonly #encoder: RecordEncoder<V>
  readonly #options: RecordFileOptions
  /** The block being filled up to `used`, and the one being written or free. */
  #block: Uint8Array
  #other: Uint8Array
  #used = 0
  /** The write in flight; it never rejects, but sets `failure`. */
  #writing: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #open = true

  private constructor(
    file: AtomicFile,
    encoder: RecordEncoder<V>,
    options: RecordFileOptions,
    system: FileSystem | undefined,
  ) {
    const { compression, compressionLevel } = options
    this.#file = file
    this.#sink = compression === undefined ? file : new CompressedFile(file, compression, compressionLevel)
    this.#system = system
    this.#lengths = options.index === true ? new IndexBuilder() : undefined
    this.#encoder = encoder
    this.#options = options
    this.#block = new Uint8Array(options.bufferBytes + slackBytes)
    this.#other = new Uint8Array(options.bufferBytes + slackBytes)
  }

  static async create<V>(
    path: string,
    encoder: RecordEncoder<V>,
    options: RecordFileOptions,
    system?: FileSystem,
  ): Promise<RecordFile<V>> {
    return new RecordFile(await AtomicFile.create(path, system), encoder, options, system)
  }

  /** The name that the file has, or will have. */
  get path(): string {
    return this.#file.path
  }

  /** What is to be published together, once it is finished: the file, and its index after it. */
  get files(): readonly AtomicFile[] {
    return this.#index === undefined ? [this.#file] : [this.#file, this.#index]
  }

  /** Gives it another name in the same folder, before it is published. */
  nameAs(path: string): void {
    this.#file.nameAs(path)
    this.#index?.nameAs(indexPath(path))
  }

  /** Adds a record, as it is or to be encoded; a promise where both blocks are full. */
  write(record: Uint8Array | V): void | Promise<void> {
    this.#check()
    const start = this.#used
    if (record instanceof Uint8Array) {
      if (record.length > longestRecordBytes) throw tooLong(this.path, record.length)
      this.#reserve(record.length + frameBytes)
      this.#used = frameRecord(record, this.#block, this.#used)
    } else {
      const length = this.#encoder.measure(record)
      this.#reserve(length + frameBytes)
      this.#encoder.write(this.#block, this.#used + headerBytes)
      this.#used = sealFrame(this.#block, this.#used, length)
    }
    this.records++
    this.taken += this.#used - start
    this.#lengths?.add(this.#used - start - frameBytes)
    if (this.#used < this.#options.bufferBytes) return
    if (this.#writing !== undefined) return this.#drain()
    this.#writeBlock()
  }

  /** Writes what is left and closes the file, which has its name only once `files` are published. */
  async finish(): Promise<void> {
    this.#check()
    this.#open = false
    await this.#settle()
    if (this.#used > 0) this.#writeBlock()
    await this.#settle()
    await this.#sink.finish(this.#options.sync)
    if (this.#lengths !== undefined) await this.#writeIndex(this.#lengths)
  }

  /** Gives the file up, once a write in flight is over; it never fails. */
  async discard(): Promise<void> {
    this.#open = false
    await this.#writing
    await this.#sink.discard()
    await this.#index?.discard()
  }

  async #writeIndex(lengths: IndexBuilder): Promise<void> {
    const bytes = await sealIndex(this.#file.temporary, lengths)
    this.#index = await AtomicFile.create(indexPath(this.path), this.#system)
    await this.#index.write(bytes, bytes.length)
    await this.#index.finish(this.#options.sync)
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#open) return
    throw new FailedPreconditionError(`the writer of ${this.path} is closed.`, { file: this.path })
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes
    if (needed <= this.#block.length) return
    const longer = new Uint8Array(Math.max(needed, 2 * this.#block.length))
    longer.set(this.#block.subarray(0, this.#used))
    this.#block = longer
  }

  /** Starts writing the block and goes on in the other one. */
  #writeBlock(): void {
    const full = this.#block
    const length = this.#used
    this.#block = this.#other
    this.#other = full
    this.#used = 0
    this.#writing = this.#writeOut(full, length)
  }

  async #writeOut(block: Uint8Array, length: number): Promise<void> {
    try {
      await this.#sink.write(block, length)
      this.bytes += length
      this.#options.onBlock()
    } catch (error) {
      this.#failure = { error }
      await this.#sink.discard()
    }
    this.#writing = undefined
  }

  async #drain(): Promise<void> {
    await this.#settle()
    if (this.#open && this.#used >= this.#options.bufferBytes) this.#writeBlock()
  }

  async #settle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

function tooLong(path: string, length: number): InvalidArgumentError {
  return new InvalidArgumentError(`a record of ${length} bytes is longer than the 2^31 - 1 that ${path} may hold.`, {
    file: path,
  })
}
