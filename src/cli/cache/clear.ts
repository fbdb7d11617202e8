import { removeKeptFolder, type KeptFolder } from '../../index.ts'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import type { ClearOptions } from './command.ts'
import { ageOf, ageText, bytesText, counted, folderJson, foldersIn, stateOf } from './folders.ts'

/** Shows what would be deleted, or deletes it where `--yes` was given. */
export async function clear(directories: readonly string[], options: ClearOptions, terminal: Terminal): Promise<void> {
  const all = await foldersIn(directories)
  const chosen = all.filter((folder) => isChosen(folder, options))
  if (options.yes) for (const folder of chosen) await removeKeptFolder(folder)
  const bytes = chosen.reduce((sum, folder) => sum + folder.bytes, 0)
  if (options.json) {
    printJson(terminal, { deleted: options.yes, bytes, folders: chosen.map(folderJson) })
    return
  }
  for (const folder of chosen) {
    const about = [folder.kind, stateOf(folder), bytesText(folder.bytes), `${ageText(ageOf(folder))} old`]
    printLine(terminal, `${options.yes ? 'deleted' : 'would delete'} ${folder.path} (${about.join(', ')})`)
  }
  const sum = `${chosen.length} of ${counted(all.length, 'folder')}, ${bytesText(bytes)}`
  const note = options.yes || chosen.length === 0 ? '' : '. Nothing is deleted yet: give --yes to delete.'
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
