import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from 'millrace'

/**
 * Makes a folder that appears whole or not at all: it is filled under a hidden name beside its own, and renamed at the
 * end. A folder that had the name before is replaced then, not earlier. What a process that was killed left is removed.
 *
 * @param fill writes the files into the folder it is given
 * @returns what `fill` gave
 * @throws what `fill` throws, and named errors of the file system; then the folder is as it was
 */
export async function wholeFolder<T>(path: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const hidden = (kind: string): string => join(dirname(path), `.${basename(path)}.${process.pid}.${kind}`)
  const partial = hidden('partial')
  try {
    await mkdir(partial, { recursive: true })
    await removeLeft(path)
  } catch (error) {
    throw fileError(error, path, 'cannot create the folder')
  }
  try {
    const result = await fill(partial)
    await replace(partial, path, hidden('old'))
    return result
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Removes what processes that are gone were making. */
async function removeLeft(path: string): Promise<void> {
  const names = await readdir(dirname(path))
  for (const name of names) {
    if (!name.startsWith(`.${basename(path)}.`)) continue
    const pid = /\.(\d+)\.(partial|old)$/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(dirname(path), name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function replace(partial: string, path: string, old: string): Promise<void> {
  try {
    await rename(path, old).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
    await rename(partial, path)
    await rm(old, { recursive: true, force: true })
  } catch (error) {
    throw fileError(error, path, 'cannot replace the folder')
  }
}
