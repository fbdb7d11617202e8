import { basename, resolve } from 'node:path'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import type { NewOptions } from './command.ts'
import { projectFiles } from './projectFiles.ts'
import { writeProject } from './writeProject.ts'

/** Writes a project, and says how to go on. */
export async function newProject(directory: string, options: NewOptions, terminal: Terminal): Promise<void> {
  const files = projectFiles(basename(resolve(directory)), options.javascript ? 'js' : 'ts')
  await writeProject(directory, files)
  const names = Object.keys(files)
  if (options.json) {
    printJson(terminal, { directory, files: names })
    return
  }
  printLine(terminal, `${directory}: ${names.join(', ')}`)
  printLine(terminal, 'Go on with:')
  const into = resolve(directory) === process.cwd() ? [] : [`cd ${/\s/.test(directory) ? `'${directory}'` : directory}`]
  for (const command of [...into, 'npm install', 'npm start']) printLine(terminal, `  ${command}`)
}
