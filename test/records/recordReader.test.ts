import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CancelledError, DataLossError, NotFoundError } from '../../src/core/errors.ts'
import { frameBytes, frameRecord, sealFrame, writeUint32 } from '../../src/records/framing.ts'
import { crc32c, maskCrc } from '../../src/records/crc32c.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { drain, fileOf, MemorySource } from '../tfrecord/fixtures.ts'

const record = (length: number, seed = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + seed)
const records = [3, 0, 100, 1, 5000, 20, 0, 300].map(record)
const file = fileOf(records)

/** A header with a right checksum for any length. */
function header(low: number, high: number): Uint8Array {
  const bytes = new Uint8Array(12)
  writeUint32(bytes, 0, low)
  writeUint32(bytes, 4, high)
  writeUint32(bytes, 8, maskCrc(crc32c(bytes, 0, 8)))
  return bytes
}

describe('frameRecord and sealFrame', () => {
  it('write the same frame, anywhere in a buffer', () => {
    const into = new Uint8Array(40).fill(9)
    expect(frameRecord(record(5), into, 3)).toBe(3 + 5 + frameBytes)
    const sealed = new Uint8Array(40).fill(9)
    sealed.set(record(5), 15)
    expect(sealFrame(sealed, 3, 5)).toBe(24)
    expect(sealed).toEqual(into)
    expect(into.subarray(0, 3)).toEqual(Uint8Array.of(9, 9, 9))
    expect(into[24]).toBe(9)
  })
})

