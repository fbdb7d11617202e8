import { readdirSync, realpathSync, statSync, type Dirent, type Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError } from '../core/errors.ts'

/** What lies in a folder. */
export interface FolderEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  /** Whether it is a link to that. */
  readonly isLink: boolean
}

/** A folder that is to be listed, and whether the folder that it is once all links are followed is wanted as well. */
export interface ListRequest {
  readonly folder: string
  readonly real: boolean
}

/** The list, and the real path where it was asked for. */
export interface Listed {
  readonly entries: readonly FolderEntry[]
  readonly real: string
}

/** A computation that asks for lists of folders, and says at the end what it made of them. */
export type Listing<R> = Generator<ListRequest, R, Listed>

/** Runs a listing without letting anything else go on. */
export function listSync<R>(listing: Listing<R>): R {
  let step = listing.next()
  while (step.done !== true) {
    const { folder, real } = step.value
    try {
      const found = readdirSync(folder, { withFileTypes: true })
      const entries = found.map((entry) =>
        entryOf(entry, entry.isSymbolicLink() ? statOrNone(folder, entry) : undefined),
      )
      step = listing.next({ entries, real: real ? realpathSync(folder) : folder })
    } catch (error) {
      throw fileError(error, folder, 'cannot list')
    }
  }
  return step.value
}

/** Runs a listing. */
export async function listAsync<R>(listing: Listing<R>): Promise<R> {
  let step = listing.next()
  while (step.done !== true) {
    const { folder, real } = step.value
    try {
      const found = await readdir(folder, { withFileTypes: true })
      const entries: FolderEntry[] = []
      for (const entry of found) {
        const target = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : undefined
        entries.push(entryOf(entry, target))
      }
      step = listing.next({ entries, real: real ? await realpath(folder) : folder })
    } catch (error) {
      throw fileError(error, folder, 'cannot list')
    }
  }
  return step.value
}

/** A link that leads nowhere counts as a file, so that a picture that is missing is not passed over in silence. */
function statOrNone(folder: string, entry: Dirent): Stats | undefined {
  try {
    return statSync(join(folder, entry.name))
  } catch {
    return undefined
  }
}

function entryOf(entry: Dirent, target: Stats | undefined): FolderEntry {
  const isLink = entry.isSymbolicLink()
  const what = isLink ? target : entry
  const kind = (what?.isFile() ?? true) ? 'file' : what?.isDirectory() === true ? 'folder' : 'other'
  return { name: entry.name, kind, isLink }
}
