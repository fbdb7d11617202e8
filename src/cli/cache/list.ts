import { basename, resolve } from 'node:path'
import type { KeptFolder } from '../../index.ts'
import type { JsonOptions } from '../options.ts'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import { ageOf, ageText, bytesText, counted, folderJson, foldersIn, stateOf } from './folders.ts'

/** Prints what is in directories, a line each. */
export async function list(directories: readonly string[], options: JsonOptions, terminal: Terminal): Promise<void> {
  const folders = await foldersIn(directories)
  if (options.json) {
    printJson(terminal, folders.map(folderJson))
    return
  }
  const rows = [['name', 'kind', 'elements', 'size', 'age', 'state'], ...folders.map(cellsOf)]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  for (const row of rows) {
    const cells = row.map((cell, i) => cell.padEnd(widths[i]))
    printLine(terminal, cells.join('  ').trimEnd())
  }
  const bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0)
  printLine(terminal, `${counted(folders.length, 'folder')}, ${bytesText(bytes)}`)
}

function cellsOf(folder: KeptFolder): string[] {
  const { path, kind, elements, bytes } = folder
  const count = elements === undefined ? '?' : elements.toLocaleString('en-US')
  return [basename(resolve(path)), kind, count, bytesText(bytes), ageText(ageOf(folder)), stateOf(folder)]
}
