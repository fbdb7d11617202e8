import { checkCount } from '../core/checks.ts'
import { CancelledError } from '../core/errors.ts'
import type { FileSystem } from '../files/atomicFile.ts'
import { publishAll } from '../files/publishAll.ts'
import { ExampleEncoder, type FeaturesInput } from './exampleEncoder.ts'
import { RecordFile } from '../records/recordFile.ts'
import { fileOptions, type WriteOptions, type WriteProgress } from './recordWriter.ts'

/** How a set of records is written. */
export interface WriteTFRecordsOptions extends WriteOptions {
  /** Number of files, named `path-00000-of-00010` and so on; by default one file, named `path`. */
  readonly shards?: number | undefined
  /** Stops the writing; no file appears then. */
  readonly signal?: AbortSignal | undefined
}

/** What was written. */
export interface WrittenTFRecords extends WriteProgress {
  /** The files, in the order of their numbers. */
  readonly files: readonly string[]
}

/**
 * Writes all records, to one file or in turn to several: record i goes to file i mod `shards`. No file appears before
 * all of them are whole; where anything fails (the records themselves, the disk), none does.
 *
 * @param path name of the file, or what the names of the shards begin with; the folder has to exist
 * @param records bytes, or features of tf.train.Examples, from any iterable, so a Dataset as well
 * @param system the file system; replaced in tests
 * @throws what TFRecordWriter throws; CancelledError where the signal stopped it; and what `records` throws
 *
 * @example
 * await writeTFRecords('train.tfrecord', dataset, { shards: 10 }) // train.tfrecord-00000-of-00010 and nine more
 */
export async function writeTFRecords(
  path: string,
  records: Iterable<Uint8Array | FeaturesInput> | AsyncIterable<Uint8Array | FeaturesInput>,
  options: WriteTFRecordsOptions = {},
  system?: FileSystem,
): Promise<WrittenTFRecords> {
  const paths = shardPaths(path, options.shards)
  const encoder = new ExampleEncoder({ keepKinds: true })
  const files: RecordFile<FeaturesInput>[] = []
  const report = (): void => options.onProgress?.(sum(files))
  const perFile = fileOptions('writeTFRecords', options, report, bufferBytesFor(paths.length))
  try {
    for (const name of paths) files.push(await RecordFile.create(name, encoder, perFile, system))
    await writeAll(files, records, options.signal)
    for (const file of files) await file.finish()
    await publishAll(files)
  } catch (error) {
    for (const file of files) await file.discard()
    throw error
  }
  report()
  return { files: paths, ...sum(files) }
}

/**
 * The names of the files that `writeTFRecords` makes.
 *
 * @example
 * shardPaths('a.tfrecord', 2) // ['a.tfrecord-00000-of-00002', 'a.tfrecord-00001-of-00002']
 */
export function shardPaths(path: string, shards?: number): string[] {
  if (shards === undefined) return [path]
  checkCount('writeTFRecords', 'shards', shards, { min: 1 })
  const digits = (number: number): string => String(number).padStart(5, '0')
  return Array.from({ length: shards }, (_, i) => `${path}-${digits(i)}-of-${digits(shards)}`)
}

/** Buffers of all shards together stay at about 8 MiB, down to a size at which writing costs more than it should. */
function bufferBytesFor(files: number): number {
  return Math.max(1 << 14, Math.min(1 << 18, Math.floor((1 << 22) / files)))
}

async function writeAll(
  files: readonly RecordFile<FeaturesInput>[],
  records: Iterable<Uint8Array | FeaturesInput> | AsyncIterable<Uint8Array | FeaturesInput>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let count = 0
  const write = (record: Uint8Array | FeaturesInput): void | Promise<void> => {
    if (signal?.aborted === true) throw new CancelledError('writeTFRecords was stopped.', { cause: signal.reason })
    return files[count++ % files.length].write(record)
  }
  if (Symbol.asyncIterator in records) {
    for await (const record of records) {
      const wait = write(record)
      if (wait !== undefined) await wait
    }
    return
  }
  // An await for each record would cost more than the record does.
  for (const record of records) {
    const wait = write(record)
    if (wait !== undefined) await wait
  }
}

function sum(files: readonly RecordFile<FeaturesInput>[]): WriteProgress {
  let records = 0
  let bytes = 0
  for (const file of files) {
    records += file.records
    bytes += file.bytes
  }
  return { records, bytes }
}
