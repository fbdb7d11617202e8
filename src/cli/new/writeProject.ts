import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AlreadyExistsError, fileError, NotFoundError } from '../../index.ts'

/** What is used of the file system; replaced in tests. */
export interface ProjectSystem {
  mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>
  readdir(path: string): Promise<string[]>
  rename(from: string, to: string): Promise<void>
  rm(path: string, options: { readonly recursive: true; readonly force: true }): Promise<void>
  writeFile(path: string, text: string): Promise<void>
}

const nodeSystem: ProjectSystem = { mkdir, readdir, rename, rm, writeFile }

/**
 * Writes files into a folder that is empty, or is not there yet. They are written in a hidden folder first: one that is not
 * there appears with all of them, and where something fails nothing is left.
 *
 * @param files texts by name
 * @throws AlreadyExistsError where the folder is not empty
 * @throws PermissionDeniedError and other named errors of the file system
 */
export async function writeProject(
  directory: string,
  files: Readonly<Record<string, string>>,
  system: ProjectSystem = nodeSystem,
): Promise<void> {
  const path = resolve(directory)
  const found = await namesIn(path, directory, system)
  if (found !== undefined && found.length > 0) throw notEmpty(directory, found)
  const staged = join(found === undefined ? dirname(path) : path, `.${basename(path)}.${process.pid}.tmp`)
  const done: string[] = []
  try {
    await system.mkdir(staged, { recursive: true })
    for (const [name, text] of Object.entries(files)) await system.writeFile(join(staged, name), text)
    if (found === undefined) {
      await system.rename(staged, path)
      return
    }
    // A folder that is there may be the one that a shell is in: it stays, and gets the files one by one.
    for (const name of Object.keys(files)) {
      await system.rename(join(staged, name), join(path, name))
      done.push(name)
    }
    await system.rm(staged, { recursive: true, force: true })
  } catch (error) {
    for (const gone of [staged, ...done.map((name) => join(path, name))]) {
      await system.rm(gone, { recursive: true, force: true }).catch(() => undefined)
    }
    throw fileError(error, directory, 'cannot write')
  }
}

/** The names in a folder; undefined where it is not there. */
async function namesIn(path: string, directory: string, system: ProjectSystem): Promise<string[] | undefined> {
  try {
    return await system.readdir(path)
  } catch (thrown) {
    const error = fileError(thrown, directory, 'cannot write to')
    const isAbsent = error instanceof NotFoundError && (thrown as { code?: string }).code === 'ENOENT'
    if (!isAbsent) throw error
    return undefined
  }
}

function notEmpty(directory: string, names: readonly string[]): AlreadyExistsError {
  const some = names.slice(0, 3).join(', ')
  return new AlreadyExistsError(`new: ${directory} is not empty: it has ${some}${names.length > 3 ? ', ...' : ''}.`, {
    file: directory,
    hint: 'Name a folder that is empty, or is not there yet.',
  })
}
