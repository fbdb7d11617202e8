import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileError } from '../core/errors.ts'
import { errorCode } from './fileSystem.ts'

/** What a system says of a folder that is there; some say another thing of the root. */
const thereCodes = ['EEXIST', 'EISDIR', 'EPERM']

/**
 * Makes a folder where it is missing, and those that it lies in. Node's `mkdir` does as much with `recursive`, but never
 * returns where a folder is there in which none can be made and none is found, as in /proc.
 *
 * @param make makes one folder
 * @throws PermissionDeniedError and other named errors of the file system
 */
export async function makeFolder(folder: string, make: (path: string) => Promise<unknown> = mkdir): Promise<void> {
  try {
    await make(folder)
  } catch (error) {
    const code = errorCode(error)
    if (thereCodes.includes(code) && (await isFolder(folder))) return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || (await isFolder(parent))) throw fileError(error, folder, 'cannot create the folder')
    await makeFolder(parent, make)
    await makeFolder(folder, make)
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