describe('RecordReader', () => {
  it('gives all records whatever the chunks, the reads and what is known of the source', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        fc.boolean(),
        fc.boolean(),
        async (given, chunkBytes, most, sized, checksums) => {
          const source = new MemorySource(fileOf(given), { sized, most })
          expect(await drain(new RecordReader(source, { chunkBytes, checksums }))).toEqual(given)
          expect(source.closes).toBe(1)
          expect(source.mostInFlight).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  it('answers at once while a chunk lasts, and later where it has to read', async () => {
    const reader = new RecordReader(new MemorySource(file))
    const pending = reader.next()
    expect(pending).toBeInstanceOf(Promise)
    expect(await pending).toEqual(records[0])
    await reader.close()
    const other = new RecordReader(new MemorySource(file))
    expect(await other.next()).toEqual(records[0])
    for (const expected of records.slice(1)) expect(other.next()).toEqual(expected)
    expect(await other.next()).toBeUndefined()
  })

  it('stays at its end', async () => {
    const reader = new RecordReader(new MemorySource(file))
    await drain(reader)
    expect(reader.next()).toBeUndefined()
    expect(reader.skip(3)).toBe(0)
    await reader.close()
    expect(reader.next()).toBeUndefined()
  })

  it('never writes into a chunk again', async () => {
    const many = Array.from({ length: 200 }, (_, i) => record(i % 50, i))
    const kept = await drain(new RecordReader(new MemorySource(fileOf(many)), { chunkBytes: 128 }))
    expect(kept).toEqual(many)
  })

  it('lends records out of memory that it uses again, where it is told so', async () => {
    const many = Array.from({ length: 400 }, (_, i) => record(i % 50 === 7 ? 900 : i % 50, i))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2000 }),
        fc.record({ sized: fc.boolean(), most: fc.integer({ min: 50, max: 3000 }) }),
        fc.integer({ min: 0, max: 20 }),
        async (chunkBytes, options, passed) => {
          const reader = new RecordReader(new MemorySource(fileOf(many), options), { chunkBytes, reuseMemory: true })
          const memory = new Set<ArrayBufferLike>()
          for (let i = 0; i < many.length;) {
            i += await reader.skip(i % 40 === 0 ? passed : 0)
            const lent = await reader.next()
            expect(lent).toEqual(many[i++])
            if (lent !== undefined) memory.add(lent.buffer)
          }
          expect(await reader.next()).toBeUndefined()
          if (chunkBytes > 1000 && options.most > 1000) expect(memory.size).toBeLessThan(12)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('reads a chunk ahead, one at a time', async () => {
    const source = new MemorySource(fileOf(Array.from({ length: 100 }, () => record(84))))
    const reader = new RecordReader(source, { chunkBytes: 1000 })
    await reader.next()
    expect(source.bytesRead).toBe(2000)
    await drain(reader)
    expect(source.mostInFlight).toBe(1)
  })

  it('reads a record longer than a chunk in one go', async () => {
    const long = [record(10), record(100_000), record(10)]
    const source = new MemorySource(fileOf(long))
    expect(await drain(new RecordReader(source, { chunkBytes: 64 }))).toEqual(long)
  })

  it('opens nothing before the first record is asked for', async () => {
    const source = new MemorySource(file)
    const reader = new RecordReader(source)
    await reader.close()
    expect([source.opens, source.closes]).toEqual([0, 0])
  })
})

describe('position', () => {
  it('lets another reader go on', async () => {
    const reader = new RecordReader(new MemorySource(file), { chunkBytes: 32 })
    expect(reader.position).toEqual({ record: 0, byteOffset: 0 })
    for (let delivered = 1; delivered <= records.length; delivered++) {
      await reader.next()
      const { position } = reader
      expect(position.record).toBe(delivered)
      const again = new RecordReader(new MemorySource(file), { chunkBytes: 50, start: position })
      expect(await drain(again)).toEqual(records.slice(delivered))
      expect(again.position).toEqual({ record: records.length, byteOffset: file.length })
    }
    expect(await reader.next()).toBeUndefined()
    expect(reader.position).toEqual({ record: records.length, byteOffset: file.length })
  })

  it('beyond the end of the file is an error', async () => {
    const reader = new RecordReader(new MemorySource(file), { start: { record: 3, byteOffset: file.length + 1 } })
    await expect(reader.next()).rejects.toThrow(/memory\.tfrecord has \d+ bytes, and reading was to go on at byte/)
  })

  it('where() is the place of the record delivered last', async () => {
    const reader = new RecordReader(new MemorySource(file), { chunkBytes: 16 })
    await reader.next()
    await reader.next()
    expect(reader.where()).toEqual({ file: 'memory.tfrecord', record: 1, byteOffset: 3 + frameBytes })
  })
})

describe('skip', () => {
  it('passes as many records as next would', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 12 }),
        fc.array(fc.nat(4), { maxLength: 8 }),
        fc.integer({ min: 1, max: 100 }),
        fc.boolean(),
        fc.boolean(),
        async (lengths, steps, chunkBytes, seekable, sized) => {
          const given = lengths.map(record)
          const source = new MemorySource(fileOf(given), { seekable, sized })
          const reader = new RecordReader(source, { chunkBytes })
          let at = 0
          for (const step of steps) {
            const passed = await reader.skip(step)
            expect(passed).toBe(Math.min(step, given.length - at))
            at += passed
            expect(reader.position.record).toBe(at)
            expect(await reader.next()).toEqual(given[at])
            if (at < given.length) at++
          }
          await reader.close()
          expect(source.closes).toBe(steps.length === 0 ? 0 : 1)
        },
      ),
    )
  })

  it('does not read the data of long records', async () => {
    const long = Array.from({ length: 20 }, (_, i) => record(10_000, i))
    const source = new MemorySource(fileOf(long))
    const reader = new RecordReader(source, { chunkBytes: 100 })
    expect(await reader.skip(19)).toBe(19)
    expect(await reader.next()).toEqual(long[19])
    expect(source.bytesRead).toBeLessThan(20_000)
  })

  it('does not check data, but checks headers', async () => {
    const damaged = file.slice()
    damaged[12] ^= 1
    expect(await new RecordReader(new MemorySource(damaged)).skip(8)).toBe(8)
    damaged[3 + frameBytes + 8] ^= 1
    await expect(new RecordReader(new MemorySource(damaged)).skip(8)).rejects.toThrow(
      /record 1 .* checksum of its length/,
    )
  })

  it.each([-1, 0.5, NaN, Infinity])('refuses %d', (count) => {
    expect(() => new RecordReader(new MemorySource(file)).skip(count)).toThrow(/skip: count must be a whole number/)
  })
})

