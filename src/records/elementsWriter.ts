import { join } from 'node:path'
import type { Spec } from '../core/spec.ts'
import { AtomicDirectory, nodeDirectorySystem, type DirectorySystem } from '../files/atomicDirectory.ts'
import type { Compression } from '../files/decompressed.ts'
import { writeAtomically } from '../files/writeAtomically.ts'
import { elementRecordEncoder, type Boxed } from './elementRecord.ts'
import { metadataFile, metadataText } from './elementsMetadata.ts'
import { RecordFile } from './recordFile.ts'

/** How a folder of elements is written. */
export interface ElementsOptions {
  readonly shards: number
  readonly compression: Compression | undefined
  /** Called each time a block was written. */
  readonly onBlock?: () => void
}

/**
 * Writes a folder of elements (elementsMetadata.ts), which appears under its name only when it is whole. Memory: about
 * two buffers a shard, 8 MiB in all for up to 512 shards.
 */
export class ElementsWriter {
  readonly #directory: AtomicDirectory
  readonly #system: DirectorySystem
  readonly #compression: Compression | undefined
  readonly #shards: readonly RecordFile<Boxed>[]
  #elements = 0

  private constructor(
    directory: AtomicDirectory,
    system: DirectorySystem,
    compression: Compression | undefined,
    shards: readonly RecordFile<Boxed>[],
  ) {
    this.#directory = directory
    this.#system = system
    this.#compression = compression
    this.#shards = shards
  }

  /** @throws PermissionDeniedError, ResourceExhaustedError and other named errors of the file system */
  static async create(
    path: string,
    { shards, compression, onBlock = () => undefined }: ElementsOptions,
    system: DirectorySystem = nodeDirectorySystem,
  ): Promise<ElementsWriter> {
    const directory = await AtomicDirectory.create(path, system)
    const options = { bufferBytes: bufferBytesFor(shards), sync: false, onBlock }
    const files: RecordFile<Boxed>[] = []
    try {
      for (const name of shardNames(shards)) {
        const file = join(directory.temporary, name)
        files.push(await RecordFile.create(file, elementRecordEncoder(compression), options, system))
      }
    } catch (error) {
      for (const file of files) await file.discard()
      await directory.discard()
      throw error
    }
    return new ElementsWriter(directory, system, compression, files)
  }

  get elements(): number {
    return this.#elements
  }

  /** Bytes that are in the files. */
  get bytes(): number {
    return this.#shards.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /**
   * Adds an element, to the shard whose turn it is by default; it is copied before this returns. A promise where the
   * shard has to catch up: wait for it before the next call.
   */
  add(element: unknown, shard = this.#elements % this.#shards.length): void | Promise<void> {
    const written = this.#shards[shard].write({ element })
    this.#elements++
    return written
  }

  /** Makes the folder whole and gives it its name; false where another has it, which stays. */
  async commit(spec: Spec | undefined): Promise<boolean> {
    for (const file of this.#shards) await file.finish()
    for (const file of this.#shards) await file.publish()
    const names = shardNames(this.#shards.length)
    const shards = this.#shards.map(({ records, bytes }, i) => ({ file: names[i], elements: records, bytes }))
    const text = metadataText({ elements: this.#elements, spec, compression: this.#compression, shards })
    await writeAtomically(join(this.#directory.temporary, metadataFile), Buffer.from(text), this.#system)
    const published = await this.#directory.publish()
    if (!published) await this.#directory.discard()
    return published
  }

  /** Gives it up, once writes in flight are over; never fails. */
  async discard(): Promise<void> {
    for (const file of this.#shards) await file.discard()
    await this.#directory.discard()
  }
}

/** The names of the files of elements. */
export function shardNames(shards: number): string[] {
  const digits = (number: number): string => String(number).padStart(5, '0')
  return Array.from({ length: shards }, (_, i) => `${digits(i)}-of-${digits(shards)}.elements`)
}

function bufferBytesFor(files: number): number {
  return Math.max(1 << 13, Math.min(1 << 18, Math.floor((1 << 22) / files)))
}
