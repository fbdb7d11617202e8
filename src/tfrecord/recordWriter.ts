import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { checkCompression } from '../files/compressedFile.ts'
import type { Compression } from '../files/decompressed.ts'
import { filePath, type FilePath } from '../files/filePaths.ts'
import type { FileSystem } from '../files/fileSystem.ts'
import { publishAll } from '../files/publishAll.ts'
import { ExampleEncoder, type FeaturesInput } from './exampleEncoder.ts'
import { RecordFile, type RecordFileOptions } from '../records/recordFile.ts'

/** How records are written. */
export interface WriteOptions {
  /**
   * Bytes collected for a file before they are written; default 256 KiB, less where there are more than 16 shards.
   * About twice that is in memory for each file.
   */
  readonly bufferBytes?: number | undefined
  /** Whether to wait until the bytes are on the disk itself (fsync), to outlive a loss of power; default false. */
  readonly sync?: boolean | undefined
  /** How the file is compressed; not at all by default. */
  readonly compression?: Compression | undefined
  /** 0 (stored) to 9 (smallest); zlib's default, 6, where it is not given. */
  readonly compressionLevel?: number | undefined
  /** Whether an index for random access is written beside the file (`<file>.index`); default false. */
  readonly index?: boolean | undefined
  /** Called each time a block was written, and at the end. */
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined
}

/** What has been written so far. */
export interface WriteProgress {
  /** Records given to the writer. */
  readonly records: number
  /** Bytes that are in the files, frames included, before they are compressed. */
  readonly bytes: number
}

const defaultBufferBytes = 1 << 18

/**
 * Writes one TFRecord file, which appears under its name only when close() has succeeded (in place of an older one):
 * an error, abort() or a crash before that leaves no half file, and an older one as it was.
 *
 * `await using` gives the file up where its block is left without close(), as by a throw.
 *
 * @example
 * await using writer = await TFRecordWriter.create('train.tfrecord')
 * for (const { image, label } of samples) await writer.write({ image, label })
 * await writer.close()
 */
export class TFRecordWriter {
  readonly #file: RecordFile<FeaturesInput>
  readonly #onProgress: ((progress: WriteProgress) => void) | undefined
  #closing: Promise<void> | undefined

  private constructor(file: RecordFile<FeaturesInput>, options: WriteOptions) {
    this.#file = file
    this.#onProgress = options.onProgress
  }

  /**
   * Starts a file.
   *
   * @param path its name; the folder has to exist
   * @param system the file system; replaced in tests
   * @throws NotFoundError, PermissionDeniedError and other named errors where the file cannot be created
   */
  static async create(path: FilePath, options: WriteOptions = {}, system?: FileSystem): Promise<TFRecordWriter> {
    checkWriteOptions('TFRecordWriter', options)
    const name = filePath('TFRecordWriter', 'path', path)
    const encoder = new ExampleEncoder({ keepKinds: true })
    const onBlock = (): void => {
      options.onProgress?.({ records: file.records, bytes: file.bytes })
    }
    const file = await RecordFile.create(name, encoder, fileOptions('TFRecordWriter', options, onBlock), system)
    return new TFRecordWriter(file, options)
  }

  /** Records given to write() so far. */
  get records(): number {
    return this.#file.records
  }

  /**
   * Adds one record: its bytes, or the features of a tf.train.Example (see toFeature; plain numbers keep the kind that
   * the feature has in the first record). Both are copied before it returns.
   *
   * @returns a promise where the file has to catch up; wait for it before the next call, else memory grows
   * @throws InvalidArgumentError naming the feature that cannot be stored, with nothing written;
   *   ResourceExhaustedError where the disk is full, and other named errors, after which the file is given up;
   *   FailedPreconditionError after close()
   */
  write(record: Uint8Array | FeaturesInput): void | Promise<void> {
    return this.#file.write(record)
  }

  /** Writes what is left and gives the file its name; where that fails, gives the file up and throws. */
  close(): Promise<void> {
    return (this.#closing ??= this.#finish())
  }

  /** Gives the file up: nothing appears under its name. After close() it does nothing, and close() after it throws. */
  abort(): Promise<void> {
    return this.#closing === undefined ? this.#file.discard() : this.#closing.catch(ignore)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort()
  }

  async #finish(): Promise<void> {
    try {
      await this.#file.finish()
      await publishAll(this.#file.files)
    } catch (error) {
      await this.#file.discard()
      throw error
    }
    this.#onProgress?.({ records: this.#file.records, bytes: this.#file.bytes })
  }
}

/** The options of one file, with defaults filled in. */
export function fileOptions(
  operation: string,
  options: WriteOptions,
  onBlock: () => void,
  defaultBytes: number = defaultBufferBytes,
): RecordFileOptions {
  const { bufferBytes = defaultBytes, sync = false, compression, compressionLevel, index = false } = options
  checkCount(operation, 'bufferBytes', bufferBytes, { min: 1, max: 1 << 30 })
  return { bufferBytes, sync, compression, compressionLevel, index, onBlock }
}

const names = ['bufferBytes', 'sync', 'compression', 'compressionLevel', 'index', 'onProgress']

/** Refuses options that cannot be, and appending, which nobody who reads the file could notice. */
export function checkWriteOptions(operation: string, options: WriteOptions, more: readonly string[] = []): void {
  if (Object.hasOwn(Object(options) as object, 'append')) {
    throw new FailedPreconditionError(`${operation}: records cannot be added to a file that exists.`, {
      hint:
        'A file is published whole, so that its readers, its index and saved states stay right: write the new records ' +
        'to another file, and read both, or join them with `millrace tfrecord merge`.',
    })
  }
  checkOptions(operation, options, [...names, ...more])
  checkBoolean(operation, 'sync', options.sync ?? false)
  checkCompression(operation, options.compression, options.compressionLevel)
  if (checkBoolean(operation, 'index', options.index ?? false) && options.compression !== undefined) {
    throw new InvalidArgumentError(`${operation}: a compressed file has no index.`, {
      hint: 'No record in it can be reached without decompressing all before it: leave out index or compression.',
    })
  }
}

function ignore(): void {
  // close() has thrown it already.
}
