import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameBytes } from '../../src/records/framing.ts'
import { RecordReader, type RecordReaderOptions } from '../../src/records/recordReader.ts'
import type { SkippedSpan } from '../../src/records/resync.ts'
import { drain, fileOf, MemorySource } from '../tfrecord/fixtures.ts'

/** All records that come out, and what was skipped. */
async function salvage(
  bytes: Uint8Array,
  options: RecordReaderOptions & { sized?: boolean } = {},
): Promise<[Uint8Array[], readonly SkippedSpan[]]> {
  const { sized = true, ...rest } = options
  const source = new MemorySource(bytes, { sized, seekable: sized })
  const reader = new RecordReader(source, { onError: 'skip', ...rest })
  const found = await drain(reader)
  expect(source.closes).toBe(1)
  return [found, reader.skipped]
}

const startsOf = (records: readonly Uint8Array[]): number[] => {
  let at = 0
  return records.map(({ length }) => (at += length + frameBytes) - length - frameBytes)
}

const manyRecords = fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 10 })
const settings = fc.record({ chunkBytes: fc.integer({ min: 1, max: 300 }), sized: fc.boolean() })

describe("onError: 'skip'", () => {
  it('gives all other records, whichever byte is changed', async () => {
    await fc.assert(
      fc.asyncProperty(manyRecords, settings, fc.nat(), fc.integer({ min: 1, max: 255 }), async (...given) => {
        const [records, options, place, change] = given
        const file = fileOf(records)
        const at = place % file.length
        file[at] ^= change
        const starts = startsOf(records)
        const victim = starts.findLastIndex((start) => start <= at)
        const [found, skipped] = await salvage(file, options)
        expect(found).toEqual(records.toSpliced(victim, 1))
        expect(skipped).toEqual([
          {
            file: 'memory.tfrecord',
            record: victim,
            byteOffset: starts[victim],
            bytes: records[victim].length + frameBytes,
            reason: expect.stringContaining(`record ${victim} at byte ${starts[victim]}`) as string,
          },
        ])
      }),
      { numRuns: 500 },
    )
  })

  it('gives all records outside of a span that is overwritten, lost or put in', async () => {
    const change = fc.record({ at: fc.nat(), removed: fc.nat(100), added: fc.uint8Array({ maxLength: 100 }) })
    await fc.assert(
      fc.asyncProperty(manyRecords, settings, change, async (records, options, { at, removed, added }) => {
        const file = fileOf(records)
        const from = at % (file.length + 1)
        const to = Math.min(file.length, from + removed)
        const damaged = Uint8Array.from([...file.subarray(0, from), ...added, ...file.subarray(to)])
        const starts = startsOf(records)
        const [found, skipped] = await salvage(damaged, options)
        const untouched = records.filter((record, i) => {
          const end = starts[i] + record.length + frameBytes
          return end <= from || starts[i] >= to
        })
        // Bytes between the records may be exchanged for equal ones: then more come out than were left alone.
        expect(found.length).toBeGreaterThanOrEqual(untouched.length)
        expect(untouched.every((record) => found.some((other) => Buffer.compare(record, other) === 0))).toBe(true)
        const bytes = found.reduce((sum, record) => sum + record.length + frameBytes, 0)
        expect(bytes + skipped.reduce((sum, span) => sum + span.bytes, 0)).toBe(damaged.length)
      }),
      { numRuns: 500 },
    )
  })

  it('ends on any bytes, and accounts for each of them', async () => {
    const record = new Uint8Array(30).fill(1)
    // Bytes that look like parts of frames, among others.
    const parts = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.nat(45), fc.nat(45))
        .map(([from, to]) => fileOf([record]).subarray(Math.min(from, to), Math.max(from, to))),
      fc.constant(new Uint8Array(20)),
      fc.constant(new Uint8Array(12).fill(255)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 12 }), settings, async (pieces, options) => {
        const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]))
        const [found, skipped] = await salvage(bytes, options)
        const whole = found.reduce((sum, { length }) => sum + length + frameBytes, 0)
        expect(whole + skipped.reduce((sum, span) => sum + span.bytes, 0)).toBe(bytes.length)
      }),
      { numRuns: 1000 },
    )
  })

  it('finds the records of a file cut at both ends', async () => {
    const records = [50, 60, 70].map((length) => new Uint8Array(length).fill(length))
    const [found, skipped] = await salvage(fileOf(records).subarray(10, -5))
    expect(found).toEqual([records[1]])
    expect(skipped.map(({ record, byteOffset, bytes }) => [record, byteOffset, bytes])).toEqual([
      [0, 0, 56],
      [2, 132, 81],
    ])
  })

  it('does not take a record apart that holds a file of records', async () => {
    const inner = fileOf([new Uint8Array(20), new Uint8Array(30)])
    const records = [new Uint8Array(5).fill(1), inner, new Uint8Array(5).fill(2)]
    for (let byte = 0; byte < inner.length + frameBytes; byte++) {
      const file = fileOf(records)
      file[5 + frameBytes + byte] ^= 4
      expect((await salvage(file))[0], `byte ${byte}`).toEqual([records[0], records[2]])
    }
  })

  it('gives nothing of bytes that are no records', async () => {
    const bytes = new Uint8Array(5000).map((_, i) => (i * 7919) >> 3)
    expect(await salvage(bytes, { chunkBytes: 100 })).toEqual([
      [],
      [expect.objectContaining({ record: 0, byteOffset: 0, bytes: 5000 })],
    ])
  })

  it('believes no length that bytes do not back, where the end is unknown', async () => {
    const file = fileOf([new Uint8Array(9).fill(1), new Uint8Array(9).fill(2)])
    file.set([255, 255, 255, 127], 0)
    expect((await salvage(file, { sized: false, chunkBytes: 16 }))[0]).toEqual([new Uint8Array(9).fill(2)])
  })

  it('goes on from the position after a skipped span', async () => {
    const records = [1, 2, 3, 4].map((n) => new Uint8Array(20).fill(n))
    const file = fileOf(records)
    file[40] ^= 1
    const reader = new RecordReader(new MemorySource(file), { onError: 'skip' })
    expect([await reader.next(), await reader.next()]).toEqual([records[0], records[2]])
    expect(reader.position).toEqual({ record: 3, byteOffset: 108 })
    const [rest] = await salvage(file, { start: reader.position })
    expect(rest).toEqual([records[3]])
    await reader.close()
  })

  it('does not count a damaged record as passed', async () => {
    const records = [1, 2, 3, 4].map((n) => new Uint8Array(20).fill(n))
    const file = fileOf(records)
    file[50] ^= 1
    const reader = new RecordReader(new MemorySource(file), { onError: 'skip' })
    expect(await reader.skip(2)).toBe(2)
    expect(await reader.next()).toEqual(records[3])
    expect(await reader.skip(1)).toBe(0)
  })

  it('reports each span once, to the callback as well', async () => {
    const file = fileOf([1, 2, 3].map((n) => new Uint8Array(20).fill(n)))
    file[20] ^= 1
    file[100] ^= 1
    const seen: SkippedSpan[] = []
    const [found, skipped] = await salvage(file, { onSkip: (span) => seen.push(span) })
    expect(found).toEqual([new Uint8Array(20).fill(2)])
    expect(skipped).toEqual(seen)
    expect(seen.map(({ record }) => record)).toEqual([0, 2])
  })

  it('ends with an error beyond the quota', async () => {
    const file = fileOf([1, 2, 3].map((n) => new Uint8Array(20).fill(n)))
    file[20] ^= 1
    file[100] ^= 1
    const reader = new RecordReader(new MemorySource(file), { onError: 'skip', maxSkipped: 1 })
    expect(await reader.next()).toEqual(new Uint8Array(20).fill(2))
    const failing = Promise.resolve(reader.next())
    await expect(failing).rejects.toMatchObject({ name: 'DataLossError', record: 2, byteOffset: 72 })
    await expect(failing).rejects.toThrow(/1 damaged spans were skipped before it, as many as maxSkipped allows\.$/)
  })

  it('does not pass an error of the source', async () => {
    const source = new MemorySource(fileOf([new Uint8Array(20)]))
    source.failure = new Error('bad sector')
    await expect(drain(new RecordReader(source, { onError: 'skip' }))).rejects.toThrow('bad sector')
  })

  it.each([
    [{ onError: 'ignore' }, "TFRecord: onError must be 'throw' or 'skip', got \"ignore\"."],
    [{ maxSkipped: -1 }, 'TFRecord: maxSkipped must be a whole number of at least 0, or Infinity, got -1.'],
    [{ onSkip: 1 }, 'TFRecord: onSkip must be a function, got 1.'],
    [{ compression: 'gzip' }, "TFRecord: compression must be 'GZIP', 'ZLIB' or 'auto', got \"gzip\"."],
  ])('refuses %o', (options, message) => {
    expect(() => new RecordReader('x', options as RecordReaderOptions)).toThrow(message)
  })
})
