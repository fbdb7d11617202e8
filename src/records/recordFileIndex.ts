/** Records of one file by their number, through an index beside it. */
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { DataLossError, FailedPreconditionError, fileError, OutOfRangeError } from '../core/errors.ts'
import { errorCode } from '../files/fileSystem.ts'
import { writeAtomically } from '../files/writeAtomically.ts'
import { crc32c } from './crc32c.ts'
import { FrameScanner, type FrameOptions, type RecordPosition } from './frameScanner.ts'
import { footerBytes } from './framing.ts'
import { decodeIndex, encodeIndex, IndexBuilder, sampledRecords, type RecordIndex } from './recordIndex.ts'
import { RecordReader } from './recordReader.ts'

/** How a file is opened for random access. */
export interface IndexOptions extends FrameOptions {
  /**
   * What to do where the index is missing or stale: `'memory'` (default) builds one by a scan and keeps it in memory,
   * `'write'` also writes it beside the file, `'refuse'` is a FailedPreconditionError.
   */
  readonly missing?: 'memory' | 'write' | 'refuse' | undefined
}

/** How an index is built. */
export interface BuildIndexOptions extends FrameOptions {
  /** Called from time to time with the bytes of the file that were read. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

const frameOptions = ['checksums', 'maxRecordBytes']

/** The name of a file's index. */
export function indexPath(file: string): string {
  return `${file}.index`
}

/**
 * Reads a file once, with both checksums, and writes its index beside it.
 *
 * @returns the number of records
 * @throws DataLossError where the file is damaged, or compressed; then there is no index
 */
export async function buildIndex(file: string, options: BuildIndexOptions = {}): Promise<number> {
  checkOptions('buildIndex', options, [...frameOptions, 'onProgress'])
  const { onProgress, ...frames } = options
  const bytes = await sealIndex(file, await scan(file, frames, onProgress))
  await writeAtomically(indexPath(file), bytes)
  return decodeIndex(bytes, indexPath(file)).offsets.length - 1
}

/** The index of a file that is whole, as bytes. */
export async function sealIndex(file: string, lengths: IndexBuilder): Promise<Uint8Array> {
  const offsets = lengths.offsets()
  const handle = await open(file)
  try {
    const fingerprint = await fingerprintOf(handle, offsets)
    return encodeIndex({ fileBytes: offsets[offsets.length - 1], fingerprint, offsets })
  } finally {
    await handle.close()
  }
}

/**
 * The records of one TFRecord file by number. `read` takes one read of the file system and checks both checksums; calls
 * may overlap. Memory: 8 bytes a record.
 *
 * @example
 * await using records = await RecordFileIndex.open('train.tfrecord')
 * const middle = await records.read(records.length >> 1)
 */
export class RecordFileIndex {
  readonly file: string
  readonly #handle: FileHandle
  readonly #offsets: Float64Array
  readonly #options: FrameOptions
  #closing: Promise<void> | undefined

  private constructor(file: string, handle: FileHandle, offsets: Float64Array, options: FrameOptions) {
    this.file = file
    this.#handle = handle
    this.#offsets = offsets
    this.#options = options
  }

  /**
   * Opens a file and its index. An index that does not belong to the file as it is (its size differs, or the stored
   * checksums of 16 of its records) is stale, and treated as if it were missing.
   *
   * @throws NotFoundError where the file does not exist; DataLossError where it is damaged or compressed and has no index;
   *   FailedPreconditionError where the index is missing or stale and `missing` is `'refuse'`
   */
  static async open(file: string, options: IndexOptions = {}): Promise<RecordFileIndex> {
    checkOptions('RecordFileIndex', options, [...frameOptions, 'missing'])
    if (!['memory', 'write', 'refuse'].includes(options.missing ?? 'memory')) {
      throw wrongArgument('RecordFileIndex', 'missing', "'memory', 'write' or 'refuse'", options.missing)
    }
    let handle
    try {
      handle = await open(file)
      const offsets = await offsetsOf(file, handle, options)
      return new RecordFileIndex(file, handle, offsets, options)
    } catch (error) {
      await handle?.close()
      throw fileError(error, file, 'cannot open')
    }
  }

  /** Number of records. */
  get length(): number {
    return this.#offsets.length - 1
  }

