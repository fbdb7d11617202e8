import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Built, folder } from './buildPrograms.ts'
import type { Outcome } from './runtime/main.ts'

/** Runs programs in one process, one after the other, each in its own copy of the folder of fixtures. */
export async function runPrograms(
  name: string,
  programs: readonly Built[],
  fixtures: string,
): Promise<Map<string, Outcome>> {
  const file = (kind: string): string => join(folder, `${name.replaceAll('/', '-')}.${kind}.json`)
  writeFileSync(file('jobs'), JSON.stringify(programs.map(({ main, checks }) => ({ main, checks }))))
  writeFileSync(file('results'), '')
  const run = [join(folder, 'runtime/main.js'), file('jobs'), fixtures, file('results')]
  const died = await promisify(execFile)(process.execPath, run, { maxBuffer: 2 ** 26 }).then(() => undefined, String)
  const lines = readFileSync(file('results'), 'utf8').split('\n').filter(Boolean)
  const outcomes = new Map(lines.map((line) => JSON.parse(line) as Outcome).map((outcome) => [outcome.main, outcome]))
  const silent = programs.find(({ main }) => !outcomes.has(main))
  if (silent !== undefined)
    outcomes.set(silent.main, { main: silent.main, printed: '', failure: died ?? 'it ended the process' })
  return outcomes
}
