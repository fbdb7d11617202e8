import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Run } from './run.ts'

/** Writes a run. A process that ends meanwhile leaves the file as it was before. */
export function writeRun(file: string, run: Run): void {
  const partial = `${file}.partial`
  writeFileSync(partial, `${JSON.stringify(run, null, 1)}\n`)
  renameSync(partial, file)
}

/**
 * Reads a run.
 *
 * @throws Error that names the file where it is missing or holds something else
 */
export function readRun(file: string): Run {
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new Error(`${file} cannot be read as a run of the benchmarks.`, { cause })
  }
  if (!isRun(read)) throw new Error(`${file} is JSON, but no run that npm run bench -- --json wrote.`)
  return read
}

function isRun(value: unknown): value is Run {
  if (typeof value !== 'object' || value === null) return false
  const { results, machine, notes, rounds } = value as Partial<Record<keyof Run, unknown>>
  return Array.isArray(results) && Array.isArray(notes) && typeof rounds === 'number' && typeof machine === 'object'
}
