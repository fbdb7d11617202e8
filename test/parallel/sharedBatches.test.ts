import { describe, expect, it } from 'vitest'
import { configureWorkers, Dataset, type MillraceError, type NdArray, release, workerFn } from '../../src/index.ts'
import { TensorSpec } from '../../src/core/spec.ts'
import { sharedRows, threadsOfBatch } from '../../src/parallel/sharedBatch.ts'
import { digest, plain } from './fixtures/digest.ts'
import { sharedFlags } from './fixtures/flags.ts'
import * as functions from './fixtures/functions.ts'

const url = functions.here
const outputSignature = functions.largeSpec
const keepFlags = workerFn<typeof functions.keepFlags>(url, 'keepFlags')

// Also on a machine of one core: rows of one batch wait for each other.
configureWorkers({ threads: 3 })

async function outcomes(dataset: Dataset<unknown>): Promise<unknown[]> {
  const seen: unknown[] = []
  await dataset
    .ignoreErrors({ onError: (error) => void seen.push((error as MillraceError).message) })
    .forEach((batch) => {
      seen.push(plain(batch))
      release(batch)
    })
  return seen
}

describe('a batch of large rows', () => {
  it('is made by several threads together', async () => {
    const mutual = workerFn<typeof functions.mutualRow>(url, 'mutualRow')
    const mapped = Dataset.range(8).map(mutual, { workers: 2, init: keepFlags, args: [sharedFlags()], outputSignature })
    const [batch] = await mapped.batch(8).toArray()
    expect(plain(batch)).toMatchObject({ label: { data: [0, 1, 2, 3, 4, 5, 6, 7] } })
  })

  it.each(['largeRow', 'roomyRow'] as const)('is that of one thread, with %s', async (name) => {
    const here = Dataset.range(75).map(functions.largeRow, { outputSignature })
    const row = workerFn<typeof functions.largeRow>(url, name)
    const init = workerFn<typeof functions.nothing>(url, 'nothing')
    for (const size of [8, 16, 33]) {
      const expected = await digest(here.batch(size).repeat(2))
      for (const workers of [0, 1, 2, 3]) {
        const there = Dataset.range(75).map(row, { workers, init, outputSignature })
        expect(await digest(there.batch(size).repeat(2))).toBe(expected)
      }
    }
  })

  it('lies in memory that is used again once it is given back, and not before', async () => {
    const row = workerFn<typeof functions.largeRow>(url, 'largeRow')
    const buffers = new Set<unknown>()
    const kept: { image: NdArray; label: NdArray }[] = []
    for await (const batch of Dataset.range(320).map(row, { workers: 2, outputSignature }).batch(8)) {
      expect(batch.image.data.buffer).toBeInstanceOf(SharedArrayBuffer)
      buffers.add(batch.image.data.buffer)
      if (kept.length < 5) kept.push(batch)
      else release(batch)
    }
    expect(buffers.size).toBeLessThanOrEqual(9 + 5)
    expect(kept.map(({ image }) => image.data[1023])).toEqual([0, 8, 16, 24, 32])
  })
})

describe('a batch of large rows that fails', () => {
  it.each(['failingRow', 'oddRow'] as const)('takes as much along as in one thread, with %s', async (name) => {
    const row = workerFn<typeof functions.failingRow>(url, name)
    for (const dropRemainder of [true, false]) {
      const of = (workers: number) =>
        outcomes(Dataset.range(60).map(row, { workers, outputSignature }).batch(12, { dropRemainder }))
      expect(await of(2)).toEqual(await of(0))
    }
  })

  it.each([0, 3, 11, 12, 40])('as its thread dies at element %i names it, and goes on behind it', async (at) => {
    const row = workerFn<typeof functions.deadlyRow>(url, 'deadlyRow')
    const of = async (workers: number, retries: number) => {
      const flags = sharedFlags()
      flags[1] = at
      const mapped = Dataset.range(48).map(row, { workers, retries, init: keepFlags, args: [flags], outputSignature })
      return outcomes(mapped.batch(12))
    }
    const found = await of(2, 0)
    expect(found).toEqual(await of(1, 0))
    expect(found).toContainEqual(expect.stringContaining(`died at element ${at}: `) as string)
    const whole = Dataset.range(48).map(functions.largeRow, { outputSignature }).batch(12)
    expect(await of(2, 1)).toEqual(await outcomes(whole))
  })
})

describe('rows are shared out', () => {
  const spec = (shape: readonly (number | null)[], dtype = 'float32' as TensorSpec['dtype']) =>
    new TensorSpec(shape, dtype)
  it.each([
    ['where one leaf has nearly all bytes', { a: spec([64, 64]), b: spec([], 'int32'), c: spec([], 'string') }, 4096],
    ['where there is one leaf', spec([5000], 'uint8'), 5000],
    ['not where nothing is known', undefined, undefined],
    ['not where a size is unknown', { a: spec([64, null]) }, undefined],
    ['not where another size is unknown', { a: spec([64, 64]), b: spec([null]) }, undefined],
    ['not where there may be any number of bytes', { a: spec([64, 64]), b: spec([], 'bytes') }, undefined],
    ['not where rows are small', { a: spec([16, 16]) }, undefined],
    ['not where two leaves are large', [spec([64, 64]), spec([64, 64], 'uint8')], undefined],
    ['not where there is text alone', spec([], 'string'), undefined],
    ['not where there is nothing', {}, undefined],
  ])('%s', (_, rows, length) => {
    expect(sharedRows(rows)?.leaf.length).toBe(length)
  })

  it.each([
    [32, 2, 2],
    [32, 0, 1],
    [32, 64, 8],
    [7, 2, 1],
    [8, 2, 2],
    [1, 2, 1],
  ])('of a batch of %i to %i threads at most: to %i', (rows, threads, expected) => {
    expect(threadsOfBatch(rows, threads)).toBe(expected)
  })
})
