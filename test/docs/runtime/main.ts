/*
 * Runs programs, one after the other, each in a folder of its own: `node main.js JOBS FIXTURES RESULTS`. JOBS is a list of
 * Job in JSON, FIXTURES the folder that each program finds itself in a copy of; an Outcome a line goes to RESULTS.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { made, misfits } from './check.js'

export interface Job {
  /** The module that runs. */
  readonly main: string
  readonly checks: number
}

export interface Outcome {
  readonly main: string
  readonly printed: string
  /** What went wrong, or undefined. */
  readonly failure: string | undefined
}

const [jobs, fixtures, results] = process.argv.slice(2)
const start = process.cwd()
const strays: Error[] = []
process.on('unhandledRejection', (reason) => {
  strays.push(reason instanceof Error ? reason : new Error(String(reason)))
})

for (const { main, checks } of JSON.parse(readFileSync(jobs, 'utf8')) as readonly Job[]) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-docs-'))
  cpSync(fixtures, folder, { recursive: true })
  process.chdir(folder)
  made.clear()
  misfits.length = 0
  strays.length = 0
  const printed: string[] = []
  const print = (...values: unknown[]): void => {
    printed.push(format(...values))
  }
  console.log = print
  console.warn = print
  let failure: string | undefined
  try {
    await import(pathToFileURL(main).href)
    if (strays.length > 0) throw strays[0]
    if (misfits.length > 0) throw new Error(misfits.join('\n'))
    if (made.size < checks) throw new Error(`${checks - made.size} of ${checks} checks were not reached`)
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  process.exitCode = 0
  process.chdir(start)
  rmSync(folder, { recursive: true, force: true })
  appendFileSync(results, `${JSON.stringify({ main, printed: printed.join('\n'), failure } satisfies Outcome)}\n`)
}
process.exit()
