import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { release } from '../../src/index.ts'
import { RecordReader, tfrecords, writeTFRecords } from '../../src/tfrecord/index.ts'
import { temporaryFile } from '../sources/temporaryFile.ts'

/** Records that are given back leave their memory to later ones: nobody may see it while a record there is not. */

const lengths = [40_000, 20_000, 100, 300_000, 16_384, 16_383, 50_000, 1 << 20, 30_000]
const recordOf = (i: number): Uint8Array => new Uint8Array(lengths[i % lengths.length]).fill(1 + (i % 250))

async function fileOf(count: number, compression?: 'GZIP'): Promise<string> {
  const file = temporaryFile('')
  await writeTFRecords(
    file,
    Array.from({ length: count }, (_, i) => recordOf(i)),
    { compression },
  )
  return file
}

/** Whether a record is what was written as record `i`. */
const isWhole = (record: Uint8Array, i: number): boolean => Buffer.compare(record, recordOf(i)) === 0

describe.each([
  ['one file', undefined, 1],
  ['a compressed file', 'GZIP', 1],
  ['two files at once', undefined, 2],
] as const)('records of %s', (_name, compression, files) => {
  it('keep their bytes until they are released, whichever of the others are', async () => {
    const count = 60
    const paths = await Promise.all(Array.from({ length: files }, () => fileOf(count, compression)))
    const records = tfrecords(paths, { chunkBytes: 1 << 17, ...(files > 1 && { numParallelReads: files }) })
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.boolean()), async (coin) => {
        const kept: [Uint8Array, number][] = []
        let index = 0
        for await (const record of records) {
          const place = Math.floor(index++ / files)
          expect(isWhole(record, place)).toBe(true)
          if (coin.next().value === true) release(record)
          else kept.push([record, place])
        }
        expect(index).toBe(count * files)
        expect(kept.every(([record, place]) => isWhole(record, place))).toBe(true)
      }),
      { numRuns: 5 },
    )
  })
})

describe('long records', () => {
  const longOnes = async (): Promise<string> => {
    const file = temporaryFile('')
    await writeTFRecords(file, new Array<Uint8Array>(200).fill(new Uint8Array(50_000).fill(7)))
    return file
  }

  it('are read into few pieces of memory where each is released', async () => {
    const buffers = new Set<unknown>()
    await tfrecords(await longOnes(), { chunkBytes: 1 << 18 }).forEach((record) => {
      buffers.add(record.buffer)
      release(record)
    })
    expect(buffers.size).toBeLessThan(8)
  })

  it('are read into new memory where none is', async () => {
    const buffers = new Set<unknown>()
    await tfrecords(await longOnes(), { chunkBytes: 1 << 18 }).forEach(({ buffer }) => buffers.add(buffer))
    expect(buffers.size).toBeGreaterThan(30)
  })

  it('may be released after their reader was closed', async () => {
    const reader = new RecordReader(await longOnes())
    const record = await reader.next()
    await reader.close()
    expect(record?.[49_999]).toBe(7)
    release(record)
    expect(record?.[0]).toBe(0xdd)
  })
})

describe('short records', () => {
  const shortOnes = async (): Promise<string> => {
    const file = temporaryFile('')
    await writeTFRecords(
      file,
      Array.from({ length: 4000 }, (_, i) => new Uint8Array(500).fill(i % 251)),
    )
    return file
  }
  const options = { chunkBytes: 1 << 16 }

  it('are read into few pieces of memory where each is released before the next', async () => {
    const buffers = new Set<unknown>()
    let index = 0
    await tfrecords(await shortOnes(), options).forEach((record) => {
      expect(record[499]).toBe(index++ % 251)
      buffers.add(record.buffer)
      release(record)
    })
    expect(buffers.size).toBeLessThan(8)
  })

  it('leave their memory alone where one in it is not, or later', async () => {
    const buffers = new Set<unknown>()
    const kept: Uint8Array[] = []
    let index = 0
    for await (const record of tfrecords(await shortOnes(), options)) {
      buffers.add(record.buffer)
      if (index++ % 100 === 0) kept.push(record)
      else release(record)
      if (index % 1000 === 0) kept.slice(0, -1).forEach(release)
    }
    expect(buffers.size).toBeGreaterThan(25)
    expect(kept.map((record) => record[499])).toEqual(kept.map((_, i) => (i * 100) % 251))
  })

  it('are what they were in a cache, though they are released', async () => {
    const records = tfrecords(await shortOnes(), options).cache()
    for (let pass = 0; pass < 3; pass++) {
      let index = 0
      await records.forEach((record) => {
        expect(record[0]).toBe(index++ % 251)
        release(record)
      })
    }
  })

  it('show 0xdd once they are released, but for production', async () => {
    const reader = new RecordReader(await shortOnes())
    const record = await reader.next()
    release(record)
    expect(record?.[0]).toBe(0xdd)
    const next = await reader.next()
    expect(next?.[0]).toBe(1)
    await reader.close()
    release(next)
    expect(next?.[0]).toBe(1)
  })
})

describe('memory of readers that have closed', () => {
  const fileOfOne = async (fill: number): Promise<string> => {
    const file = temporaryFile('')
    await writeTFRecords(file, new Array<Uint8Array>(40).fill(new Uint8Array(60_000).fill(fill)))
    return file
  }

  it('is that of the next pass, unless garbage was collected between', async () => {
    const file = await fileOfOne(1)
    const buffers = new Set<unknown>()
    for (let pass = 0; pass < 20; pass++) {
      await tfrecords(file).forEach((record) => {
        buffers.add(record.buffer)
        release(record)
      })
    }
    // Without it there would be three a pass.
    expect(buffers.size).toBeLessThan(30)
  })

  it('is never that of two readers, nor written while a record in it is kept', async () => {
    const files = await Promise.all([1, 2, 3].map(fileOfOne))
    const lent = new RecordReader(files[0], { reuseMemory: true })
    const last = await lent.next()
    await lent.close()
    const kept = await tfrecords(files[1]).take(5).toArray()
    await Promise.all(
      files.map((file, i) =>
        tfrecords(file).forEach((record) => {
          expect(record.every((byte) => byte === i + 1)).toBe(true)
          release(record)
        }),
      ),
    )
    expect(last?.every((byte) => byte === 1)).toBe(true)
    expect(kept.every((record) => record.every((byte) => byte === 2))).toBe(true)
  })
})
