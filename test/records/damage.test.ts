import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataLossError } from '../../src/core/errors.ts'
import { frameBytes } from '../../src/records/framing.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { fileOf, MemorySource } from '../tfrecord/fixtures.ts'

const records = [5, 0, 40, 300, 1].map((length) => Uint8Array.from({ length }, (_, i) => i * 13 + length))
const file = fileOf(records)
const starts = records.map((_, i) => records.slice(0, i).reduce((sum, record) => sum + record.length + frameBytes, 0))

/** The records that come before the error, and the error, if there is one. */
async function readAll(bytes: Uint8Array, chunkBytes: number, sized = true): Promise<[Uint8Array[], unknown]> {
  const reader = new RecordReader(new MemorySource(bytes, { sized }), { chunkBytes })
  const found: Uint8Array[] = []
  try {
    for (let record = await reader.next(); record !== undefined; record = await reader.next()) found.push(record)
    return [found, undefined]
  } catch (error) {
    return [found, error]
  } finally {
    await reader.close()
  }
}

describe('one bit turned', () => {
  it('is found at every byte, with the records before it intact', async () => {
    for (let at = 0; at < file.length; at++) {
      const damaged = file.slice()
      damaged[at] ^= 1 << (at & 7)
      const victim = starts.findLastIndex((start) => start <= at)
      const inFrame = at - starts[victim]
      const [found, error] = await readAll(damaged, at % 3 === 0 ? 64 : 1 << 16)
      expect(found, `byte ${at}`).toEqual(records.slice(0, victim))
      expect(error, `byte ${at}`).toBeInstanceOf(DataLossError)
      expect(error).toMatchObject({ file: 'memory.tfrecord', record: victim, byteOffset: starts[victim] })
      expect(String(error)).toContain(`checksum of its ${inFrame < 12 ? 'length' : 'data'} does not match`)
    }
  })
})

describe('a file cut short', () => {
  it.each([true, false])(
    'is found at every length unless it ends between records (length known: %s)',
    async (sized) => {
      for (let length = 0; length < file.length; length++) {
        const whole = starts.filter((start, i) => start + records[i].length + frameBytes <= length).length
        const between = length === file.length || starts.includes(length)
        const [found, error] = await readAll(file.slice(0, length), length % 2 === 0 ? 32 : 1 << 16, sized)
        expect(found, `length ${length}`).toEqual(records.slice(0, whole))
        if (between) expect(error, `length ${length}`).toBeUndefined()
        else {
          expect(error, `length ${length}`).toBeInstanceOf(DataLossError)
          expect(error).toMatchObject({ record: whole, byteOffset: starts[whole] })
        }
      }
    },
  )

  it('says how much of the header is there', async () => {
    const [, error] = await readAll(file.slice(0, starts[2] + 5), 1 << 16)
    expect(String(error)).toContain(
      `memory.tfrecord: record 2 at byte ${starts[2]}: ends in the header of this record: 5 bytes are there and 7 are missing.`,
    )
  })
})

it('bytes at random give only DataLossError, with and without checksums', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
      const damaged = file.slice()
      for (const [at, byte] of changes) damaged[at] = byte
      return damaged
    }),
  )
  await fc.assert(
    fc.asyncProperty(
      bytes,
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 500 }),
      async (given, checksums, sized, chunkBytes) => {
        const reader = new RecordReader(new MemorySource(given, { sized }), { checksums, chunkBytes })
        let total = 0
        try {
          for (let record = await reader.next(); record !== undefined; record = await reader.next()) {
            total += record.length + frameBytes
          }
          expect(total).toBe(given.length)
        } catch (error) {
          expect(error).toBeInstanceOf(DataLossError)
        }
      },
    ),
    { numRuns: 500 },
  )
})

it('without checksums damaged data comes through', async () => {
  const damaged = file.slice()
  damaged[12] ^= 1
  const reader = new RecordReader(new MemorySource(damaged), { checksums: false })
  expect((await reader.next())?.[0]).toBe(records[0][0] ^ 1)
})
