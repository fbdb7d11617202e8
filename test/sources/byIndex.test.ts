import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { encodeNpy } from '../../src/ndarray/npy.ts'
import { plain } from '../contract/run.ts'

let folder = ''
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-by-index-'))
  await writeFile(at('a.bin'), 'HHabcdefF')
  await writeFile(at('empty.bin'), 'HHF')
  await writeFile(at('b.bin'), 'HHghF')
  await writeFile(at('odd.bin'), 'HHabcF')
  await writeFile(at('a.bin.gz'), gzipSync('HHabcdefF'))
  await writeFile(
    at('a.npy'),
    encodeNpy(
      ndarray([
        [1.5, 2],
        [3, 4],
        [5, 6],
      ]),
    ),
  )
  await writeFile(at('b.npy'), encodeNpy(ndarray([[7, 8]])))
  await writeFile(at('text.npy'), encodeNpy(ndarray(['x', 'yz'])))
  await writeFile(at('scalar.npy'), encodeNpy(ndarray(3)))
  await writeFile(at('short.npy'), encodeNpy(ndarray([1, 2, 3])).subarray(0, -2))
  await writeFile(at('images.idx'), Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 7, 8, 9))
})
afterAll(() => rm(folder, { recursive: true }))

const sizes = { headerBytes: 2, footerBytes: 1 }

describe('files by index', () => {
  it.each<[string, () => Dataset<unknown>]>([
    ['records', () => Dataset.fixedLengthRecords(['a.bin', 'empty.bin', 'b.bin'].map(at), 2, sizes)],
    ['npy', () => Dataset.npy([at('a.npy'), at('b.npy')])],
    ['npy of text', () => Dataset.npy(at('text.npy'))],
    ['idx', () => Dataset.idx(at('images.idx'))],
  ])('%s are what they are in order', async (_, make) => {
    const elements = (await make().toArray()).map(plain)
    const reader = await make().reader()
    expect(reader.length).toBe(elements.length)
    const read = await Promise.all(elements.map((_element, i) => reader.get(elements.length - 1 - i)))
    expect(read.map(plain).reverse()).toEqual(elements)
    await reader.close()
    const shuffled = (await make().globalShuffle({ seed: 3 }).toArray()).map(plain)
    const sorted = (all: readonly unknown[]) => all.map((element) => JSON.stringify(element)).sort()
    expect(sorted(shuffled)).toEqual(sorted(elements))
  })

  it.each<[string, () => Dataset<unknown>, string]>([
    [
      'a.bin.gz',
      () => Dataset.fixedLengthRecords(at('a.bin.gz'), 2, sizes),
      'fixedLengthRecords: %s cannot be read by index. Only a regular file that is not compressed can: decompress it, or read it in order.',
    ],
    [
      'odd.bin',
      () => Dataset.fixedLengthRecords([at('a.bin'), at('odd.bin')], 2, sizes),
      'fixedLengthRecords: %s has 3 bytes without 2 of header and 1 of footer, which is no whole number of records of 2.',
    ],
    ['scalar.npy', () => Dataset.npy(at('scalar.npy')), 'npy: %s is a scalar, which has no rows.'],
    ['short.npy', () => Dataset.npy(at('short.npy')), 'npy: %s'],
    ['none.npy', () => Dataset.npy([at('a.npy'), at('none.npy')]), 'cannot open %s'],
  ])('say what is wrong with %s', async (name, make, message) => {
    const failing = make().get(0)
    await expect(failing).rejects.toThrow(message.replace('%s', at(name)))
  })

  it('say so where a file becomes shorter', async () => {
    await writeFile(at('shrinks.bin'), 'abcdef')
    const reader = await Dataset.fixedLengthRecords(at('shrinks.bin'), 2).reader()
    await truncate(at('shrinks.bin'), 3)
    await expect(reader.get(2)).rejects.toThrow(InvalidArgumentError)
    await expect(reader.get(2)).rejects.toThrow(
      `${at('shrinks.bin')} ended at byte 4: it became shorter while it was read.`,
    )
    await reader.close()
  })
})
