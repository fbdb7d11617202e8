import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compressionOf, tfrecords, type SkippedSpan } from '../../src/tfrecord/index.ts'
import { fileOf, MemorySource } from './fixtures.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-many-'))
  path = join(folder, 'a')
})
afterEach(() => rm(folder, { recursive: true }))

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
/** Files in memory whose records are `file-number`. */
const sourcesOf = (lengths: readonly number[]) =>
  lengths.map((length, i) => new MemorySource(fileOf(Array.from({ length }, (_, k) => Buffer.from(`${i}-${k}`)))))

/** The order that `numParallelReads` is defined by. */
function interleaved(lengths: readonly number[], count: number): string[] {
  const turns: ([file: number, record: number] | undefined)[] = new Array<undefined>(count).fill(undefined)
  const order: string[] = []
  let next = 0
  for (let turn = 0; next < lengths.length || turns.some((open) => open !== undefined); turn = (turn + 1) % count) {
    if (turns[turn] === undefined && next < lengths.length) turns[turn] = [next++, 0]
    const open = turns[turn]
    if (open === undefined) continue
    if (open[1] === lengths[open[0]]) turns[turn] = undefined
    else order.push(`${open[0]}-${open[1]++}`)
  }
  return order
}

describe('numParallelReads', () => {
  it('gives one order, whatever files and chunks, also resumed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(30),
        async (lengths, numParallelReads, chunkBytes, at) => {
          const inputs = lengths.map((_, i) => () => sourcesOf(lengths)[i])
          const dataset = tfrecords(inputs, { numParallelReads, chunkBytes }).map(text)
          const expected = interleaved(lengths, numParallelReads)
          expect(await dataset.toArray()).toEqual(expected)
          const iterator = dataset.iterator()
          for (let k = 0; k < at; k++) await iterator.next()
          const state = iterator.save()
          await iterator.return()
          expect(await dataset.toArray({ state })).toEqual(expected.slice(at))
          expect(await dataset.skip(at).toArray()).toEqual(expected.slice(at))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('opens and reads its files at the same time, and the next one when one ends', async () => {
    const sources = sourcesOf([3, 3, 3, 3, 3])
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    for (const source of sources) source.gate = gate
    const iterator = tfrecords(
      sources.map((source) => () => source),
      { numParallelReads: 3, compression: 'auto' },
    ).iterator()
    const first = iterator.next()
    await expect.poll(() => sources.map(({ inFlight }) => inFlight)).toEqual([1, 1, 1, 0, 0])
    release()
    expect(text((await first).value ?? new Uint8Array())).toBe('0-0')
    await expect.poll(() => sources.map(({ opens }) => opens)).toEqual([1, 1, 1, 1, 0])
    await iterator.return()
    expect(sources.map(({ closes }) => closes)).toEqual([1, 1, 1, 1, 0])
  })

  it('does not let a slow file change the order', async () => {
    const sources = sourcesOf([2, 2])
    let release = (): void => undefined
    sources[0].gate = new Promise<void>((resolve) => (release = resolve))
    const reading = tfrecords(
      sources.map((source) => () => source),
      { numParallelReads: 2 },
    )
      .map(text)
      .toArray()
    await expect.poll(() => sources[1].bytesRead).toBeGreaterThan(0)
    release()
    expect(await reading).toEqual(['0-0', '1-0', '0-1', '1-1'])
  })

  it('opens one file ahead of those that are read in turn', async () => {
    const sources = sourcesOf([3, 3, 3])
    const iterator = tfrecords(sources.map((source) => () => source)).iterator()
    await iterator.next()
    expect(sources.map(({ opens }) => opens)).toEqual([1, 1, 0])
    await iterator.return()
    expect(sources.map(({ closes }) => closes)).toEqual([1, 1, 0])
  })
})

describe("onError: 'skip'", () => {
  /** Four records of 20 bytes; the one given is damaged. */
  function damaged(which: number): Uint8Array {
    const file = fileOf([0, 1, 2, 3].map((n) => new Uint8Array(20).fill(n)))
    file[36 * which + 20] ^= 1
    return file
  }

  it.each([undefined, 2])('passes damage in each of several files (%s at once)', async (numParallelReads) => {
    const files = [1, 3].map((which) => join(folder, `f${which}`))
    for (const [i, file] of files.entries()) await writeFile(file, damaged([1, 3][i]))
    const skipped: SkippedSpan[] = []
    const options = {
      onError: 'skip',
      onSkip: (span: SkippedSpan) => skipped.push(span),
      ...(numParallelReads !== undefined && { numParallelReads }),
    } as const
    const found = await tfrecords(files, options)
      .map((record) => record[0])
      .toArray()
    expect(found).toEqual(numParallelReads === 2 ? [0, 0, 2, 1, 3, 2] : [0, 2, 3, 0, 1, 2])
    expect(skipped.map(({ file, record, byteOffset, bytes }) => [file, record, byteOffset, bytes])).toEqual([
      [files[0], 1, 36, 36],
      [files[1], 3, 108, 36],
    ])
    const limited = tfrecords(files, { ...options, maxSkipped: 1 }).toArray()
    await expect(limited).rejects.toMatchObject({ name: 'DataLossError', file: files[1], record: 3, byteOffset: 108 })
    await expect(limited).rejects.toThrow(/1 damaged spans were skipped before it, as many as maxSkipped allows\.$/)
  })

  it('is part of the plan, so that a state is not restored without it', async () => {
    await writeFile(path, damaged(0))
    const iterator = tfrecords(path, { onError: 'skip' }).iterator()
    await iterator.next()
    expect(() => tfrecords(path).iterator({ state: iterator.save() })).toThrow(/onError/)
    const rest = await tfrecords(path, { onError: 'skip' }).toArray({ state: iterator.save() })
    expect(rest.map((record) => record[0])).toEqual([2, 3])
    await iterator.return()
  })
})

describe('compression', () => {
  it('is not taken for what a length happens to look like', async () => {
    // The least bytes of these lengths are the marks of GZIP and of ZLIB.
    for (const length of [0x088b1f, 0x9c78, 0x0178, 0xda78]) {
      await writeFile(path, fileOf([new Uint8Array(length)]))
      expect(await compressionOf(path)).toBeUndefined()
      expect((await tfrecords(path).toArray()).map((record) => record.length)).toEqual([length])
    }
  })

  it('is told of short files too', async () => {
    for (const [bytes, compression] of [
      [new Uint8Array(), undefined],
      [Uint8Array.of(0x1f), undefined],
      [gzipSync(''), 'GZIP'],
      [Uint8Array.of(0x78, 0x9c, 3, 0, 0, 0, 0, 1), 'ZLIB'],
      [await readFile(import.meta.filename), undefined],
    ] as const) {
      await writeFile(path, bytes)
      expect(await compressionOf(path)).toBe(compression)
    }
  })
})
