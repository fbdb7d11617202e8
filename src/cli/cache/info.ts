import type { KeptFolder } from '../../index.ts'
import type { JsonOptions } from '../options.ts'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import { ageOf, ageText, bytesText, counted, elementsText, folderJson, foldersIn, stateOf } from './folders.ts'

/** Prints what is in directories, at length. */
export async function info(directories: readonly string[], options: JsonOptions, terminal: Terminal): Promise<void> {
  const folders = await foldersIn(directories)
  if (options.json) {
    printJson(terminal, folders.map(folderJson))
    return
  }
  for (const folder of folders) for (const line of linesOf(folder)) printLine(terminal, line)
  if (folders.length === 0) printLine(terminal, 'no folders of elements')
}

function linesOf(folder: KeptFolder): string[] {
  const { path, files, bytes, compression, writtenMs, problem } = folder
  const stored = compression === undefined ? '' : `, ${compression}`
  return [
    path,
    `  ${kindText(folder)}`,
    ...(folder.kind === 'unfinished' ? [] : [`  ${elementsText(folder)}`]),
    `  ${counted(files, 'file')}, ${bytesText(bytes)}${stored}`,
    `  written ${ageText(ageOf(folder))} ago, ${new Date(writtenMs).toISOString()}`,
    `  ${stateOf(folder)}${problem === undefined ? '' : `: ${problem}`}`,
  ]
}

function kindText({ kind, key, seed }: KeptFolder): string {
  if (kind === 'saved') return 'written by save'
  return kind === 'unfinished' ? 'not whole' : `kept by cache or snapshot: key ${key}, seed ${seed}`
}
