import { removeKeptFolder, type KeptFolder } from '../../index.ts'
import { complaint, isMillraceError } from '../complaint.ts'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import type { ClearOptions } from './command.ts'
import { ageOf, ageText, bytesText, counted, folderJson, foldersIn, stateOf } from './folders.ts'

/**
 * Shows what would be deleted, or deletes it where `--yes` was given.
 *
 * @returns false where some of it could not be deleted, which is said on standard error
 */
export async function clear(
  directories: readonly string[],
  options: ClearOptions,
  terminal: Terminal,
): Promise<boolean> {
  const all = await foldersIn(directories)
  const chosen = all.filter((folder) => isChosen(folder, options))
  const done = options.yes ? await removeAll(chosen, terminal) : chosen
  const bytes = done.reduce((sum, folder) => sum + folder.bytes, 0)
  if (options.json) printJson(terminal, { deleted: options.yes, bytes, folders: done.map(folderJson) })
  else printAll(done, `${done.length} of ${counted(all.length, 'folder')}, ${bytesText(bytes)}`, options.yes, terminal)
  return done.length === chosen.length
}

/** Gives those that are gone. */
async function removeAll(folders: readonly KeptFolder[], { stderr }: Terminal): Promise<KeptFolder[]> {
  const removed: KeptFolder[] = []
  for (const folder of folders) {
    try {
      await removeKeptFolder(folder)
      removed.push(folder)
    } catch (error) {
      if (!isMillraceError(error)) throw error
      stderr.write(`${complaint(error)}\n`)
    }
  }
  return removed
}

function printAll(folders: readonly KeptFolder[], sum: string, deleted: boolean, terminal: Terminal): void {
  for (const folder of folders) {
    const about = [folder.kind, stateOf(folder), bytesText(folder.bytes), `${ageText(ageOf(folder))} old`]
    printLine(terminal, `${deleted ? 'deleted' : 'would delete'} ${folder.path} (${about.join(', ')})`)
  }
  const note = deleted || folders.length === 0 ? '' : '. Nothing is deleted yet: give --yes to delete.'
  printLine(terminal, `${sum}${note}`)
}

/** Never what a process writes; what `save` wrote only where that was asked for. */
function isChosen(folder: KeptFolder, { olderThan = 0, key, damaged, unfinished, saved }: ClearOptions): boolean {
  const { kind, process, problem } = folder
  if (process !== undefined || (kind === 'saved' && !saved)) return false
  if (key !== undefined && folder.key?.startsWith(key) !== true) return false
  const wanted = (unfinished && kind === 'unfinished') || (damaged && problem !== undefined)
  if ((unfinished || damaged) && !wanted) return false
  return ageOf(folder) >= olderThan
}
