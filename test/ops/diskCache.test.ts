import { existsSync, readdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataLossError, FailedPreconditionError, type MillraceError } from '../../src/core/errors.ts'
import { lend, release } from '../../src/core/lease.ts'
import { planKey } from '../../src/core/planKey.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { IteratorState } from '../../src/dataset/iteratorState.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { freshFolder } from '../contract/freshFolder.ts'
import { probe } from '../contract/probe.ts'
import { plain } from '../contract/run.ts'

const log = { calls: 0 }
const counted = (x: number) => {
  log.calls++
  return x * 2
}
/** A cached source, as a new process builds it, that counts what is computed. */
const cachedIn = (folder: string, length = 4) => Dataset.range(length).map(counted).cache(folder)
const callsOf = async (work: () => Promise<unknown>) => {
  const before = log.calls
  await work()
  return log.calls - before
}
const visible = (folder: string) => readdirSync(folder).filter((name) => !name.startsWith('.'))
const hidden = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('.'))
const elementsOf = (folder: string) => join(folder, visible(folder)[0], '00000-of-00001.elements')

async function failure(dataset: Dataset<unknown>): Promise<MillraceError> {
  const thrown: unknown = await dataset.toArray().then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  return thrown as MillraceError
}

describe('a cache on disk', () => {
  it('is found again by the same pipeline, with every kind of element', async () => {
    const folder = join(freshFolder(), 'made', 'by', 'need')
    const elements = [
      { a: -0, b: NaN, c: 2n ** 80n, d: true, e: 'ä\u0000', f: Uint8Array.of(1, 2), g: null, h: [1, [2]] },
      ndarray(new BigInt64Array([1n, -1n]), [2]),
      ndarray(new Float64Array(6), [2, 3]),
      ndarray(['a', 'b'], [2, 1]),
      [],
      new Uint8Array(0),
    ]
    const build = (compression?: 'GZIP' | 'ZLIB') =>
      Dataset.fromGenerator<unknown>(elements).cache(folder, compression && { compression })
    for (const compression of [undefined, 'GZIP', 'ZLIB'] as const) {
      for (let i = 0; i < 2; i++) {
        expect((await build(compression).toArray()).map(plain)).toEqual(elements.map(plain))
      }
    }
    expect(visible(folder)).toHaveLength(3)
    expect(hidden(folder)).toEqual([])
  })

  it('is read instead of the input', async () => {
    const folder = freshFolder()
    expect(await callsOf(() => cachedIn(folder).toArray())).toBe(4)
    expect(await callsOf(() => cachedIn(folder).repeat(2).toArray())).toBe(0)
    expect(await cachedIn(folder).skip(3).toArray()).toEqual([6])
  })

  it('is cleared, with what a killed process left of it, and nothing else', async () => {
    const folder = freshFolder()
    await cachedIn(folder).clear()
    await cachedIn(folder).toArray()
    await cachedIn(folder).withOptions({ seed: 5 }).toArray()
    await cachedIn(folder, 5).toArray()
    const key = await planKey(Dataset.range(4).map(counted).node, JSON.stringify(['', '', 1]))
    expect(visible(folder).filter((name) => name.startsWith(key))).toEqual([`${key}-0`, `${key}-5`])
    await mkdir(join(folder, `.${key}-0.999999999-0.tmp`))
    await mkdir(join(folder, `.${key}-0.${process.pid}-0.tmp`))
    await mkdir(join(folder, `.${key}-0.1-1.removed`))
    await cachedIn(folder).clear()
    expect(visible(folder)).toHaveLength(1)
    expect(hidden(folder)).toEqual([`.${key}-0.${process.pid}-0.tmp`])
    expect(await callsOf(() => cachedIn(folder).toArray())).toBe(4)
  })

  it('is not published by a pass that is left, aborted, or in which an element fails', async () => {
    const folder = freshFolder()
    for await (const element of cachedIn(folder)) if (element === 4) break
    const controller = new AbortController()
    const iterator = cachedIn(folder).iterator({ signal: controller.signal })
    await iterator.next()
    controller.abort()
    await expect(iterator.next()).rejects.toThrow('aborted')
    await iterator.return()
    const failing = probe([1, 2, 3], { mode: 'mixed', failAt: [1] }).dataset.cache(folder)
    await expect(failing.toArray()).rejects.toThrow('probe failed at 1')
    await expect.poll(() => readdirSync(folder), { timeout: 5000 }).toEqual([])
    expect(await callsOf(() => cachedIn(folder).toArray())).toBe(4)
  })

  it('is published once all elements are taken, though the end was not asked for', async () => {
    const folder = freshFolder()
    await cachedIn(folder).take(4).toArray()
    expect(visible(folder)).toHaveLength(1)
  })

  it('is safe for two writers and two readers at once', async () => {
    const folder = freshFolder()
    const expected = Array.from({ length: 50 }, (_, i) => i * 2)
    const [a, b] = [cachedIn(folder, 50), cachedIn(folder, 50)]
    expect(await Promise.all([a.toArray(), b.toArray()])).toEqual([expected, expected])
    expect(await Promise.all([a.toArray(), b.toArray()])).toEqual([expected, expected])
    expect(visible(folder)).toHaveLength(1)
    expect(hidden(folder)).toEqual([])
    const reader = a.iterator()
    await reader.next()
    await b.clear()
    expect((await reader.next()).value).toBe(2)
    await reader.return()
  })

  it('holds what was lent', async () => {
    const folder = freshFolder()
    const memory = new Float32Array(2)
    const build = () =>
      Dataset.range(3)
        .map((x) => {
          const element = { x: ndarray(memory.fill(x), [2]) }
          lend(element, () => memory.fill(-1))
          return element
        })
        .cache(folder)
    await build().forEach(release)
    expect((await build().toArray()).map(({ x }) => x.data[1])).toEqual([0, 1, 2])
  })

  it('goes on exactly in a new process, at every element, whether it was kept or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.integer({ min: 1, max: 2 }), fc.nat(1), async (length, passes, forget) => {
        const folder = freshFolder()
        const build = (where = folder) =>
          Dataset.range(length)
            .shuffle(4)
            .map((x, { rng }) => [x, rng.integer(1000)])
            .cache(where)
            .repeat(passes)
        const whole = await build(freshFolder()).toArray({ epoch: 2 })
        const iterator = build().iterator({ epoch: 2 })
        for (let k = 0; k <= whole.length; k++) {
          const state = JSON.parse(JSON.stringify(iterator.save())) as IteratorState
          expect(await build(forget === 1 ? freshFolder() : folder).toArray({ state })).toEqual(whole.slice(k))
          await iterator.next()
        }
        await iterator.return()
      }),
      { numRuns: 15 },
    )
  })

  it('goes on by byte offset', async () => {
    const folder = freshFolder()
    await cachedIn(folder).toArray()
    const iterator = cachedIn(folder).iterator()
    await iterator.next()
    await iterator.next()
    expect(iterator.save().position).toEqual({
      index: 2,
      upstream: null,
      kept: { folder: visible(folder)[0], turn: 0, shards: [{ record: 2, byteOffset: 48 }] },
    })
    await iterator.return()
  })
})

