import { readdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import * as millrace from '../../src/index.ts'
import * as testing from '../../src/testing/index.ts'
import { temporaryFile } from '../sources/temporaryFile.ts'
import { show } from './show.ts'

/*
 * The examples in the doc comments run. A line of an example that ends in a comment is an expression, and the comment is
 * its value as `show` writes it; any other line is a statement. In reach are the public names, what the file exports,
 * `Readable`, and `file(content)`, the path of a file with that content.
 */

const rooms = ['core', 'ndarray', 'ops', 'sources', 'dataset', 'image', 'testing']
// Its example names a module of the user's own.
const withoutRun = ['fromWorkers.ts']
// Examples of pictures run where they make their own; the others name files of the user's.
const runs = (room: string, code: string): boolean => room !== 'image' || /ndarray\(|new Rng\(/.test(code)
const src = new URL('../../src/', import.meta.url)

const examples = rooms.flatMap((room) =>
  readdirSync(new URL(room, src))
    .filter((file) => file.endsWith('.ts') && !withoutRun.includes(file))
    .flatMap((file) => {
      const text = readFileSync(new URL(`${room}/${file}`, src), 'utf8')
      const own = examplesOf(text).filter((code) => runs(room, code))
      return own.map((code, i) => ({ title: `${room}/${file} ${i}`, file: `${room}/${file}`, code }))
    }),
)

/** The code of each @example, up to the next tag or the end of its comment. */
function examplesOf(text: string): string[] {
  return [...text.matchAll(/\* @example\n((?:\s*\* [^@\n]*\n)+)/g)].map(([, block]) => block.replace(/^\s*\* /gm, ''))
}

/** The lines with the expected values made into checks. */
function instrument(code: string): string {
  return code.replace(/^(?!\/\/)(\S.*?) \/\/ (.*)$/gm, (_line, expression: string, expected: string) => {
    return `await check(${expression}, ${JSON.stringify(expected)})`
  })
}

/** Runs code with names in reach. */
async function execute(code: string, names: Readonly<Record<string, unknown>>): Promise<void> {
  const keys = Object.keys(names)
  const url = `data:text/javascript,${encodeURIComponent(`export default async ({ ${keys.join(', ')} }) => {\n${code}\n}`)}`
  const module = (await import(/* @vite-ignore */ url)) as { default: (names: unknown) => Promise<void> }
  await module.default(names)
}

describe('the examples in doc comments', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThanOrEqual(20)
  })

  it.each(examples)('$title', async ({ file, code }) => {
    const own = (await import(new URL(file, src).href)) as Readonly<Record<string, unknown>>
    let checks = 0
    const check = async (value: unknown, expected: string): Promise<void> => {
      checks++
      expect(await show(value)).toBe(expected)
    }
    await execute(instrument(code), {
      ...own,
      ...millrace,
      ...testing,
      Readable,
      file: temporaryFile,
      check,
      console: { log: () => undefined },
    })
    expect(checks).toBeGreaterThan(0)
  })
})
