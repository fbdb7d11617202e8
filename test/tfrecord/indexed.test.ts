import { mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FixedLenFeature, IndexedRecords, int64Feature, tfrecords, writeTFRecords } from '../../src/tfrecord/index.ts'

const features = { n: FixedLenFeature([], 'int32') }
const counts = [7, 0, 1, 12]
const numbers = Array.from({ length: 20 }, (_, n) => n)
let folder = ''
let records: IndexedRecords

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-indexed-'))
  let n = 0
  for (const [i, count] of counts.entries()) {
    const examples = Array.from({ length: count }, () => ({ n: int64Feature(n++) }))
    await writeTFRecords(join(folder, `part-${i}`), examples, { index: true })
  }
  records = await IndexedRecords.open(join(folder, 'part-?'), { missing: 'refuse' })
})
afterAll(async () => {
  await records.close()
  await rm(folder, { recursive: true })
})

const dataset = () => tfrecords(records, { features }).map(({ n }) => n)

describe('tfrecords of IndexedRecords', () => {
  it('knows its length, and gives the records in order', async () => {
    expect(dataset().cardinality()).toBe(20)
    expect(await dataset().toArray()).toEqual(numbers)
    expect(await tfrecords(records).toArray()).toHaveLength(20)
  })

  it('goes on from every record, and skips any number', async () => {
    const iterator = dataset().iterator()
    for (let k = 0; k <= 21; k++) {
      expect(await dataset().toArray({ state: iterator.save() })).toEqual(numbers.slice(k))
      expect(await dataset().skip(k).toArray()).toEqual(numbers.slice(k))
      await iterator.next()
    }
  })

  it('passes over neighbours in a file and from file to file', async () => {
    const iterator = dataset()
      .enumerate()
      .filter(([i]) => i % 3 === 0)
    expect((await iterator.toArray()).map(([, n]) => n)).toEqual(numbers.filter((n) => n % 3 === 0))
  })

  it('is shuffled as a whole', async () => {
    const shuffled = dataset().globalShuffle({ seed: 3 })
    const order = await shuffled.toArray()
    expect(order).not.toEqual(numbers)
    expect(order.toSorted((a, b) => a - b)).toEqual(numbers)
    const iterator = dataset().globalShuffle({ seed: 3 }).iterator()
    for (let k = 0; k < 9; k++) await iterator.next()
    expect(await dataset().globalShuffle({ seed: 3 }).toArray({ state: iterator.save() })).toEqual(order.slice(9))
    await iterator.return()
  })

  it('is divided exactly', async () => {
    const shares = records.split(3).map((share) => tfrecords(share, { features }).map(({ n }) => n))
    expect(shares.map((share) => share.cardinality())).toEqual([7, 7, 6])
    expect((await Promise.all(shares.map((share) => share.toArray()))).flat()).toEqual(numbers)
    const state = shares[0].iterator().save()
    expect(() => shares[1].iterator({ state })).toThrow(/records/)
  })

  it('takes no options of reading, and names the record of an error', async () => {
    expect(() => tfrecords(records, { checksums: false })).toThrow(
      'tfrecords: there is no option checksums. It takes features.',
    )
    const wrong = tfrecords(records, { features: { m: FixedLenFeature([], 'int32') } })
    const place = { file: join(folder, 'part-3'), record: 2 }
    await expect(wrong.skip(10).toArray()).rejects.toMatchObject(place)
    await expect(wrong.globalShuffle({ seed: 1 }).toArray()).rejects.toMatchObject({ name: 'InvalidArgumentError' })
  })

  it('notices a file that was cut after it was opened', async () => {
    const path = join(folder, 'cut')
    await writeTFRecords(path, [new Uint8Array(4), new Uint8Array(4)])
    await using cut = await IndexedRecords.open(path)
    await truncate(path, 20)
    await expect(tfrecords(cut).toArray()).rejects.toMatchObject({
      name: 'DataLossError',
      message: `${path} ends before record 1, which its index has. The file was changed after its index was read.`,
    })
  })
})
