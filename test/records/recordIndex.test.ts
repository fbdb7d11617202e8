import { readdirSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataLossError } from '../../src/core/errors.ts'
import { IndexedRecords } from '../../src/records/indexedRecords.ts'
import { buildIndex, indexPath, RecordFileIndex } from '../../src/records/recordFileIndex.ts'
import { decodeIndex, encodeIndex, IndexBuilder, sampledRecords } from '../../src/records/recordIndex.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { TFRecordWriter, writeTFRecords } from '../../src/tfrecord/index.ts'
import { drain, fileOf } from '../tfrecord/fixtures.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-index-'))
  path = join(folder, 'a.tfrecord')
})
afterEach(() => rm(folder, { recursive: true }))

const recordsOf = (count: number, seed = 0) =>
  Array.from({ length: count }, (_, i) => new Uint8Array((i * 37) % 300).fill(i + seed))

async function readAll(records: {
  readonly length: number
  at?(i: number): Promise<Uint8Array>
  read?(i: number): Promise<Uint8Array>
}): Promise<(Uint8Array | undefined)[]> {
  // From the last to the first, all at the same time.
  const found = Array.from({ length: records.length }, async (_, k) => {
    const i = records.length - 1 - k
    return records.at?.(i) ?? records.read?.(i)
  })
  return (await Promise.all(found)).reverse()
}

describe('an index file', () => {
  it('holds any offsets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 3000 }),
        fc.nat(),
        (lengths, mark) => {
          const builder = new IndexBuilder()
          for (const length of lengths) builder.add(length)
          const offsets = builder.offsets()
          const index = { fileBytes: offsets[lengths.length], fingerprint: mark, offsets }
          expect(decodeIndex(encodeIndex(index), 'x')).toEqual(index)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('has the layout that is written down', () => {
    const builder = new IndexBuilder()
    for (const length of [0, 127, 300]) builder.add(length)
    const bytes = encodeIndex({ fileBytes: 475, fingerprint: 0x01020304, offsets: builder.offsets() })
    const expected = '6d7272696e64657801000000b35bb39ddb0100000000000003000000000000000403020100' + '7fac02'
    expect(Buffer.from(bytes).toString('hex')).toBe(expected)
  })

  it('is refused where any byte of it is changed or missing', () => {
    const builder = new IndexBuilder()
    for (const length of [3, 1000, 5, 70_000]) builder.add(length)
    const offsets = builder.offsets()
    const bytes = encodeIndex({ fileBytes: offsets[4], fingerprint: 77, offsets })
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at] ^= 16
      expect(() => decodeIndex(damaged, 'x.index'), `byte ${at}`).toThrow(DataLossError)
      expect(() => decodeIndex(bytes.subarray(0, at), 'x.index'), `length ${at}`).toThrow(DataLossError)
    }
    const next = bytes.slice()
    next[8] = 2
    expect(() => decodeIndex(next, 'x.index')).toThrow('x.index is an index of version 2, not 1. Build it again')
  })

  it('takes its fingerprint of the first and the last record, and some between', () => {
    expect([0, 1, 2, 16].map(sampledRecords)).toEqual([[], [0], [0, 1], Array.from({ length: 16 }, (_, i) => i)])
    const many = sampledRecords(1_000_001)
    expect([many.length, many[0], many[15]]).toEqual([16, 0, 1_000_000])
  })
})