describe('a state', () => {
  it('is restored over a cache that is kept elsewhere, and otherwise', async () => {
    const folder = freshFolder()
    const builds = [
      () => Dataset.range(6).cache(),
      () => Dataset.range(6).cache(folder),
      () => Dataset.range(6).cache(folder, { compression: 'GZIP' }),
      () => Dataset.range(6).cache(freshFolder()),
    ]
    const all = builds.map((build) => build())
    for (const dataset of all) await dataset.toArray()
    for (const from of all) {
      const iterator = from.iterator({ epoch: 1 })
      await iterator.next()
      await iterator.next()
      const state = JSON.parse(JSON.stringify(iterator.save())) as IteratorState
      await iterator.return()
      for (const into of [...all, ...builds.map((build) => build())]) {
        expect(await into.toArray({ state })).toEqual([2, 3, 4, 5])
      }
    }
  })
})

describe('the folder', () => {
  it('is that of the plan as it was written, whatever the optimizer made of it', async () => {
    const where = freshFolder()
    const build = (last: (x: number) => number) =>
      Dataset.fromTensorSlices([1, 2, 3])
        .shuffle(3)
        .map((x) => x + 1)
        .map(last)
        .cache(where)
    const [double, triple] = [(x: number) => x * 2, (x: number) => x * 3]
    for (let i = 0; i < 2; i++) {
      expect((await build(double).toArray()).toSorted((a, b) => a - b)).toEqual([4, 6, 8])
      expect((await build(triple).toArray()).toSorted((a, b) => a - b)).toEqual([6, 9, 12])
    }
    expect(visible(where)).toHaveLength(2)
    const slices = (values: number[]) => Dataset.fromTensorSlices(values).batch(2).cache(where)
    for (const values of [
      [1, 2],
      [3, 4],
    ])
      expect((await slices(values).first())?.data).toEqual(Int32Array.from(values))
    await build(double).clear()
    expect(visible(where)).toHaveLength(3)
  })

  it('holds the version that was given, the compression and the seed', async () => {
    const where = freshFolder()
    await Dataset.range(2).cache(where).toArray()
    await Dataset.range(2).cache(where, { key: '2' }).toArray()
    await Dataset.range(2).cache(where, { compression: 'GZIP' }).toArray()
    await Dataset.range(2).cache(where).withOptions({ seed: 1 }).toArray()
    expect(visible(where)).toHaveLength(4)
  })
})

