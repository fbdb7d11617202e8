import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FailedPreconditionError, fileError } from '../core/errors.ts'
import { errorCode, nodeFileSystem, type FileSystem, type WritableFile } from './fileSystem.ts'
import { followLinks } from './followLinks.ts'

/** Makes temporary names differ within this thread; those of other threads and processes are found by trying. */
let serial = 0

/**
 * A file that appears under its name only when it is whole. Until then its bytes are in a hidden file beside it, so
 * that publishing is one rename; whatever goes wrong before that leaves the name as it was. An older file under the
 * name can be kept aside (`keepOlder`), so that `withdraw` brings it back after the rename too. Where the name is a symbolic
 * link, all that happens where it leads, and the link stays.
 */
export class AtomicFile {
  readonly #temporary: string
  readonly #file: WritableFile
  readonly #system: FileSystem
  #path: string
  #target: string | undefined
  #state: 'open' | 'closed' | 'published' | 'gone' = 'open'
  #sync = false
  /** Whether keepOlder() was called, and the second name of the older file if there was one. */
  #kept = false
  #older: string | undefined

  private constructor(path: string, temporary: string, file: WritableFile, system: FileSystem) {
    this.#path = path
    this.#temporary = temporary
    this.#file = file
    this.#system = system
  }

  /** @throws NotFoundError where the folder does not exist, and other named errors of the file system */
  static async create(path: string, system: FileSystem = nodeFileSystem): Promise<AtomicFile> {
    const target = await followLinks(path)
    for (;;) {
      const temporary = hidden(target, 'tmp')
      try {
        return new AtomicFile(path, temporary, await system.open(temporary, 'wx'), system)
      } catch (error) {
        if (errorCode(error) === 'EEXIST') continue
        throw fileError(error, target, 'cannot create')
      }
    }
  }

  /** The name that the file has, or will have. */
  get path(): string {
    return this.#path
  }

  /** Whether its bytes and its name are put on the disk itself. */
  get syncs(): boolean {
    return this.#sync
  }

  /** Where its bytes are until it is published. */
  get temporary(): string {
    return this.#temporary
  }

  /** Gives it another name in the same folder; before keepOlder and publish. */
  nameAs(path: string): void {
    this.#path = path
  }

  /** Appends `bytes[0, length)`; calls must not overlap. */
  async write(bytes: Uint8Array, length: number): Promise<void> {
    try {
      for (let done = 0; done < length;) {
        done += (await this.#file.write(bytes, done, length - done)).bytesWritten
      }
    } catch (error) {
      throw fileError(error, this.#path, 'cannot write')
    }
  }

  /** Ends writing; the file is complete but not under its name yet. With `sync`, it also is on the disk. */
  async finish(sync: boolean): Promise<void> {
    try {
      this.#sync = sync
      if (sync) await this.#file.sync()
      this.#state = 'closed'
      await this.#file.close()
    } catch (error) {
      throw fileError(error, this.#path, 'cannot finish')
    }
  }

  /** Gives an older file under the name a second name, which takes no copy where the file system has links. */
  async keepOlder(): Promise<void> {
    this.#kept = true
    const target = await this.#follow()
    await this.#checkOlder(target)
    for (;;) {
      const aside = hidden(target, 'old')
      try {
        await this.#system.link(target, aside)
        this.#older = aside
        return
      } catch (error) {
        if (errorCode(error) === 'EEXIST') continue
        if (errorCode(error) === 'ENOENT') return
        return this.#copyOlder(target, aside)
      }
    }
  }

  /**
   * Puts the finished file under its name, in place of one that has it already.
   *
   * @throws FailedPreconditionError where a folder or a device has the name
   */
  async publish(): Promise<void> {
    const target = await this.#follow()
    await this.#checkOlder(target)
    try {
      await this.#system.rename(this.#temporary, target)
      this.#state = 'published'
      if (this.#sync) await this.#system.syncFolder(dirname(target))
    } catch (error) {
      throw fileError(error, this.#path, 'cannot rename a temporary file to')
    }
  }

  /** Undoes publish() after keepOlder(): the older file has its name again, or nothing has. */
  async withdraw(): Promise<void> {
    if (this.#state !== 'published' || !this.#kept) return
    this.#state = 'gone'
    const older = this.#older
    this.#older = undefined
    const target = await this.#follow()
    await (older === undefined ? this.#system.unlink(target) : this.#system.rename(older, target))
  }

  /** Lets the older file go; never fails, since the new one is in place or the failure is known. */
  async forgetOlder(): Promise<void> {
    const older = this.#older
    this.#older = undefined
    if (older !== undefined) await this.#system.unlink(older).catch(ignore)
  }

  /** Removes the temporary file, if it is still there; never fails, since it follows another failure. */
  async discard(): Promise<void> {
    const state = this.#state
    if (state === 'gone' || state === 'published') return
    this.#state = 'gone'
    if (state === 'open') await this.#file.close().catch(ignore)
    await this.#system.unlink(this.#temporary).catch(ignore)
  }

  /** Where the name leads: the same from when that is first of importance. */
  async #follow(): Promise<string> {
    this.#target ??= await followLinks(this.#path)
    return this.#target
  }

  async #checkOlder(target: string): Promise<void> {
    const older = await stat(target).catch(() => undefined)
    if (older !== undefined && !older.isFile()) throw notReplaced(this.#path, older)
  }

  async #copyOlder(target: string, aside: string): Promise<void> {
    try {
      await this.#system.copyFile(target, aside)
      this.#older = aside
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return
      await this.#system.unlink(aside).catch(ignore)
      throw fileError(error, this.#path, 'cannot keep aside the older')
    }
  }
}

function hidden(path: string, kind: 'tmp' | 'old'): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${serial++}.${kind}`)
}

/** A rename would take the place of a device such as /dev/stdout, which nothing but root may do, and nobody wants. */
function notReplaced(path: string, older: Stats): FailedPreconditionError {
  const what = older.isDirectory() ? 'a folder' : 'a device, a pipe or a socket'
  return new FailedPreconditionError(`cannot write ${path}, which is ${what}.`, {
    file: path,
    hint: 'Name a file: it is written beside its place, and then renamed.',
  })
}

function ignore(): void {
  // The error that led here is the one to report.
}
