import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Run } from '../run.ts'
import { makeReport } from './report.ts'
import type { Verdict } from './verdict.ts'

const plotFolder = 'images'

/**
 * Writes the report of a run as Markdown, and its plots into `images/` beside it, where those of an earlier report are
 * removed.
 *
 * @returns how many targets stand how
 */
export function writeReport(run: Run, file: string): Readonly<Record<Verdict['state'], number>> {
  const { markdown, plots, verdicts } = makeReport(run, plotFolder)
  const folder = join(dirname(file), plotFolder)
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) if (/^bench-.*\.svg$/.test(old)) rmSync(join(folder, old))
  for (const [name, svg] of plots) writeFileSync(join(folder, name), svg)
  writeFileSync(file, markdown)
  const count = (state: Verdict['state']): number => verdicts.filter((verdict) => verdict.state === state).length
  return { reached: count('reached'), short: count('short'), 'not measured': count('not measured') }
}
