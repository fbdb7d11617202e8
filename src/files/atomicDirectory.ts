import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from '../core/errors.ts'
import { errorCode, nodeFileSystem, type FileSystem } from './fileSystem.ts'
import { makeFolder } from './makeFolder.ts'
import { followLinks } from './followLinks.ts'

/** What is used of the file system for folders; replaced in tests. */
export interface DirectorySystem extends FileSystem {
  mkdir(path: string): Promise<unknown>
  rm(path: string, options: { readonly recursive: true; readonly force: true }): Promise<void>
}

export const nodeDirectorySystem: DirectorySystem = { ...nodeFileSystem, mkdir, rm }

/** Makes temporary names differ within this thread; those of other threads and processes are found by trying. */
let serial = 0

/**
 * A folder that appears under its name only when it is whole. Until then its files are in a hidden folder beside it, so
 * that publishing is one rename.
 */
export class AtomicDirectory {
  readonly path: string
  /** Where the path leads, if it is a symbolic link. */
  readonly #target: string
  /** Where the files are to be put. */
  readonly temporary: string
  readonly #system: DirectorySystem

  private constructor(path: string, target: string, temporary: string, system: DirectorySystem) {
    this.path = path
    this.#target = target
    this.temporary = temporary
    this.#system = system
  }

  /** @throws PermissionDeniedError and other named errors of the file system */
  static async create(path: string, system: DirectorySystem = nodeDirectorySystem): Promise<AtomicDirectory> {
    const target = await followLinks(path)
    await makeFolder(dirname(target), (folder) => system.mkdir(folder))
    for (;;) {
      const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${serial++}.tmp`)
      try {
        await system.mkdir(temporary)
        return new AtomicDirectory(path, target, temporary, system)
      } catch (error) {
        if (errorCode(error) === 'EEXIST') continue
        throw fileError(error, path, 'cannot create')
      }
    }
  }

  /** Gives the folder its name; false where another folder has it, which stays as it is. */
  async publish(): Promise<boolean> {
    try {
      await this.#system.rename(this.temporary, this.#target)
      return true
    } catch (error) {
      const code = errorCode(error)
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
      throw fileError(error, this.path, 'cannot rename a temporary folder to')
    }
  }

  /** Removes the temporary folder, if it is still there; never fails, since it follows another failure. */
  async discard(): Promise<void> {
    await this.#system.rm(this.temporary, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Removes a folder: it is gone from its name at once, and then from the disk. One that does not exist is no error. */
export async function removeDirectory(path: string, system: DirectorySystem = nodeDirectorySystem): Promise<void> {
  const doomed = join(dirname(path), `.${basename(path)}.${process.pid}-${serial++}.removed`)
  try {
    await system.rename(path, doomed)
    await system.rm(doomed, { recursive: true, force: true })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileError(error, path, 'cannot remove')
  }
}