describe('close', () => {
  it('waits for the read in flight, and closes once', async () => {
    const source = new MemorySource(file)
    const reader = new RecordReader(source, { chunkBytes: 64 })
    await reader.next()
    let release = (): void => undefined
    source.gate = new Promise((resolve) => (release = resolve))
    const pending = drain(reader)
    const outcome = expect(pending).rejects.toBeInstanceOf(CancelledError)
    const closing = Promise.all([reader.close(), reader.close()])
    await Promise.resolve()
    expect(source.closes).toBe(0)
    release()
    await Promise.all([closing, outcome])
    expect(source.closes).toBe(1)
    expect(() => reader.next()).toThrow('the reader of memory.tfrecord was closed.')
  })

  it('comes by itself after an error', async () => {
    const source = new MemorySource(file)
    source.failure = new Error('bad sector')
    const reader = new RecordReader(source)
    await expect(reader.next()).rejects.toThrow('cannot read memory.tfrecord: bad sector.')
    await reader.close()
    expect(source.closes).toBe(1)
    expect(() => reader.next()).toThrow('bad sector')
    expect(() => reader.skip(1)).toThrow('bad sector')
  })

  it('comes at the end of await using', async () => {
    const source = new MemorySource(file)
    {
      await using reader = new RecordReader(source)
      await reader.next()
    }
    expect(source.closes).toBe(1)
  })
})

describe('files that are not there', () => {
  it('are a NotFoundError, each time', async () => {
    const reader = new RecordReader('/no/such/file.tfrecord')
    await expect(reader.next()).rejects.toBeInstanceOf(NotFoundError)
    expect(() => reader.next()).toThrow(/cannot open \/no\/such\/file\.tfrecord/)
    await reader.close()
  })

  it('a folder is refused', async () => {
    await expect(new RecordReader(import.meta.dirname).next()).rejects.toMatchObject({
      name: 'FailedPreconditionError',
    })
  })
})

describe('a length that cannot be', () => {
  it.each<readonly [what: string, bytes: Uint8Array, sized: boolean, message: RegExp]>([
    ['beyond the end', header(100, 0), true, /its length is 100 bytes, but the file has 0 left/],
    [
      'of 2^40 with a right checksum',
      header(0, 256),
      true,
      /its length is 1099511627776 bytes, but the file has 0 left/,
    ],
    [
      'of 2^40 where the end is unknown',
      header(0, 256),
      false,
      /its length is 1099511627776 bytes, more than the 2147483647/,
    ],
    ['of 2^31 where the end is unknown', header(2 ** 31, 0), false, /its length is 2147483648 bytes, more than/],
    ['of 2^64 - 1', header(2 ** 32 - 1, 2 ** 32 - 1), false, /more than the 2147483647 that are allowed/],
    [
      'of 2^31 - 1, of which nothing comes',
      header(2 ** 31 - 1, 0),
      false,
      /ends in the data of this record: 12 bytes are/,
    ],
  ])('%s', async (_, bytes, sized, message) => {
    const reader = new RecordReader(new MemorySource(bytes, { sized }))
    await expect(reader.next()).rejects.toThrow(message)
    await expect(new RecordReader(new MemorySource(bytes, { sized })).next()).rejects.toBeInstanceOf(DataLossError)
  })

  it('is what maxRecordBytes says', async () => {
    const reader = new RecordReader(new MemorySource(file), { maxRecordBytes: 99 })
    await expect(drain(reader)).rejects.toMatchObject({
      name: 'DataLossError',
      file: 'memory.tfrecord',
      record: 2,
      byteOffset: 3 + 2 * frameBytes,
      message: expect.stringContaining('its length is 100 bytes, more than the 99 that are allowed.') as string,
    })
  })
})

it('a file that gets shorter while it is read is an error', async () => {
  class Shrinking extends MemorySource {
    override async open(): Promise<number> {
      return ((await super.open()) ?? 0) + 50
    }
  }
  const source = new Shrinking(file)
  await expect(drain(new RecordReader(source))).rejects.toThrow(/had \d+ bytes when it was opened and ends at byte/)
})

it.each([
  [{ chunkBytes: 0 }, /TFRecord: chunkBytes must be a whole number of at least 1, got 0\./],
  [{ chunkBytes: 1.5 }, /chunkBytes/],
  [{ maxRecordBytes: -1 }, /maxRecordBytes/],
  [{ maxRecordBytes: 2 ** 31 }, /TFRecord: maxRecordBytes must be at most 2\^31 - 1/],
  [{ start: { record: -1, byteOffset: 0 } }, /start\.record/],
  [{ start: { record: 0, byteOffset: NaN } }, /start\.byteOffset/],
])('refuses the options %o', (options, message) => {
  expect(() => new RecordReader('x', options)).toThrow(message)
})
