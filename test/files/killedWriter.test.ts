import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileInto } from '../parallel/fixtures/compiled.ts'

/* Whole processes that are killed while they write. */

const folder = mkdtempSync(join(tmpdir(), 'millrace-killed-'))
const head = `
import { Dataset, ndarray } from './index.js'
const big = (length) => Dataset.range(length).map((x) => ndarray(new Float64Array(20_000).fill(x), [20_000]))
const [where, length, kill] = process.argv.slice(2)
const cached = big(Number(length)).cache(where)
`

beforeAll(() => {
  compileInto(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true }))

let scripts = 0

/** Runs a program; gives the signal that ended it, and what it printed. */
async function run(program: string, ...args: string[]): Promise<{ signal: string | null; out: string; err: string }> {
  const script = join(folder, `script${scripts++}.mjs`)
  writeFileSync(script, head + program)
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'close') as Promise<[number | null, string | null]>
  const [out, err, [, signal]] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { signal, out, err }
}

const die = `process.kill(process.pid, 'SIGKILL')`

function newFolder(name: string): string {
  const made = join(folder, name)
  mkdirSync(made)
  return made
}

describe('a process that is killed', () => {
  it('while it saves leaves nothing under the final name', async () => {
    const parent = newFolder('save')
    const where = join(parent, 'saved')
    const program = `await big(1e9).save(where, { onProgress: ({ elements }) => { if (elements > 20) ${die} } })`
    expect(await run(program, where, '1')).toEqual({ signal: 'SIGKILL', out: '', err: '' })
    expect(readdirSync(parent).filter((name) => !name.startsWith('.'))).toEqual([])
    const again = await run(
      `await big(5).save(where); console.log((await Dataset.load(where).toArray()).map(({ data }) => data[9]).join())`,
      where,
      '1',
    )
    expect(again).toEqual({ signal: null, out: '0,1,2,3,4\n', err: '' })
  })

  it('while it fills a cache leaves a cache that the next one fills, and clear() removes the rest', async () => {
    const where = newFolder('cache')
    const fill = `let count = 0; await cached.forEach(() => { if (++count === Number(kill)) ${die} }); console.log(count)`
    expect(await run(fill, where, '20', '15')).toEqual({ signal: 'SIGKILL', out: '', err: '' })
    const left = readdirSync(where)
    expect(left).toHaveLength(1)
    expect(left[0]).toMatch(/^\.[0-9a-f]{32}-0\.\d+-\d+\.tmp$/)
    expect(await run(fill, where, '20', '99')).toEqual({ signal: null, out: '20\n', err: '' })
    expect(readdirSync(where).filter((name) => !name.startsWith('.'))).toHaveLength(1)
    expect(await run(`await cached.clear()`, where, '20')).toEqual({ signal: null, out: '', err: '' })
    expect(readdirSync(where)).toEqual([])
  })
})

describe('two processes', () => {
  it('fill a cache at once', async () => {
    const where = newFolder('both')
    const fill = `console.log((await cached.toArray()).map(({ data }) => data[0]).join())`
    const out = `${Array.from({ length: 20 }, (_, i) => i).join()}\n`
    const done = { signal: null, out, err: '' }
    const both = () => Promise.all([run(fill, where, '20'), run(fill, where, '20')])
    expect(await both()).toEqual([done, done])
    expect(readdirSync(where)).toHaveLength(1)
    expect(await both()).toEqual([done, done])
  })
})
