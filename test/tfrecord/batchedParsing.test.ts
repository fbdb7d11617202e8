import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { encodeExample } from '../../src/tfrecord/encodeExample.ts'
import type { FeaturesInput } from '../../src/tfrecord/exampleEncoder.ts'
import { bytesFeature, floatFeature, int64Feature } from '../../src/tfrecord/feature.ts'
import type { Features } from '../../src/tfrecord/features.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { tfrecords, writeTFRecords, IndexedRecords, VarLenFeature } from '../../src/tfrecord/index.ts'
import { expectSame } from '../dataset/expectSame.ts'
import { fileOf, MemorySource } from './fixtures.ts'

/** Ways to ask for a feature, each with values that records have for it; some do not fit. */
const asked: Record<string, [FixedLenFeature, fc.Arbitrary<FeaturesInput[string] | undefined>]> = {
  label: [FixedLenFeature([], 'int32'), fc.integer({ min: -3, max: 300 }).map((n) => int64Feature(n))],
  wide: [FixedLenFeature([2], 'int64'), fc.bigInt({ min: 0n, max: 2n ** 40n }).map((n) => int64Feature([n, -n]))],
  weight: [FixedLenFeature([], 'float32'), fc.float({ noNaN: true }).map((n) => floatFeature(n))],
  flag: [FixedLenFeature([], 'bool'), fc.nat({ max: 1 }).map((n) => int64Feature(n))],
  image: [FixedLenFeature([2, 2], 'uint8'), fc.uint8Array({ minLength: 4, maxLength: 4 }).map((b) => bytesFeature(b))],
  raw: [FixedLenFeature([2], 'int16'), fc.uint8Array({ minLength: 4, maxLength: 4 }).map((b) => bytesFeature(b))],
  name: [FixedLenFeature([], 'string'), fc.string({ maxLength: 5 }).map((text) => bytesFeature(text))],
  blob: [FixedLenFeature([], 'bytes'), fc.uint8Array({ maxLength: 40 }).map((b) => bytesFeature(b))],
  absent: [FixedLenFeature([2], 'float64', { defaultValue: [1, 2] }), fc.constant(undefined)],
  ['__proto__']: [FixedLenFeature([], 'int32', { defaultValue: 7 }), fc.constantFrom(undefined, int64Feature(5))],
}
const misfit = fc.constantFrom(undefined, int64Feature([1, 2, 3]), bytesFeature('x'), floatFeature([]))

/** Features that are asked for, and records: mostly such as have them. */
const cases = fc.subarray(Object.keys(asked), { minLength: 1 }).chain((names) => {
  const row = fc.tuple(
    ...names.map((name) => fc.oneof({ weight: 12, arbitrary: asked[name][1] }, { weight: 1, arbitrary: misfit })),
  )
  const record = row.map((values) => {
    const pairs = names.map((name, i) => [name, values[i]] as const).filter(([, value]) => value !== undefined)
    return encodeExample(Object.fromEntries(pairs) as FeaturesInput)
  })
  const files = fc.array(fc.array(fc.oneof({ weight: 20, arbitrary: record }, fc.constant(Uint8Array.of(255)))), {
    minLength: 1,
    maxLength: 3,
  })
  return fc.record({ names: fc.constant(names), files })
})

const featuresOf = (names: readonly string[]): Features =>
  Object.fromEntries(names.map((name) => [name, asked[name][0]]))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-batched-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('tfrecords with features and batch', () => {
  it('run as one stage that gives the elements, the errors and the states of the two', async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        fc.record({
          numParallelReads: fc.constantFrom(undefined, 2),
          onError: fc.constantFrom('throw' as const, 'skip' as const),
          chunkBytes: fc.integer({ min: 1, max: 300 }),
        }),
        fc.tuple(fc.nat({ max: 400 }), fc.boolean()),
        async ({ names, files }, batchSize, dropRemainder, options, [damaged, damage]) => {
          const stored = files.map(fileOf)
          if (damage && damaged < stored[0].length) stored[0][damaged] ^= 1
          const inputs = stored.map((bytes) => () => new MemorySource(bytes))
          const make = (): Dataset<unknown> =>
            tfrecords(inputs, { features: featuresOf(names), ...options }).batch(batchSize, { dropRemainder })
          expect(make().optimized.stage.name).toBe('parseBatch')
          await expectSame(make, 40)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('does so by index files, also after skip', async () => {
    const features = { n: FixedLenFeature([], 'int32'), text: FixedLenFeature([], 'string') }
    const rows = Array.from({ length: 9 }, (_, n) => ({ n: n === 5 ? floatFeature(0.5) : n, text: `row ${n}` }))
    await writeTFRecords(join(folder, 'a'), rows.slice(0, 4), { index: true })
    await writeTFRecords(join(folder, 'b'), rows.slice(4), { index: true })
    await using records = await IndexedRecords.open([join(folder, 'a'), join(folder, 'b')])
    for (const batchSize of [1, 2, 4]) await expectSame(() => tfrecords(records, { features }).batch(batchSize), 12)
    const skipped = tfrecords(records, { features }).batch(3).skip(2)
    expect((await skipped.toArray()).map(({ n }) => [...n.data])).toEqual([[6, 7, 8]])
  })

  it('stays two stages where a batch is no batch of columns', () => {
    const words = { words: VarLenFeature('string') }
    expect(tfrecords('a', { features: words }).batch(2).optimized.stage.name).toBe('batch')
    expect(tfrecords('a', { features: {} }).batch(2).optimized.stage.name).toBe('batch')
    expect(tfrecords('a').batch(2).optimized.stage.name).toBe('batch')
  })

  it('uses the memory of records again, and never that of a batch', async () => {
    const file = join(folder, 'long')
    const rows = Array.from({ length: 60 }, (_, n) => ({ image: bytesFeature(new Uint8Array(10_000).fill(n)), n }))
    await writeTFRecords(file, rows)
    const lent = { image: FixedLenFeature([100, 100], 'uint8') }
    const kept = { image: FixedLenFeature([], 'bytes'), n: FixedLenFeature([], 'int32') }
    const options = { chunkBytes: 20_000 }
    const arrays = await tfrecords(file, { features: lent, ...options })
      .batch(7)
      .toArray()
    const bytes = await tfrecords(file, { features: kept, ...options })
      .batch(7)
      .toArray()
    const firsts = arrays.flatMap(({ image: { data } }) =>
      Array.from({ length: data.length / 10_000 }, (_, row) => [data[row * 10_000], data[row * 10_000 + 9_999]]),
    )
    expect(firsts).toEqual(rows.map((_, n) => [n, n]))
    expect(bytes.flatMap(({ image }) => image.data.map((row) => row[0]))).toEqual(rows.map((_, n) => n))
  })
})
