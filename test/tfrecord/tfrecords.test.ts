import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FixedLenFeature, int64Feature, tfrecords, writeTFRecords } from '../../src/tfrecord/index.ts'

const features = { n: FixedLenFeature([], 'int32') }
let folder: string
let files: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfrecords-'))
  const records = Array.from({ length: 23 }, (_, n) => ({ n: int64Feature(n) }))
  ;({ files } = await writeTFRecords(join(folder, 'numbers'), records, { shards: 3 }))
})
afterAll(() => rm(folder, { recursive: true }))

// Three shards, filled in turn: 0, 3, 6, ... then 1, 4, ... then 2, 5, ...
const inFileOrder = [0, 1, 2].flatMap((shard) => Array.from({ length: 23 }, (_, n) => n).filter((n) => n % 3 === shard))
const numbers = (chunkBytes?: number) =>
  tfrecords(files, { features, ...(chunkBytes === undefined ? {} : { chunkBytes }) }).map(({ n }) => n)

describe('tfrecords', () => {
  it.each([1, 7, 64, 1 << 20])('reads the files one after the other, %i bytes at once', async (chunkBytes) => {
    expect(await numbers(chunkBytes).toArray()).toEqual(inFileOrder)
  })

  it('gives the bytes of the records without features', async () => {
    const records = await tfrecords(files[0]).toArray()
    expect(records).toHaveLength(8)
    expect(records[0]).toBeInstanceOf(Uint8Array)
  })

  it('opens nothing before the first element', () => {
    expect(() => tfrecords(join(folder, 'absent')).iterator()).not.toThrow()
  })

  it('goes on from every record', async () => {
    const iterator = numbers(32).iterator()
    for (let k = 0; k <= inFileOrder.length; k++) {
      const state = JSON.parse(JSON.stringify(iterator.save())) as ReturnType<typeof iterator.save>
      expect(await numbers().toArray({ state })).toEqual(inFileOrder.slice(k))
      await iterator.next()
    }
  })

  it('goes on where the files lie in another folder', async () => {
    const iterator = numbers().iterator()
    for (let k = 0; k < 10; k++) await iterator.next()
    const state = iterator.save()
    await iterator.return()
    const other = await mkdtemp(join(tmpdir(), 'tfrecords-'))
    const copies = files.map((file) => join(other, file.slice(folder.length + 1)))
    for (const [i, file] of files.entries()) await copyFile(file, copies[i])
    const moved = tfrecords(copies, { features }).map(({ n }) => n)
    expect(await moved.toArray({ state })).toEqual(inFileOrder.slice(10))
    await rm(other, { recursive: true })
  })

  it.each([0, 1, 7, 8, 9, 22, 23, 24])('skips %i records', async (count) => {
    expect(await numbers(16).skip(count).toArray()).toEqual(inFileOrder.slice(count))
  })

  it('closes the file when it is left early', async () => {
    const before = process.getActiveResourcesInfo().length
    for (let i = 0; i < 20; i++) await numbers(16).take(2).toArray()
    expect(await numbers(16).first()).toBe(0)
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before + 1)
  })
})

describe('tfrecords refuses', () => {
  it.each([
    [[], {}, 'tfrecords: there is no file in the list. Check the pattern it came from.'],
    [[''], {}, 'tfrecords: files must be paths, URLs, file handles or streams, got "".'],
    [['a', 7], {}, 'tfrecords: files must be paths, URLs, file handles or streams, got 7.'],
    [
      'a',
      { feature: {} },
      'tfrecords: there is no option feature. It takes features, checksums, chunkBytes, compression, maxRecordBytes, ' +
        'numParallelReads, onError, maxSkipped, onSkip.',
    ],
    ['a', { numParallelReads: 0 }, 'tfrecords: numParallelReads must be a whole number of at least 1, got 0.'],
    ['a', { numParallelReads: 1e6 }, 'tfrecords: numParallelReads must be at most 65536, got 1000000.'],
    ['a', { chunkBytes: 2 ** 40 }, 'tfrecords: chunkBytes must be at most 1073741824, got 1099511627776.'],
    ['a', { compression: 'zip' }, "tfrecords: compression must be 'GZIP', 'ZLIB' or 'auto', got \"zip\"."],
    ['a', { onError: 'ignore' }, "tfrecords: onError must be 'throw' or 'skip', got \"ignore\"."],
    ['a', { maxRecordBytes: -1 }, 'TFRecord: maxRecordBytes must be a whole number of at least 0, got -1.'],
    ['a', { checksums: 1 }, 'tfrecords: checksums must be true or false, got 1.'],
  ])('%j with %j', (paths, options, message) => {
    expect(() => tfrecords(paths as string, options as never)).toThrow(message)
  })

  it('a file that does not exist, at the first element', async () => {
    await expect(tfrecords(join(folder, 'absent')).toArray()).rejects.toMatchObject({
      name: 'NotFoundError',
      file: join(folder, 'absent'),
    })
  })

  it('a damaged record, naming file, record and byte offset', async () => {
    const bytes = await readFile(files[1])
    const frame = bytes.length / 8
    bytes[2 * frame + 14] ^= 1
    const file = join(folder, 'damaged')
    await writeFile(file, bytes)
    const got: number[] = []
    const reading = tfrecords([files[0], file], { features }).forEach(({ n }) => got.push(n))
    await expect(reading).rejects.toMatchObject({ name: 'DataLossError', file, record: 2, byteOffset: 2 * frame })
    expect(got).toEqual([...inFileOrder.slice(0, 8), 1, 4])
  })

  it('a missing feature, naming file and record', async () => {
    const reading = tfrecords(files[2], { features: { m: FixedLenFeature([], 'int32') } }).toArray()
    await expect(reading).rejects.toMatchObject({ name: 'InvalidArgumentError', file: files[2], record: 0 })
  })
})
