import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataLossError } from '../../src/core/errors.ts'
import { crc32c, maskCrc } from '../../src/records/crc32c.ts'
import { checkGroup } from '../../src/records/frameGroup.ts'
import { frameBytes, readUint32 } from '../../src/records/framing.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { drain, fileOf, MemorySource } from '../tfrecord/fixtures.ts'

const longest = 1 << 20
const manyRecords = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 12 })
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 31 + length)

/** The records of a file whose checksums are not looked at. */
const dataOf = async (file: Uint8Array): Promise<Uint8Array[]> =>
  drain(new RecordReader(new MemorySource(file, { sized: true }), { checksums: false }))

describe('a group of frames', () => {
  it('is right where all of it is, and keeps its lengths and data', async () => {
    await fc.assert(
      fc.asyncProperty(manyRecords, async (records) => {
        const file = fileOf(records)
        expect(checkGroup(file, 0, file.length, longest)).toEqual({ end: file.length, right: true })
        expect(await dataOf(file)).toEqual(records)
      }),
    )
  })

  it('is not right where data or checksums of a record are changed, and is put back as it was', () => {
    fc.assert(
      fc.property(manyRecords, fc.nat(), fc.integer({ min: 1, max: 255 }), (records, place, change) => {
        const file = fileOf(records)
        const victim = place % records.length
        const start = fileOf(records.slice(0, victim)).length
        file[start + 12 + (place % (records[victim].length + 4))] ^= change
        const damaged = file.slice()
        expect(checkGroup(file, 0, file.length, longest)).toEqual({ end: file.length, right: false })
        expect(file).toEqual(damaged)
      }),
    )
  })

  it('is not right where several records are damaged', () => {
    const changes = fc.uniqueArray(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
      minLength: 2,
      maxLength: 8,
      selector: ([place]) => place % 5,
    })
    fc.assert(
      fc.property(changes, (places) => {
        const records = [70, 300, 4, 70, 1000].map(bytes)
        const file = fileOf(records)
        for (const [place, change] of places) {
          const victim = place % records.length
          file[fileOf(records.slice(0, victim)).length + 12 + (place % records[victim].length)] ^= change
        }
        const damaged = file.slice()
        expect(checkGroup(file, 0, file.length, longest).right).toBe(false)
        expect(file).toEqual(damaged)
      }),
    )
  })

  it('is not right where the data of two records is swapped', () => {
    const [a, b] = [bytes(40), bytes(40).reverse()]
    const file = fileOf([a, b])
    file.set(b, 12)
    file.set(a, 56 + 12)
    expect(checkGroup(file, 0, file.length, longest).right).toBe(false)
  })

  const ends: readonly (readonly [string, Uint8Array[], number, (file: Uint8Array) => void])[] = [
    ['a record that is long', [bytes(10), bytes(20_000), bytes(3)], 10 + frameBytes, () => undefined],
    ['a record that is longer than allowed', [bytes(10), bytes(5000), bytes(3)], 10 + frameBytes, () => undefined],
    ['a header whose checksum is wrong', [bytes(10), bytes(5)], 26, (file) => (file[26 + 9] ^= 1)],
    ['a length that is wrong', [bytes(10), bytes(5)], 26, (file) => (file[26] ^= 1)],
    ['a length beyond 32 bits', [bytes(10), bytes(5)], 26, (file) => (file[26 + 5] = 1)],
  ]
  it.each(ends)('ends before %s', (_name, records, end, change) => {
    const file = fileOf(records)
    change(file)
    const before = file.slice()
    expect(checkGroup(file, 0, file.length, 4000)).toEqual({ end, right: true })
    expect(file.subarray(end)).toEqual(before.subarray(end))
  })

  it('ends before a frame that is not whole', () => {
    const file = fileOf([bytes(10), bytes(5)])
    for (let end = 26; end < file.length; end++) {
      expect(checkGroup(file.slice(), 0, end, longest)).toEqual({ end: 26, right: true })
    }
  })

  it('is empty where the first record is long', () => {
    const file = fileOf([bytes(20_000), bytes(5)])
    expect(checkGroup(file, 0, file.length, longest).end).toBe(0)
  })

  it('ends after some 64 KiB', () => {
    const file = fileOf(new Array<Uint8Array>(1000).fill(bytes(1000)))
    const { end, right } = checkGroup(file, 0, file.length, longest)
    expect(right).toBe(true)
    expect(end % (1000 + frameBytes)).toBe(0)
    expect(end).toBeGreaterThan(63_000)
    expect(end).toBeLessThan(67_000)
  })
})

describe('a reader of many records', () => {
  const records = Array.from({ length: 400 }, (_, i) => bytes((i * 37) % 700))
  const file = fileOf(records)
  const starts = records.map((_, i) => fileOf(records.slice(0, i)).length)

  it('gives those before the damaged one, and its own error', async () => {
    for (const victim of [0, 1, 57, 200, 399]) {
      const damaged = file.slice()
      const start = starts[victim]
      damaged[start + 12 + records[victim].length] ^= 4
      const stored = readUint32(damaged, start + 12 + records[victim].length)
        .toString(16)
        .padStart(8, '0')
      const computed = maskCrc(crc32c(records[victim])).toString(16).padStart(8, '0')
      const reader = new RecordReader(new MemorySource(damaged, { sized: true }))
      for (let i = 0; i < victim; i++) expect(await reader.next()).toEqual(records[i])
      const error = await Promise.resolve()
        .then(() => reader.next())
        .catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(DataLossError)
      expect(error).toMatchObject({ record: victim, byteOffset: start })
      expect(String(error)).toContain(`stored 0x${stored}, computed 0x${computed}`)
    }
  })

  it("gives all but the damaged ones with onError: 'skip', also where a record is longer than allowed", async () => {
    const victims = fc.uniqueArray(fc.nat(399), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(victims, fc.integer({ min: 200, max: 700 }), async (chosen, maxRecordBytes) => {
        const damaged = file.slice()
        const bad = new Set(chosen.filter((i) => records[i].length > 0))
        for (const i of bad) damaged[starts[i] + 12] ^= 1
        const reader = new RecordReader(new MemorySource(damaged, { sized: true }), { onError: 'skip', maxRecordBytes })
        const expected = records.filter((record, i) => !bad.has(i) && record.length <= maxRecordBytes)
        expect(Buffer.concat(await drain(reader)).equals(Buffer.concat(expected))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})