describe('damage', () => {
  const damages: readonly (readonly [string, (file: string) => void, message: RegExp])[] = [
    [
      'a file cut short',
      (file) => truncateSync(file, 60),
      /has 60 bytes, not 96\. Delete .*clear\(\), and it is made anew\./,
    ],
    ['a file cut between records', (file) => truncateSync(file, 48), /has 48 bytes, not 96\./],
    ['a missing file', unlinkSync, /00000-of-00001\.elements is missing: .*made anew/],
    [
      'a byte changed',
      (file) => {
        const bytes = readFileSync(file)
        bytes[40] ^= 1
        writeFileSync(file, bytes)
      },
      /record 1 at byte 24: the checksum of its data does not match: .*made anew/,
    ],
  ]

  it.each(damages)('as %s is named', async (_what, damage, message) => {
    const folder = freshFolder()
    await cachedIn(folder).toArray()
    const file = elementsOf(folder)
    damage(file)
    const error = await failure(cachedIn(folder))
    expect(error).toBeInstanceOf(DataLossError)
    expect(error.message).toMatch(message)
    expect(error.file).toBe(file)
    await cachedIn(folder).clear()
    expect(await cachedIn(folder).toArray()).toEqual([0, 2, 4, 6])
  })

  it.each(['', '{', '[]', '{"millrace":"elements","format":2}', 'null'])('as metadata %j is named', async (text) => {
    const folder = freshFolder()
    await cachedIn(folder).toArray()
    const file = join(folder, visible(folder)[0], 'metadata.json')
    await writeFile(file, text)
    const error = await failure(cachedIn(folder))
    expect(error).toBeInstanceOf(DataLossError)
    expect(error.message).toMatch(/metadata\.json (is no JSON|describes no elements).*made anew\.$/)
    expect(error.file).toBe(file)
  })

  it('as a folder of something else is not overwritten', async () => {
    const folder = freshFolder()
    await cachedIn(folder).toArray()
    const [name] = visible(folder)
    await rm(join(folder, name), { recursive: true })
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'diary.txt'), 'dear')
    const error = await failure(cachedIn(folder))
    expect(error).toBeInstanceOf(FailedPreconditionError)
    expect(error.message).toMatch(/range\.map\.cache: keeping failed at element 3: .* exists, but is none/)
    expect(existsSync(join(folder, name, 'diary.txt'))).toBe(true)
    expect(hidden(folder)).toEqual([])
  })
})

describe('arguments', () => {
  const wrong: readonly (readonly [string, readonly unknown[]])[] = [
    ['cache: directory must be a path, got 5.', [5]],
    ['cache: directory must be a path, got "".', ['']],
    ['cache: directory must be a path, got undefined.', [undefined, { key: 'a' }]],
    ['cache: key must be a string, got 2.', ['a', { key: 2 }]],
    ["cache: compression must be 'GZIP' or 'ZLIB', got \"ZIP\".", ['a', { compression: 'ZIP' }]],
    ['cache: there is no option kee. It takes key, compression.', ['a', { kee: 'a' }]],
  ]

  it.each(wrong)('%s', (message, args) => {
    const dataset = Dataset.range(1) as unknown as { cache(...args: readonly unknown[]): unknown }
    expect(() => dataset.cache(...args)).toThrow(message)
  })

  it.each([
    ['snapshot: path must be a path, got undefined.', []],
    ['snapshot: shards must be a whole number of at least 1, got 0.', ['a', { shards: 0 }]],
    ['snapshot: key must be a string, got 2.', ['a', { key: 2 }]],
    ['snapshot: there is no option shard. It takes shards, compression, key.', ['a', { shard: 2 }]],
  ])('%s', (message, args) => {
    const dataset = Dataset.range(1) as unknown as { snapshot(...args: readonly unknown[]): unknown }
    expect(() => dataset.snapshot(...args)).toThrow(message)
  })
})
