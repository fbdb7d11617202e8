import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runMillrace, fails, ok } from './terminal.ts'

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))
const pipelines = join(fixtures, 'pipelines.ts')
const explain = (...args: string[]) => runMillrace(fixtures, ['explain', ...args])

const text = `as written
  batch(batchSize: 4, dropRemainder: false)  5 of unknown
    map()                                    20 of unknown
      range(start: 0, stop: 20, step: 1)     20 of int32 []
as it runs
  mapAndBatch(maps: 1, batchSize: 4, dropRemainder: false)  5 of unknown
    range(start: 0, stop: 20, step: 1)                      20 of int32 []
`

describe('explain', () => {
  it('prints the plan of the default export', async () => {
    expect(await explain(pipelines)).toEqual(ok(text))
    expect(await explain(`${pipelines}#default`)).toEqual(ok(text))
  })

  it('finds a.ts where a.js is named', async () => {
    expect(await explain(pipelines.replace('.ts', '.js'))).toEqual(ok(text))
  })

  it('calls a function, with arguments or without, and waits for what it promises', async () => {
    expect((await explain(`${pipelines}#sized`, '--args', '[3]')).out).toContain('range(start: 0, stop: 3, step: 1)')
    expect((await explain(`${pipelines}#later`, '--args', '["a", "b"]')).out).toContain('2 of string []')
  })

  it('prints JSON, with what JSON cannot hold named', async () => {
    const { out } = await explain(`${pipelines}#values`, '--json')
    const { pipeline, written, runs } = JSON.parse(out) as Record<string, Record<string, unknown>>
    expect(pipeline).toBe('~/pipelines.ts#values')
    expect(written).toMatchObject({
      name: 'repeat',
      path: 'fromTensorSlices.shuffle.filter.repeat',
      cardinality: 'unknown',
      spec: {
        fields: [
          ['x', { dtype: 'int64', shape: [] }],
          ['y', { dtype: 'float32', shape: [] }],
        ],
      },
      inputs: [{ name: 'filter', inputs: [{ name: 'shuffle', args: { bufferSize: 2, seed: 1 }, cardinality: 2 }] }],
    })
    expect(runs.name).toBe('repeat')
  })
})

describe('a pipeline', () => {
  it.each<[string, string[], number, string]>([
    ['none.ts', [], 1, 'NotFoundError: there is no ~/none.ts. Check the path.'],
    [
      'pipelines.ts#none',
      [],
      1,
      'NotFoundError: ~/pipelines.ts has no export none. Name what it exports: ~/pipelines.ts, ',
    ],
    [
      'pipelines.ts#seven',
      [],
      1,
      'FailedPreconditionError: ~/pipelines.ts#seven gives a number, not a Dataset. Export a Dataset, or a function that ' +
        'returns one or a promise of one.\n',
    ],
    [
      'pipelines.ts#list',
      [],
      1,
      'FailedPreconditionError: ~/pipelines.ts#list gives an object of Array, not a Dataset.',
    ],
    [
      'pipelines.ts#mistaken',
      [],
      1,
      'FailedPreconditionError: ~/pipelines.ts#mistaken threw: batch: batchSize must be a whole number of at least 1, got 0.\n',
    ],
    ['pipelines.ts#rejecting', [], 1, 'FailedPreconditionError: ~/pipelines.ts#rejecting threw: no disk\n    at '],
    ['pipelines.ts#sized', ['--args', '{'], 2, 'InvalidArgumentError: --args is no JSON: '],
    [
      'pipelines.ts#sized',
      ['--args', '3'],
      2,
      "InvalidArgumentError: --args takes a JSON array, got 3. Write --args '[3]'.\n",
    ],
    [
      'pipelines.ts',
      ['--args', '[]'],
      2,
      'InvalidArgumentError: --args: ~/pipelines.ts is no function that takes any.\n',
    ],
  ])('%s %j is refused', async (name, args, exitCode, message) => {
    const { code, out, err } = await explain(join(fixtures, name), ...args)
    expect([code, out, err.slice(0, message.length)]).toEqual([exitCode, '', message])
  })
})

describe('a module', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const explainText = async (code: string) => {
    await writeFile(join(folder, 'a.mjs'), code)
    return runMillrace(folder, ['explain', join(folder, 'a.mjs')])
  }

  it('that throws is named, with what it threw and where', async () => {
    const { code, err } = await explainText('const a = 1\nthrow new RangeError("too much")\n')
    expect([code, err.split('\n')[0]]).toEqual([
      1,
      'FailedPreconditionError: cannot load ~/a.mjs: RangeError: too much.',
    ])
    expect(err).toMatch(/\n {4}at .*a\.mjs:2:7\)?\n/)
  })

  it('that imports another one which is not there is named', async () => {
    const { code, err } = await explainText("import './nowhere.mjs'\n")
    expect(code).toBe(1)
    expect(err).toMatch(/^NotFoundError: cannot load ~\/a\.mjs: .*nowhere\.mjs.* Check the paths in its imports\.\n$/s)
  })

  it('that exports nothing is named', async () => {
    expect(await explainText('')).toEqual(fails(1, 'NotFoundError: ~/a.mjs has no default export. It exports nothing.'))
  })

  it('that imports another copy of millrace, keeps something open, and has # in its name, is run all the same', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    const copy = new URL('../../dist/index.js', import.meta.url).href
    const file = join(folder, 'a#b.mts')
    await writeFile(
      file,
      `import { Dataset } from ${JSON.stringify(copy)}\nsetInterval(() => {}, 1000)\nexport default Dataset.range(3 as number)\n`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', main, 'bench', file, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ pipeline: file, bytesPerElement: 8, rounds: { length: 5 } })
  })
})
