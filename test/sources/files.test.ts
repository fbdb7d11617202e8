import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { packError, unpackError } from '../../src/parallel/packedError.ts'
import { temporaryFile as file } from './temporaryFile.ts'

const text = Array.from({ length: 500 }, (_, i) => `line ${i}${'x'.repeat(i % 50)}`)

describe.each([
  ['plain', Buffer.from(text.join('\n'))],
  ['gzipped', gzipSync(text.join('\n'))],
])('a %s file', (_kind, bytes) => {
  it.each([1000, 64, 7])('is read on from any line, %i bytes at once', async (chunkBytes) => {
    const dataset = Dataset.textLines(file(bytes, 'resumed'), { chunkBytes })
    const iterator = dataset.iterator()
    for (let step = 0; step <= text.length; step += 83) {
      expect(await dataset.toArray({ state: iterator.save() })).toEqual(text.slice(step))
      for (let i = 0; i < 83; i++) await iterator.next()
    }
    await iterator.return()
  })

  it('is closed when it is left early', async () => {
    const dataset = Dataset.textLines(file(bytes), { chunkBytes: 100 })
    const before = process.getActiveResourcesInfo().length
    for (let i = 0; i < 20; i++) await dataset.take(3).toArray()
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before + 1)
  })

  it('is closed while a pull is pending', async () => {
    const iterator = Dataset.textLines(file(bytes)).iterator()
    const pending = iterator.next()
    await iterator.return()
    await pending.catch((error: unknown) => expect(error).toBeInstanceOf(MillraceError))
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('gives most lines without a promise', async () => {
    const iterator = Dataset.textLines(file(bytes)).iterator()
    let promises = 0
    for (let i = 0; i < text.length; i++) {
      const pulled = iterator.pull()
      if (pulled instanceof Promise) promises++
      await pulled
    }
    // One a chunk, and one to see that nothing follows the last line.
    expect(promises).toBeLessThanOrEqual(3)
    await iterator.return()
  })
})

describe('lines', () => {
  it('may be longer than many chunks', async () => {
    const long = ['é'.repeat(300_000), 'b'.repeat(100_000), 'c']
    for (const bytes of [Buffer.from(long.join('\n')), gzipSync(long.join('\n'))]) {
      expect(await Dataset.textLines(file(bytes), { chunkBytes: 1000 }).toArray()).toEqual(long)
    }
  })

  it('are what split gives, with \\r left out', async () => {
    const part = fc.constantFrom('a', 'é', '\n', '\r', '\r\n', '', ' ', 'bc')
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), async (parts, chunkBytes) => {
        const content = parts.join('')
        const expected = content.replaceAll('\r', '').split('\n')
        if (expected.at(-1) === '') expected.pop()
        const dataset = Dataset.textLines(file(content, 'split'), { chunkBytes })
        expect(await dataset.toArray()).toEqual(expected)
        for (let count = 0; count <= expected.length + 1; count++) {
          expect(await dataset.skip(count).toArray()).toEqual(expected.slice(count))
        }
      }),
    )
  })
})

describe('files', () => {
  it('may be URLs', async () => {
    const path = file('a\nb')
    expect(await Dataset.textLines([pathToFileURL(path), path]).toArray()).toEqual(['a', 'b', 'a', 'b'])
  })

  it('that are missing are named when it is their turn, and left behind', async () => {
    const dataset = Dataset.textLines([file('a\n'), '/nowhere/b', file('c\n')])
    const iterator = dataset.iterator()
    expect(await iterator.next()).toEqual({ done: false, value: 'a' })
    await expect(iterator.next()).rejects.toMatchObject({ name: 'NotFoundError', file: '/nowhere/b' })
    expect(await dataset.toArray({ state: iterator.save() })).toEqual(['c'])
  })

  it('that are folders are refused', async () => {
    await expect(Dataset.textLines('src').toArray()).rejects.toMatchObject({
      name: 'FailedPreconditionError',
      file: 'src',
    })
  })

  it('that are damaged are a DataLossError', async () => {
    const whole = gzipSync(text.join('\n'))
    const path = file(whole.subarray(0, whole.length / 2))
    await expect(Dataset.textLines(path).toArray()).rejects.toMatchObject({ name: 'DataLossError', file: path })
    await expect(Dataset.textLines(path, { compression: 'ZLIB' }).toArray()).rejects.toMatchObject({
      name: 'DataLossError',
    })
  })

  it('are taken as they are without compression', async () => {
    const bytes = gzipSync('abc')
    const records = await Dataset.fixedLengthRecords(file(bytes), 1, { compression: 'none' }).toArray()
    expect(Buffer.concat(records)).toEqual(bytes)
  })

  it('that became shorter than a state says are refused', async () => {
    const path = file('one\ntwo\n', 'shrinking')
    const iterator = Dataset.textLines(path).iterator()
    await iterator.next()
    await iterator.next()
    const state = iterator.save()
    await iterator.return()
    for (const content of ['one\n', gzipSync('one\n')]) {
      file(content, 'shrinking')
      await expect(Dataset.textLines(path, { compression: 'detect' }).toArray({ state })).rejects.toThrow(
        'shrinking has 4 bytes, and reading was to go on at byte 8.',
      )
    }
  })

  it('are read by nothing before the first pull', () => {
    expect(existsSync('/nowhere')).toBe(false)
    expect(() => Dataset.csv('/nowhere', { columns: ['int32'] }).iterator()).not.toThrow()
    expect(() => Dataset.idx('/nowhere').iterator()).not.toThrow()
  })
})

describe('jsonLines', () => {
  it('names file and line of what is no JSON, and goes on behind it', async () => {
    const path = file('1\n\n{"a":\n2\n')
    const iterator = Dataset.jsonLines(path).iterator()
    await iterator.next()
    const error: unknown = await iterator.next().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'InvalidArgumentError', file: path, line: 3, byteOffset: 3 })
    expect((error as Error).message).toMatch(/: line 3 is not JSON: /)
    expect(await Dataset.jsonLines(path).toArray({ state: iterator.save() })).toEqual([2])
  })

  it('keeps the line of an error through map and through a thread', async () => {
    const thrown: unknown = await Dataset.jsonLines(file('x\n'))
      .map((value) => value)
      .toArray()
      .catch((error: unknown) => error)
    const unpacked = unpackError(packError(thrown))
    expect(thrown).toMatchObject({ line: 1 })
    expect(unpacked).toMatchObject({ name: 'InvalidArgumentError', line: 1 })
  })
})

describe('idx and npz', () => {
  it('name what is wrong at the first element', async () => {
    const label = file(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9))
    const longer = file(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 9, 1))
    await expect(Dataset.idx([label, longer]).toArray()).rejects.toThrow(
      'idx: loading failed at element 0: [1] is an NdArray uint8 [3], but [0] is an NdArray uint8 [2].',
    )
    await expect(Dataset.idx({ a: '/nowhere' }).toArray()).rejects.toMatchObject({
      name: 'NotFoundError',
      file: '/nowhere',
      path: 'idx',
    })
    await expect(Dataset.npz(label).toArray()).rejects.toThrow(/npz: .* is not a zip file/)
    const points = 'test/fixtures/numpy/points.npz'
    await expect(Dataset.npz(points).toArray()).rejects.toThrow(/other is an NdArray int64 \[3\], but x is/)
  })
})
