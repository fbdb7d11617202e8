import { checkCount, checkFunction, checkSignal, wrongArgument } from '../core/checks.ts'
import { CancelledError, InvalidArgumentError } from '../core/errors.ts'
import { filePath, type FilePath } from '../files/filePaths.ts'
import type { FileSystem } from '../files/fileSystem.ts'
import { publishAll } from '../files/publishAll.ts'
import type { FeaturesInput } from './exampleEncoder.ts'
import { checkWriteOptions, type WriteOptions, type WriteProgress } from './recordWriter.ts'
import { mostShards, ShardFiles, type ShardKey } from './shardFiles.ts'

/** How a set of records is written. */
export interface WriteTFRecordsOptions extends WriteOptions {
  /** Number of files, named `path-00000-of-00010` and so on; by default one file, named `path`. */
  readonly shards?: number | undefined
  /**
   * Chooses the shard of each record, instead of dealing them out in turn: a text is hashed, a whole number taken modulo
   * `shards`. Records of one key are in one file, in order.
   */
  readonly shardBy?: ShardKey | undefined
  /** Instead of `shards`: a new file begins when the one at hand holds so many records. */
  readonly recordsPerShard?: number | undefined
  /** Instead of `shards`: a new file begins once the frames of the one at hand have so many bytes, uncompressed. */
  readonly bytesPerShard?: number | undefined
  /** Stops the writing, also while a record is waited for; no file appears then. */
  readonly signal?: AbortSignal | undefined
}

/** What was written. */
export interface WrittenTFRecords extends WriteProgress {
  /** The files, in the order of their numbers. */
  readonly files: readonly string[]
}

/**
 * Writes all records, to one file or to several: record i goes to file i mod `shards`, or where `shardBy`,
 * `recordsPerShard` or `bytesPerShard` say. No file appears before all of them are whole; where anything fails (the
 * records themselves, the disk, a rename), none does, and older files under the names are as they were.
 *
 * @param path name of the file, or what the names of the shards begin with; the folder has to exist
 * @param records bytes, or features of tf.train.Examples, from any iterable, so a Dataset as well
 * @param system the file system; replaced in tests
 * @throws what TFRecordWriter throws; CancelledError where the signal stopped it; and what `records` throws
 *
 * @example
 * const { files } = await writeTFRecords('train.tfrecord', dataset, { shards: 10 })
 * files[0] // 'train.tfrecord-00000-of-00010'
 */
export async function writeTFRecords(
  path: FilePath,
  records: Iterable<Uint8Array | FeaturesInput> | AsyncIterable<Uint8Array | FeaturesInput>,
  options: WriteTFRecordsOptions = {},
  system?: FileSystem,
): Promise<WrittenTFRecords> {
  checkShardOptions(options)
  checkRecords(records)
  const shards = new ShardFiles(filePath('writeTFRecords', 'path', path), options, system)
  try {
    await shards.open()
    await writeAll(shards, records, options.signal)
    const files = await shards.finish()
    await publishAll(files.flatMap((file) => file.files))
    options.onProgress?.(shards.progress())
    return { files: files.map((file) => file.path), ...shards.progress() }
  } catch (error) {
    await shards.discard()
    throw error
  }
}

function checkShardOptions(options: WriteTFRecordsOptions): void {
  checkWriteOptions('writeTFRecords', options, ['shards', 'shardBy', 'recordsPerShard', 'bytesPerShard', 'signal'])
  const { shards, shardBy, recordsPerShard, bytesPerShard } = options
  checkSignal('writeTFRecords', options.signal)
  if (shards !== undefined) checkCount('writeTFRecords', 'shards', shards, { min: 1, max: mostShards })
  const counts = { recordsPerShard, bytesPerShard }
  for (const [name, count] of Object.entries(counts)) {
    if (count !== undefined) checkCount('writeTFRecords', name, count, { min: 1 })
  }
  if (shards !== undefined && (recordsPerShard ?? bytesPerShard) !== undefined) {
    throw new InvalidArgumentError(
      'writeTFRecords: the number of shards follows from recordsPerShard or bytesPerShard.',
      {
        hint: 'Leave out shards.',
      },
    )
  }
  if (shardBy === undefined) return
  checkFunction('writeTFRecords', 'shardBy', shardBy)
  if (shards === undefined) {
    throw new InvalidArgumentError('writeTFRecords: shardBy chooses one of a number of shards.', {
      hint: 'Give shards.',
    })
  }
}

function checkRecords(records: unknown): void {
  const object = typeof records === 'object' && records !== null
  if (object && (Symbol.asyncIterator in records || Symbol.iterator in records)) return
  throw wrongArgument('writeTFRecords', 'records', 'a Dataset or another iterable of records', records)
}

type Records<R> = Iterable<R> | AsyncIterable<R>

async function writeAll<R extends Uint8Array | FeaturesInput>(
  shards: ShardFiles,
  records: Records<R>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const write = (record: R): void | Promise<void> => {
    if (signal?.aborted === true) throw stopped(signal)
    return shards.write(record)
  }
  if (Symbol.asyncIterator in records) {
    await (signal === undefined ? writeEach(records, write) : writeUntil(signal, records, write))
    return
  }
  // An await for each record would cost more than the record does.
  for (const record of records) {
    const wait = write(record)
    if (wait !== undefined) await wait
  }
}

async function writeEach<R>(records: AsyncIterable<R>, write: (record: R) => void | Promise<void>): Promise<void> {
  for await (const record of records) {
    const wait = write(record)
    if (wait !== undefined) await wait
  }
}

/** The same, but a record that does not come is waited for no longer than until the signal is aborted. */
async function writeUntil<R>(
  signal: AbortSignal,
  records: AsyncIterable<R>,
  write: (record: R) => void | Promise<void>,
): Promise<void> {
  let stop: (() => void) | undefined
  const onAbort = (): void => stop?.()
  const iterator = records[Symbol.asyncIterator]()
  const next = (): Promise<IteratorResult<R, unknown>> =>
    new Promise((resolve, reject) => {
      stop = () => reject(stopped(signal))
      if (signal.aborted) stop()
      else iterator.next().then(resolve, reject)
    })
  signal.addEventListener('abort', onAbort)
  try {
    for (let step = await next(); step.done !== true; step = await next()) {
      const wait = write(step.value)
      if (wait !== undefined) await wait
    }
  } catch (error) {
    const closing = iterator.return?.().catch(() => undefined)
    // One that is stuck would never answer.
    if (!signal.aborted) await closing
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function stopped(signal: AbortSignal): CancelledError {
  return new CancelledError('writeTFRecords was stopped.', { cause: signal.reason })
}