describe('RecordFileIndex', () => {
  it.each([0, 1, 2, 100])('reads %i records in any order, by each way to an index', async (count) => {
    const records = recordsOf(count)
    await writeFile(path, fileOf(records))
    for (const missing of ['memory', 'write', 'refuse'] as const) {
      await using index = await RecordFileIndex.open(path, { missing })
      expect(index.length).toBe(count)
      expect(await readAll(index)).toEqual(records)
    }
    expect(await buildIndex(path)).toBe(count)
  })

  it('is the same written with the records, or by a scan', async () => {
    await writeTFRecords(path, recordsOf(50), { index: true, bufferBytes: 500 })
    const written = await readFile(indexPath(path))
    await buildIndex(path)
    expect(await readFile(indexPath(path))).toEqual(written)
    const writer = await TFRecordWriter.create(path, { index: true })
    for (const record of recordsOf(50)) await writer.write(record)
    await writer.close()
    expect(await readFile(indexPath(path))).toEqual(written)
  })

  it('gives positions from which a reader goes on', async () => {
    const records = recordsOf(20)
    await writeFile(path, fileOf(records))
    await using index = await RecordFileIndex.open(path)
    for (let i = 0; i <= 20; i++) {
      expect(await drain(new RecordReader(path, { start: index.position(i) }))).toEqual(records.slice(i))
    }
    expect(() => index.position(21)).toThrow('has 20 records, and record 21 was asked for.')
    await expect(index.read(20)).rejects.toMatchObject({ name: 'OutOfRangeError', file: path, record: 20 })
    await expect(index.read(-1)).rejects.toThrow('RecordFileIndex: i must be a whole number of at least 0, got -1.')
  })

  const changes: readonly [string, () => Promise<void>][] = [
    ['longer', () => appendFile(path, fileOf(recordsOf(1)))],
    ['shorter', () => truncate(path, 16)],
    ['another of the same size', () => writeFile(path, fileOf(recordsOf(20, 1)))],
    [
      'changed in its last record',
      async () => {
        const changed = fileOf(recordsOf(20))
        changed[changed.length - 1] ^= 1
        changed.set(fileOf(recordsOf(20).toSpliced(19, 1, new Uint8Array((19 * 37) % 300).fill(99))))
        await writeFile(path, changed)
      },
    ],
  ]
  it.each(changes)('notices that a file is %s', async (_, change) => {
    await writeTFRecords(path, recordsOf(20), { index: true })
    await change()
    await expect(RecordFileIndex.open(path, { missing: 'refuse' })).rejects.toMatchObject({
      name: 'FailedPreconditionError',
      message: `the index of ${path} is stale: the file was changed after it. Build it with buildIndex or \`millrace tfrecord index\`.`,
    })
    const records = await drain(new RecordReader(path))
    await using index = await RecordFileIndex.open(path)
    expect(await readAll(index)).toEqual(records)
  })

  it('notices a change between the samples when the record is read', async () => {
    const records = recordsOf(400)
    await writeTFRecords(path, records, { index: true })
    // Records 1 and 2 change places.
    await writeFile(path, fileOf([records[0], records[2], records[1], ...records.slice(3)]))
    await using index = await RecordFileIndex.open(path, { missing: 'refuse' })
    await expect(index.read(1)).rejects.toMatchObject({ name: 'DataLossError', file: path, record: 1 })
  })

  it('notices a damaged record, and a file cut after it was opened', async () => {
    const file = fileOf(recordsOf(10))
    file[30] ^= 1
    await writeFile(path, fileOf(recordsOf(10)))
    await using index = await RecordFileIndex.open(path)
    await writeFile(path, file)
    await expect(index.read(1)).rejects.toThrow(/record 1 at byte 16: the checksum of its data does not match/)
    await truncate(path, 40)
    await expect(index.read(9)).rejects.toThrow(/ends at byte \d+, before it did when its index was made/)
  })

  it('says that there is no index, or that it is damaged', async () => {
    await writeTFRecords(path, recordsOf(5), { index: true })
    await writeFile(indexPath(path), 'nonsense')
    await expect(RecordFileIndex.open(path, { missing: 'refuse' })).rejects.toThrow(/is no index of records/)
    {
      await using index = await RecordFileIndex.open(path, { missing: 'write' })
      expect(index.length).toBe(5)
    }
    await unlink(indexPath(path))
    await expect(RecordFileIndex.open(path, { missing: 'refuse' })).rejects.toThrow(`${path} has no index.`)
  })

  it('refuses what is compressed or missing', async () => {
    await writeFile(path, gzipSync(fileOf(recordsOf(5))))
    await expect(RecordFileIndex.open(path)).rejects.toMatchObject({ name: 'DataLossError', file: path })
    await expect(buildIndex(path)).rejects.toThrow(/or is compressed/)
    await expect(RecordFileIndex.open(join(folder, 'none'))).rejects.toMatchObject({ name: 'NotFoundError' })
    await expect(writeTFRecords(path, [], { index: true, compression: 'GZIP' })).rejects.toThrow(
      'writeTFRecords: a compressed file has no index.',
    )
  })
})

describe('IndexedRecords', () => {
  it('counts through several files, empty ones among them', async () => {
    const counts = [3, 0, 0, 5, 1, 0]
    const all = counts.flatMap((count, i) => recordsOf(count, 10 * i))
    const files = counts.map((_, i) => join(folder, `part-${i}`))
    for (const [i, file] of files.entries()) await writeTFRecords(file, recordsOf(counts[i], 10 * i), { index: true })
    for (const given of [files, join(folder, 'part-[0-9]')]) {
      await using records = await IndexedRecords.open(given, { missing: 'refuse' })
      expect([records.length, records.files]).toEqual([9, files])
      expect(await readAll(records)).toEqual(all)
      expect(records.position(3)).toEqual({ file: 3, record: 0, byteOffset: 0 })
      await expect(records.at(9)).rejects.toThrow('there are 9 records, and record 9 was asked for.')
      for (const shares of [1, 2, 4, 9, 20]) {
        const parts = records.split(shares)
        expect((await Promise.all(parts.map(readAll))).flat()).toEqual(all)
        const lengths = parts.map(({ length }) => length)
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
        expect((await Promise.all(parts.flatMap((part) => part.split(3)).map(readAll))).flat()).toEqual(all)
      }
    }
  })

  it.runIf(process.platform === 'linux')('closes all files, also where one cannot be opened', async () => {
    await writeTFRecords(path, recordsOf(3), { shards: 3 })
    const files = readdirSync(folder).map((name) => join(folder, name))
    const before = readdirSync('/proc/self/fd').length
    const records = await IndexedRecords.open(files)
    await records.close()
    await records.close()
    await expect(IndexedRecords.open([...files, join(folder, 'none')])).rejects.toThrow('cannot open')
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
  })
})