  /** Where record `i` begins: `start` of a RecordReader that goes on from it; `length` is the end of the file. */
  position(i: number): RecordPosition {
    checkCount('RecordFileIndex', 'i', i)
    if (i > this.length) throw this.#outOfRange(i)
    return { record: i, byteOffset: this.#offsets[i] }
  }

  /**
   * The data of record `i`, in memory of its own.
   *
   * @throws OutOfRangeError beyond the last; DataLossError where the record is damaged, or is not where the index says
   */
  async read(i: number): Promise<Uint8Array> {
    const { byteOffset } = this.position(i)
    if (i === this.length) throw this.#outOfRange(i)
    const end = this.#offsets[i + 1]
    const frame = new Uint8Array(end - byteOffset)
    const frames = new FrameScanner(this.file, this.#options, { record: i, byteOffset })
    await readAt(this.#handle, this.file, frame, byteOffset)
    frames.limit(end)
    frames.open(frame)
    if (!frames.advance() || frames.at !== frame.length) throw this.#moved(i, byteOffset)
    return frames.take()
  }

  /** Closes the file; may be called again. */
  close(): Promise<void> {
    return (this.#closing ??= this.#handle.close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #outOfRange(i: number): OutOfRangeError {
    return new OutOfRangeError(`${this.file} has ${this.length} records, and record ${i} was asked for.`, {
      file: this.file,
      record: i,
    })
  }

  #moved(record: number, byteOffset: number): DataLossError {
    const { file } = this
    return new DataLossError(`${file}: record ${record} at byte ${byteOffset} is not as long as the index says.`, {
      file,
      record,
      byteOffset,
      hint: 'The file was changed after its index was read.',
    })
  }
}

/** The offsets of the index beside the file, or of one made now. */
async function offsetsOf(file: string, handle: FileHandle, options: IndexOptions): Promise<Float64Array> {
  const stored = await readIndex(file, options.missing === 'refuse')
  if (stored !== undefined && (await belongs(stored, handle))) return stored.offsets
  if (options.missing === 'refuse') {
    throw new FailedPreconditionError(
      stored === undefined ? `${file} has no index.` : `the index of ${file} is stale: the file was changed after it.`,
      { file, hint: 'Build it with buildIndex or `millrace tfrecord index`.' },
    )
  }
  const { missing, ...frames } = options
  if (missing === 'write') await buildIndex(file, frames)
  const fresh = missing === 'write' ? await readIndex(file, true) : undefined
  return fresh?.offsets ?? (await scan(file, frames)).offsets()
}

/** The index beside a file; undefined where there is none, or a damaged one unless that is to be an error. */
async function readIndex(file: string, strict: boolean): Promise<RecordIndex | undefined> {
  const path = indexPath(file)
  try {
    return decodeIndex(await readFile(path), path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || (!strict && error instanceof DataLossError)) return undefined
    throw fileError(error, path, 'cannot read')
  }
}

async function belongs({ fileBytes, fingerprint, offsets }: RecordIndex, handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat()
  return size === fileBytes && (await fingerprintOf(handle, offsets)) === fingerprint
}

async function fingerprintOf(handle: FileHandle, offsets: Float64Array): Promise<number> {
  const sampled = sampledRecords(offsets.length - 1)
  const checksums = new Uint8Array(footerBytes * sampled.length)
  for (const [k, i] of sampled.entries()) {
    await handle.read(checksums, k * footerBytes, footerBytes, offsets[i + 1] - footerBytes)
  }
  return crc32c(checksums)
}

async function scan(file: string, options: FrameOptions, onProgress?: (bytes: number) => void): Promise<IndexBuilder> {
  const lengths = new IndexBuilder()
  await using reader = new RecordReader(file, { ...options, reuseMemory: true })
  for (;;) {
    const pulled = reader.next()
    const waits = pulled instanceof Promise
    const record = waits ? await pulled : pulled
    if (record === undefined) return lengths
    lengths.add(record.length)
    if (waits) onProgress?.(reader.position.byteOffset)
  }
}

async function readAt(handle: FileHandle, file: string, into: Uint8Array, offset: number): Promise<void> {
  for (let filled = 0; filled < into.length;) {
    const { bytesRead } = await handle.read(into, filled, into.length - filled, offset + filled)
    if (bytesRead === 0) {
      const byteOffset = offset + filled
      throw new DataLossError(`${file} ends at byte ${byteOffset}, before it did when its index was made.`, {
        file,
        byteOffset,
        hint: 'Do not change a file while it is read.',
      })
    }
    filled += bytesRead
  }
}
