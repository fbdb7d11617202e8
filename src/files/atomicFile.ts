import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from '../core/errors.ts'

/** What is used of an open file. */
export interface WritableFile {
  write(bytes: Uint8Array, start: number, length: number): Promise<{ readonly bytesWritten: number }>
  sync(): Promise<void>
  close(): Promise<void>
}

/** What is used of the file system; replaced in tests. */
export interface FileSystem {
  open(path: string, flags: 'wx'): Promise<WritableFile>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
}

const nodeFileSystem: FileSystem = { open, rename, unlink }

/** Makes temporary names differ within this thread; those of other threads and processes are found by trying. */
let serial = 0

/**
 * A file that appears under its name only when it is whole. Until then its bytes are in a hidden file beside it, so
 * that publishing is one rename; whatever goes wrong before that leaves the name as it was.
 */
export class AtomicFile {
  readonly path: string
  readonly #temporary: string
  readonly #file: WritableFile
  readonly #system: FileSystem
  #state: 'open' | 'closed' | 'gone' = 'open'

  private constructor(path: string, temporary: string, file: WritableFile, system: FileSystem) {
    this.path = path
    this.#temporary = temporary
    this.#file = file
    this.#system = system
  }

  /** @throws NotFoundError where the folder does not exist, and other named errors of the file system */
  static async create(path: string, system: FileSystem = nodeFileSystem): Promise<AtomicFile> {
    for (;;) {
      const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${serial++}.tmp`)
      try {
        return new AtomicFile(path, temporary, await system.open(temporary, 'wx'), system)
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue
        throw fileError(error, path, 'cannot create')
      }
    }
  }

  /** Appends `bytes[0, length)`; calls must not overlap. */
  async write(bytes: Uint8Array, length: number): Promise<void> {
    try {
      for (let done = 0; done < length;) {
        done += (await this.#file.write(bytes, done, length - done)).bytesWritten
      }
    } catch (error) {
      throw fileError(error, this.path, 'cannot write')
    }
  }

  /** Ends writing; the file is complete but not under its name yet. With `sync`, it also is on the disk. */
  async finish(sync: boolean): Promise<void> {
    try {
      if (sync) await this.#file.sync()
      this.#state = 'closed'
      await this.#file.close()
    } catch (error) {
      throw fileError(error, this.path, 'cannot finish')
    }
  }

  /** Puts the finished file under its name, in place of one that has it already. */
  async publish(): Promise<void> {
    try {
      await this.#system.rename(this.#temporary, this.path)
      this.#state = 'gone'
    } catch (error) {
      throw fileError(error, this.path, 'cannot rename a temporary file to')
    }
  }

  /** Takes a published file away again. */
  async withdraw(): Promise<void> {
    await this.#system.unlink(this.path)
  }

  /** Removes the temporary file, if it is still there; never fails, since it follows another failure. */
  async discard(): Promise<void> {
    const state = this.#state
    if (state === 'gone') return
    this.#state = 'gone'
    if (state === 'open') await this.#file.close().catch(ignore)
    await this.#system.unlink(this.#temporary).catch(ignore)
  }
}

function ignore(): void {
  // The error that led here is the one to report.
}
