import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Name of a folder that a process is still filling: what it is for, and the number of the process. */
const pattern = /\.(\d+)\.partial$/

/** A new, empty folder for work in progress; `sweep` removes it once this process has ended. */
export async function partialFolder(cache: string, name: string): Promise<string> {
  const folder = join(cache, `${name}.${process.pid}.partial`)
  await mkdir(folder, { recursive: true })
  return folder
}

/** Removes what interrupted runs left behind, and what this one did. */
export async function sweep(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = Number(pattern.exec(name)?.[1])
    if (pid === process.pid || (pid > 0 && !isAlive(pid))) {
      await rm(join(cache, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
