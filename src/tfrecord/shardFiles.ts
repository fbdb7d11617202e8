import { checkCount, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { FileSystem } from '../files/fileSystem.ts'
import { crc32c } from '../records/crc32c.ts'
import { RecordFile } from '../records/recordFile.ts'
import { ExampleEncoder, type FeaturesInput } from './exampleEncoder.ts'
import { fileOptions, type WriteOptions, type WriteProgress } from './recordWriter.ts'

/** Chooses a shard: records for which it gives the same text, or numbers equal modulo the shards, are in one file. */
export type ShardKey = (record: Uint8Array | FeaturesInput, index: number) => string | number

/** How records are divided among files; nothing at all is one file under the path itself. */
export interface ShardOptions extends WriteOptions {
  readonly shards?: number | undefined
  readonly shardBy?: ShardKey | undefined
  readonly recordsPerShard?: number | undefined
  readonly bytesPerShard?: number | undefined
}

/** The names of shards have five digits. */
export const mostShards = 99_999

/**
 * The names of the files that `writeTFRecords` makes.
 *
 * @example
 * shardPaths('a.tfrecord', 2) // ['a.tfrecord-00000-of-00002', 'a.tfrecord-00001-of-00002']
 */
export function shardPaths(path: string, shards?: number): string[] {
  if (shards === undefined) return [path]
  checkCount('writeTFRecords', 'shards', shards, { min: 1, max: mostShards })
  const digits = (number: number): string => String(number).padStart(5, '0')
  return Array.from({ length: shards }, (_, i) => `${path}-${digits(i)}-of-${digits(shards)}`)
}

/**
 * The files that a set of records goes to. Their number is known from the start and all are open, or it is known only at
 * the end: then one is open at a time, and they get their names when the last is finished.
 */
export class ShardFiles {
  readonly #path: string
  readonly #options: ShardOptions
  readonly #system: FileSystem | undefined
  readonly #encoder = new ExampleEncoder({ keepKinds: true })
  readonly #files: RecordFile<FeaturesInput>[] = []
  readonly #rolling: boolean
  #count = 0

  constructor(path: string, options: ShardOptions, system: FileSystem | undefined) {
    this.#path = path
    this.#options = options
    this.#system = system
    this.#rolling = (options.recordsPerShard ?? options.bytesPerShard) !== undefined
  }

  async open(): Promise<void> {
    const paths = this.#rolling ? [this.#path] : shardPaths(this.#path, this.#options.shards)
    for (const path of paths) this.#files.push(await this.#create(path, paths.length))
  }

  /** Adds a record to its file; a promise where a file has to catch up. */
  write(record: Uint8Array | FeaturesInput): void | Promise<void> {
    const index = this.#count++
    if (!this.#rolling) return add(this.#files[this.#shardOf(record, index)], record, index)
    const { recordsPerShard = Infinity, bytesPerShard = Infinity } = this.#options
    const last = this.#files[this.#files.length - 1]
    if (last.records < recordsPerShard && last.taken < bytesPerShard) return add(last, record, index)
    return this.#roll(last, record, index)
  }

  /** Finishes all files, which then have the names that they will be published under. */
  async finish(): Promise<readonly RecordFile<FeaturesInput>[]> {
    const files = this.#files
    for (const file of this.#rolling ? files.slice(-1) : files) await file.finish()
    if (this.#rolling) {
      const paths = shardPaths(this.#path, files.length)
      for (const [i, file] of files.entries()) file.nameAs(paths[i])
    }
    return files
  }

  async discard(): Promise<void> {
    for (const file of this.#files) await file.discard()
  }

  progress(): WriteProgress {
    let records = 0
    let bytes = 0
    for (const file of this.#files) {
      records += file.records
      bytes += file.bytes
    }
    return { records, bytes }
  }

  #shardOf(record: Uint8Array | FeaturesInput, index: number): number {
    const { shardBy } = this.#options
    const shards = this.#files.length
    if (shardBy === undefined) return index % shards
    const key: unknown = shardBy(record, index)
    if (typeof key === 'string') return crc32c(new TextEncoder().encode(key)) % shards
    if (Number.isSafeInteger(key)) return checkCount('writeTFRecords', 'the key of a record', key) % shards
    throw wrongArgument('writeTFRecords', `the key of record ${index}`, 'text or a whole number', key)
  }

  async #roll(full: RecordFile<FeaturesInput>, record: Uint8Array | FeaturesInput, index: number): Promise<void> {
    await full.finish()
    const next = await this.#create(this.#path, 1)
    this.#files.push(next)
    await add(next, record, index)
  }

  #create(path: string, files: number): Promise<RecordFile<FeaturesInput>> {
    const report = (): void => this.#options.onProgress?.(this.progress())
    const options = fileOptions('writeTFRecords', this.#options, report, bufferBytesFor(files))
    return RecordFile.create(path, this.#encoder, options, this.#system)
  }
}

/** Gives a record to its file; one that cannot be stored is named by its number. */
function add(file: RecordFile<FeaturesInput>, record: Uint8Array | FeaturesInput, index: number): void | Promise<void> {
  try {
    return file.write(record)
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause
    throw new InvalidArgumentError(`writeTFRecords: record ${index}: ${cause.message}`, { index, cause })
  }
}

/** Buffers of all shards together stay at about 8 MiB, down to a size at which writing costs more than it should. */
function bufferBytesFor(files: number): number {
  return Math.max(1 << 14, Math.min(1 << 18, Math.floor((1 << 22) / files)))
}
