import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CancelledError } from '../../src/core/errors.ts'
import { frameBytes } from '../../src/records/framing.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { drain, fileOf, MemorySource } from '../tfrecord/fixtures.ts'

/** Long records have several reads in flight, which may come back in any order. */

const record = (length: number, seed = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + seed)
const longOnes = Array.from({ length: 40 }, (_, i) => record(20_000, i))
const frame = 20_000 + frameBytes
const chunkBytes = 50_000

const isEqual = (a?: Uint8Array, b?: Uint8Array): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0

/** Reads at the same time, of which each waits for as many turns as the test says. */
class Reordering extends MemorySource {
  readonly reads: (readonly [offset: number, length: number])[] = []
  turns: (read: number) => number = () => 0
  /** What fails, by offset. */
  fails: (offset: number) => boolean = () => false

  constructor(bytes: Uint8Array, options: { most?: number; sized?: boolean } = {}) {
    super(bytes, { ...options, overlaps: true })
  }

  override async read(into: Uint8Array, at: number, length: number, offset: number): Promise<number> {
    this.reads.push([offset, length])
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight)
    for (let turn = this.turns(this.reads.length); turn > 0; turn--) await Promise.resolve()
    await this.gate
    this.inFlight--
    if (this.fails(offset)) throw new Error('bad sector')
    return super.read(into, at, length, offset)
  }
}

describe('reads in flight', () => {
  it('give all records in order, whichever read comes back first', async () => {
    const lengths = fc.constantFrom(0, 100, 16_400, 20_000, 20_000, 20_000, 45_000, 120_000)
    await fc.assert(
      fc.asyncProperty(
        fc.array(lengths, { maxLength: 40 }),
        fc.integer({ min: 1000, max: 100_000 }),
        fc.record({ most: fc.integer({ min: 5000, max: 200_000 }), sized: fc.boolean() }),
        fc.array(fc.nat(60), { minLength: 1 }),
        fc.boolean(),
        async (given, bytes, options, turns, reuseMemory) => {
          const records = given.map(record)
          const source = new Reordering(fileOf(records), options)
          source.turns = (read) => turns[read % turns.length]
          const reader = new RecordReader(source, { chunkBytes: bytes, reuseMemory })
          for (const expected of [...records, undefined]) expect(isEqual(await reader.next(), expected)).toBe(true)
          expect(source.closes).toBe(1)
        },
      ),
    )
  })

  it('pass as many records as next would, also where reading is ahead', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(12), { maxLength: 12 }), fc.nat(8), async (steps, before) => {
        const source = new Reordering(fileOf(longOnes))
        const reader = new RecordReader(source, { chunkBytes })
        let at = 0
        for (; at < before; at++) await reader.next()
        for (const step of steps) {
          expect(await reader.skip(step)).toBe(Math.min(step, longOnes.length - at))
          at = Math.min(longOnes.length, at + step)
          expect(isEqual(await reader.next(), longOnes[at])).toBe(true)
          at = Math.min(longOnes.length, at + 1)
        }
        await reader.close()
        expect(source.inFlight).toBe(0)
      }),
    )
  })

  it.each([
    [1, 3],
    [2, 2],
    [3, 1],
    [5, 1],
  ])('of %d readers are at most %d each, once their files are read through', async (count, most) => {
    const sources = Array.from({ length: count }, () => new Reordering(fileOf(longOnes)))
    const readers = sources.map((source) => new RecordReader(source, { chunkBytes }))
    for (const reader of readers) reader.prepare()
    await Promise.all(readers.map(async (reader) => reader.next()))
    expect(sources.map(({ mostInFlight }) => mostInFlight)).toEqual(sources.map(() => 1))
    for (let i = 1; i < 30; i++) await Promise.all(readers.map(async (reader) => reader.next()))
    expect(sources.map(({ mostInFlight }) => mostInFlight)).toEqual(sources.map(() => most))
    await Promise.all(readers.map((reader) => reader.close()))
  })

  it('are one where records are short, or the first of a file are read', async () => {
    const short = new Reordering(fileOf(Array.from({ length: 2000 }, () => record(100))))
    await drain(new RecordReader(short, { chunkBytes: 10_000 }))
    expect(short.mostInFlight).toBe(1)
    const long = new Reordering(fileOf(longOnes))
    const reader = new RecordReader(long, { chunkBytes })
    await reader.next()
    await reader.close()
    expect(long.bytesRead).toBeLessThanOrEqual(2 * chunkBytes)
  })

  it('end between records that are equally long', async () => {
    const source = new Reordering(fileOf(longOnes))
    await drain(new RecordReader(source, { chunkBytes }))
    const ends = source.reads.slice(3).map(([offset, length]) => (offset + length) % frame)
    expect(new Set(ends)).toEqual(new Set([0]))
  })
})

describe('what goes wrong in a read ahead', () => {
  const file = fileOf(longOnes)

  it('is told after the records before it', async () => {
    const source = new Reordering(file)
    source.turns = (read) => (read % 3 === 0 ? 50 : 0)
    source.fails = (offset) => offset > 30 * frame
    const reader = new RecordReader(source, { chunkBytes })
    let found = 0
    const reading = (async () => {
      for (; (await reader.next()) !== undefined; found++);
    })()
    await expect(reading).rejects.toThrow('cannot read memory.tfrecord: bad sector.')
    const [failing] = source.reads.find(([offset]) => offset > 30 * frame) ?? [0]
    expect(found).toBe(Math.floor(failing / frame))
    await reader.close()
    expect([source.inFlight, source.closes]).toEqual([0, 1])
  })

  it('is an error where the file got shorter, after all that is there', async () => {
    class Shrinking extends Reordering {
      override async open(): Promise<number> {
        return ((await super.open()) ?? 0) + 200_000
      }
    }
    const source = new Shrinking(file)
    const reader = new RecordReader(source, { chunkBytes })
    for (const expected of longOnes) expect(await reader.next()).toEqual(expected)
    await expect(reader.next()).rejects.toThrow(
      `memory.tfrecord had ${file.length + 200_000} bytes when it was opened and ends at byte ${file.length}.`,
    )
    await reader.close()
    expect(source.closes).toBe(1)
  })

  it('does not keep close from waiting for all of them', async () => {
    const source = new Reordering(file)
    const reader = new RecordReader(source, { chunkBytes })
    for (let i = 0; i < 15; i++) await reader.next()
    let release = (): void => undefined
    source.gate = new Promise((resolve) => (release = resolve))
    const outcome = expect(drain(reader)).rejects.toBeInstanceOf(CancelledError)
    await expect.poll(() => source.inFlight).toBeGreaterThan(1)
    const closing = Promise.all([reader.close(), reader.close()])
    await Promise.resolve()
    expect(source.closes).toBe(0)
    release()
    await Promise.all([closing, outcome])
    expect([source.inFlight, source.closes]).toEqual([0, 1])
  })
})
