import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { Installation } from './installation.ts'

/*
 * What an import of each entry point loads: nothing native, and no package, until something is used that needs it.
 */

const manifest = new URL('../../package.json', import.meta.url)
const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as {
  readonly exports: Readonly<Record<string, unknown>>
}
const entries = Object.keys(exports)
  .filter((path) => !['./package.json', './worker'].includes(path))
  .map((path) => `millrace${path.slice(1)}`)

const installation = new Installation()
afterAll(() => installation.remove())

/** What a fresh process holds after it ran a program. */
interface Loaded {
  /** Packages of which a file was loaded. */
  readonly packages: readonly string[]
  /** Files of machine code that are none of Node's own or of the system. */
  readonly native: readonly string[]
  /** What would keep the process alive. */
  readonly resources: readonly string[]
  readonly threads: number
}

/*
 * The hook runs in a thread of its own, which says on standard output what was loaded: all packages are CommonJS or
 * modules of the folder, and those the thread of the program does not list.
 */
async function loadedBy(program: string): Promise<Loaded> {
  const { code, out, err } = await installation.run(`
    import { createRequire, register } from 'node:module'
    const hook = \`
      import { writeSync } from 'node:fs'
      export async function load(url, context, next) {
        writeSync(1, 'loaded ' + url + '\\\\n')
        return next(url, context)
      }\`
    register('data:text/javascript,' + encodeURIComponent(hook))
    const before = process.report.getReport()
    ${program}
    const { sharedObjects, workers } = process.report.getReport()
    const native = sharedObjects.filter((path) => !before.sharedObjects.includes(path) && path.includes('node_modules'))
    const required = Object.keys(createRequire(import.meta.url).cache)
    const resources = process.getActiveResourcesInfo().filter((name) => !/^(TTY|Pipe|FS|Message)/.test(name))
    console.log('result ' + JSON.stringify({ required, native, resources, threads: workers.length - before.workers.length }))
  `)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const lines = out.split('\n')
  const result = lines.find((line) => line.startsWith('result '))?.slice('result '.length) ?? '{}'
  const { required, ...others } = JSON.parse(result) as Omit<Loaded, 'packages'> & { readonly required: string[] }
  const urls = lines.filter((line) => line.startsWith('loaded file:')).map((line) => line.slice('loaded '.length))
  const names = [...urls, ...required].map((path) => /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(slashes(path))?.[1])
  const packages = [...new Set(names)].filter((name) => name !== undefined && name !== 'millrace')
  return { ...others, packages: packages as string[] }
}

const slashes = (path: string): string => path.replaceAll('\\', '/')

const nothing: Loaded = { packages: [], native: [], resources: [], threads: 0 }

describe('an import', () => {
  it.each(entries.filter((entry) => entry !== 'millrace/train'))('of %s loads no package', async (entry) => {
    expect(await loadedBy(`await import('${entry}')`)).toEqual(nothing)
  })

  it('of millrace/train loads tfjs alone, without a backend of machine code', async () => {
    const { packages, native, threads } = await loadedBy(`await import('millrace/train')`)
    expect({ native, threads }).toEqual({ native: [], threads: 0 })
    expect(packages).toContain('@tensorflow/tfjs')
    expect(
      packages.filter((name) => /tfjs-(node|backend-wasm)|sharp|crc32|turbo|piscina|protobufjs/.test(name)),
    ).toEqual([])
  })

  it('is seen where it loads something', async () => {
    const { packages, native } = await loadedBy(`
      const { crc32c } = await import('millrace/tfrecord')
      crc32c(new Uint8Array(1000))
      const { encodePng } = await import('millrace/image')
      const { ndarray } = await import('millrace')
      await encodePng(ndarray(new Uint8Array(3), [1, 1, 3]))
    `)
    expect(packages).toEqual(expect.arrayContaining(['@node-rs/crc32', 'sharp']))
    expect(native.length).toBeGreaterThanOrEqual(2)
  })
})

describe('a plan', () => {
  it('loads nothing while it is built', async () => {
    const program = `
      const { Dataset, workerFn } = await import('millrace')
      const { tfrecords } = await import('millrace/tfrecord')
      tfrecords('a.tfrecord').map((x) => x).shuffle(3).batch(2).prefetch(1)
      Dataset.range(3).map(workerFn(import.meta.url, 'none'), { workers: 2 })
    `
    expect(await loadedBy(program)).toEqual(nothing)
  })
})
