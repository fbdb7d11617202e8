import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRun, writeRun } from '../../bench/runFile.ts'
import { resultOf, runOf } from './aRun.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a file of a run', () => {
  it('gives back what was written, and is whole after each writing', () => {
    const file = join(folder, 'run.json')
    const results = [resultOf('B1', { millrace: 10, peer: 20 }), resultOf('B2', { millrace: 1 })]
    for (let count = 0; count <= results.length; count++) {
      const run = runOf(results.slice(0, count), { complete: count === results.length })
      writeRun(file, run)
      expect(readRun(file)).toEqual(run)
    }
    expect(readdirSync(folder)).toEqual(['run.json'])
  })

  it.each([
    ['is not there', undefined, /missing\.json cannot be read as a run of the benchmarks\.$/],
    ['is cut short', '{"results": [', /missing\.json cannot be read as a run of the benchmarks\.$/],
    ['is something else', '{"results": 3}', /missing\.json is JSON, but no run that npm run bench -- --json wrote\.$/],
    ['is null', 'null', /missing\.json is JSON, but no run/],
  ])('that %s is an error with its name', (_, content, message) => {
    const file = join(folder, 'missing.json')
    if (content !== undefined) writeFileSync(file, content)
    expect(() => readRun(file)).toThrow(message)
  })
})
