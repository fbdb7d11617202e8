import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as vite from 'vite'
import { Dataset, ndarray } from '../../src/index.ts'
import { compileInto } from './fixtures/compiled.ts'
import { startNode, type Ended } from './fixtures/programs.ts'

/*
 * A program of two TypeScript modules, main and what runs in workers, in a folder where millrace is installed: run in each
 * of the ways that programs are.
 */

const work = `
import { Dataset, ndarray, type ElementContext } from 'millrace'
export const picture = (x: number, { rng }: ElementContext) => ({ image: ndarray([x, x + 1]), noise: rng.integer(100) })
export const numbers = (stop: number) => Dataset.range(stop).map((x) => ndarray([x])).batch(2)
`

const main = `
import { Dataset, workerFn } from 'millrace'
import type * as work from './work.js'
const module = new URL('./work.js', import.meta.url)
const input = Dataset.range(6)
const options = { workers: 2, blockSize: 2 }
const pictures = await input.map(workerFn<typeof work.picture>(module, 'picture'), options).batch(3).toArray()
console.log(pictures.map(({ image, noise }) => [image.data.join(' '), noise.data.join(' ')].join()).join())
const numbers = Dataset.fromWorkers(workerFn<typeof work.numbers>(module, 'numbers'), { args: [5] })
console.log((await numbers.toArray()).map(({ data }) => data.join(' ')).join())
`

/** What the map gives in this thread. */
const pictures = Dataset.range(6).map((x, { rng }) => ({ image: ndarray([x, x + 1]), noise: rng.integer(100) }))
let expected: Ended

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-bundle-')))
const sources = [join(folder, 'main.ts'), join(folder, 'work.ts')]

beforeAll(async () => {
  const batches = await pictures.batch(3).toArray()
  const shown = batches.map(({ image, noise }) => [image.data.join(' '), noise.data.join(' ')].join()).join()
  expected = { code: 0, out: `${shown}\n0 1,2 3,4`, err: '' }
  const installed = join(folder, 'node_modules', 'millrace')
  compileInto(installed)
  const exports = { '.': './index.js', './worker': './parallel/workerEntry.js' }
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'millrace', type: 'module', exports }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(sources[0], main)
  writeFileSync(sources[1], work)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

const run = (out: string, flags: readonly string[] = []): Promise<Ended> =>
  startNode([...flags, join(folder, out)], folder)

describe('a program with workers', () => {
  it('runs as compiled JavaScript', async () => {
    mkdirSync(join(folder, 'compiled'))
    for (const [name, text] of Object.entries({ main, work })) {
      const { outputText } = ts.transpileModule(text, {
        compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
      })
      writeFileSync(join(folder, 'compiled', `${name}.js`), outputText)
    }
    expect(await run('compiled/main.js')).toEqual(expected)
  })

  it('runs as TypeScript by tsx', async () => {
    expect(await run('main.ts', ['--import', import.meta.resolve('tsx')])).toEqual(expected)
  })

  it('runs as TypeScript that Node reads, or says that it does not', async () => {
    writeFileSync(
      join(folder, 'stripped.mjs'),
      main.replaceAll('work.js', 'work.ts').replaceAll(/<typeof.*?>|import type.*\n/g, ''),
    )
    const ended = await run('stripped.mjs')
    if ('typescript' in process.features && typeof process.features.typescript === 'string') {
      expect(ended).toMatchObject({ code: 0, out: expected.out })
    } else {
      expect(ended.code).toBe(1)
      expect(ended.err).toContain('Name the compiled .js file, or install tsx, or use Node 22.18 or newer.')
    }
  })

  it.each([
    ['with millrace left out', { packages: 'external' }],
    ['with millrace in it', {}],
    ['with millrace in it, shared by both', { splitting: true }],
  ] as const)('runs as a bundle of esbuild, %s', async (name, options) => {
    await esbuild.build({
      ...options,
      entryPoints: sources,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      outdir: join(folder, name),
      logLevel: 'error',
      external: ['@node-rs/crc32', 'fast-glob'],
    })
    expect(await run(join(name, 'main.js'))).toEqual(expected)
  })

  it.each([
    ['with millrace left out', false],
    ['with millrace in it', true],
  ])('runs as a bundle of Vite, %s', async (name, inside) => {
    await vite.build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      ssr: inside ? { noExternal: true } : {},
      build: {
        ssr: true,
        outDir: `vite ${name}`,
        rollupOptions: { input: sources, external: ['@node-rs/crc32', 'fast-glob'] },
      },
    })
    expect(await run(join(`vite ${name}`, 'main.js'))).toEqual(expected)
  })
})
