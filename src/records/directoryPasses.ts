import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { wrongArgument } from '../core/checks.ts'
import { FailedPreconditionError, fileError, NotFoundError } from '../core/errors.ts'
import type { PassStore, PassWriter } from '../core/keptPass.ts'
import { planKey } from '../core/planKey.ts'
import type { PlanNode } from '../core/stage.ts'
import { nodeDirectorySystem, removeDirectory, type DirectorySystem } from '../files/atomicDirectory.ts'
import type { Compression } from '../files/decompressed.ts'
import { ElementsCursor } from './elementsCursor.ts'
import { readMetadata } from './elementsMetadata.ts'
import { ElementsWriter } from './elementsWriter.ts'
import { runningProcess } from './runningProcess.ts'

/** Refuses anything but the name of a compression and undefined. */
export function checkCompression(operation: string, compression: unknown): Compression | undefined {
  if (compression === undefined || compression === 'GZIP' || compression === 'ZLIB') return compression
  throw wrongArgument(operation, 'compression', "'GZIP' or 'ZLIB'", compression)
}

/** How passes are kept on disk. */
export interface DirectoryPassesOptions {
  /** Stands for what the key of a plan cannot see. */
  readonly key: string
  readonly compression: Compression | undefined
  readonly shards: number
}

/**
 * Keeps passes in folders of elements, one for each input and seed, in a directory. A folder is named by a key of the
 * plan of the input; it appears whole, and is never changed. So any number of processes may read and write at once: of
 * those who made the same folder the first wins, and the others' is the same.
 */
export class DirectoryPasses<T> {
  readonly #directory: string
  readonly #options: DirectoryPassesOptions
  readonly #system: DirectorySystem

  constructor(directory: string, options: DirectoryPassesOptions, system: DirectorySystem = nodeDirectorySystem) {
    this.#directory = directory
    this.#options = options
    this.#system = system
  }

  store(input: PlanNode, seed: number): PassStore<T> {
    const path = async (): Promise<string> => join(this.#directory, `${await this.#key(input)}-${seed}`)
    return {
      read: async (index, state) => {
        const folder = await path()
        const hint = `Delete ${folder}, or call clear(), and it is made anew.`
        const metadata = await readMetadata(folder, hint).catch(ifMissing)
        if (metadata === undefined) return undefined
        // A state of another folder, as that of another compression, knows no place in this one.
        const marks = { folder: basename(folder) }
        const place = state?.folder === marks.folder ? state : undefined
        const cursor = new ElementsCursor<T>(folder, metadata, hint, place, marks)
        if (place === undefined && index > 0) await cursor.skip(index)
        return cursor
      },
      write: async () => {
        const folder = await path()
        return new FolderWriter(folder, input, await ElementsWriter.create(folder, this.#options, this.#system))
      },
    }
  }

  /** Removes what is kept of an input, under every seed, and what killed processes left of it. */
  async clear(input: PlanNode): Promise<void> {
    const key = await this.#key(input)
    for (const name of await this.#names()) {
      const abandoned = name.startsWith(`.${key}-`) && (name.endsWith('.removed') || runningProcess(name) === undefined)
      if (abandoned || name.startsWith(`${key}-`)) await removeDirectory(join(this.#directory, name), this.#system)
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#directory)
    } catch (error) {
      ifMissing(fileError(error, this.#directory, 'cannot read'))
      return []
    }
  }

  #key(input: PlanNode): Promise<string> {
    const { key, compression = '', shards } = this.#options
    return planKey(input, JSON.stringify([key, compression, shards]))
  }
}

class FolderWriter implements PassWriter<unknown> {
  readonly #folder: string
  readonly #input: PlanNode
  readonly #writer: ElementsWriter

  constructor(folder: string, input: PlanNode, writer: ElementsWriter) {
    this.#folder = folder
    this.#input = input
    this.#writer = writer
  }

  add(element: unknown): void | Promise<void> {
    return this.#writer.add(element)
  }

  async commit(): Promise<void> {
    if (await this.#writer.commit(this.#input.spec)) return
    // Another was faster, and kept the same elements.
    if ((await readMetadata(this.#folder).catch(ifMissing)) !== undefined) return
    throw new FailedPreconditionError(`${this.#folder} exists, but is none that was written here.`, {
      file: this.#folder,
      hint: 'Move it away.',
    })
  }

  discard(): Promise<void> {
    return this.#writer.discard()
  }
}

function ifMissing(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error
}
