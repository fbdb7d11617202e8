import { Dataset, MillraceError, type KeptFolder } from '../../index.ts'
import type { JsonOptions } from '../options.ts'
import { progressBar } from '../progress.ts'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import { counted, foldersIn } from './folders.ts'

/** What reading a folder found. */
interface Verdict {
  readonly path: string
  readonly elements: number | null
  readonly problem: string | null
}

/** Elements between two steps of the bar. */
const stride = 256

/** Reads every element; true where none is damaged. Folders that are not whole yet are left out. */
export async function verify(
  directories: readonly string[],
  options: JsonOptions,
  terminal: Terminal,
): Promise<boolean> {
  const verdicts: Verdict[] = []
  for (const folder of await foldersIn(directories)) {
    if (folder.kind === 'unfinished') {
      if (!options.json) printLine(terminal, `${folder.path}: not whole, left out`)
      continue
    }
    const verdict = await read(folder, terminal)
    verdicts.push(verdict)
    if (!options.json) printLine(terminal, lineOf(verdict))
  }
  if (options.json) printJson(terminal, verdicts)
  else if (verdicts.length === 0) printLine(terminal, 'no folders of elements')
  return verdicts.every(({ problem }) => problem === null)
}

async function read({ path, elements, problem }: KeptFolder, terminal: Terminal): Promise<Verdict> {
  if (problem !== undefined) return { path, elements: elements ?? null, problem }
  const bar = progressBar(terminal, elements, 'elements', path)
  try {
    const count = await Dataset.load(path).reduce(0, (read) => {
      if (read % stride === 0) bar.to(read)
      return read + 1
    })
    return { path, elements: count, problem: null }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { path, elements: elements ?? null, problem: error.message }
  } finally {
    bar.stop()
  }
}

function lineOf({ path, elements, problem }: Verdict): string {
  return problem === null ? `${path}: ${counted(elements ?? 0, 'element')}, ok` : `${path}: damaged: ${problem}`
}
