import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'

let folder: string
const list = (patterns: string | string[], options = {}) =>
  Dataset.listFiles(
    Array.isArray(patterns) ? patterns.map((one) => `${folder}/${one}`) : `${folder}/${patterns}`,
    options,
  )
const names = async (...args: Parameters<typeof list>) =>
  (await list(...args).toArray()).map((path) => path.slice(folder.length + 1))

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'list-'))
  mkdirSync(join(folder, 'd'))
  for (const name of ['b.txt', 'a.txt', 'B.txt', 'é.txt', '.hidden.txt', 'd/c.txt'])
    writeFileSync(join(folder, name), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('listFiles and links', () => {
  it('follows them, but not in circles', async () => {
    const round = join(folder, 'round')
    mkdirSync(join(round, 'x'), { recursive: true })
    mkdirSync(join(round, 'y'))
    writeFileSync(join(round, 'x', 'a.csv'), '')
    // Each leads to the other: without care there are more paths than can ever be listed.
    for (const name of ['1', '2', '3']) symlinkSync('../y', join(round, 'x', name))
    for (const name of ['4', '5', '6']) symlinkSync('../x', join(round, 'y', name))
    symlinkSync('.', join(round, 'itself'))
    const found = await names('round/**/*.csv')
    const below = ['1', '2', '3', '4', '5', '6']
    expect(found.every((path) => !path.includes('itself'))).toBe(true)
    expect(found).toContain('round/x/a.csv')
    expect(found).toContain('round/y/5/a.csv')
    expect(
      below.every((name) => !found.some((path) => path.split('/').filter((part) => part === name).length > 1)),
    ).toBe(true)
    rmSync(round, { recursive: true })
  })
})

describe('listFiles', () => {
  // TensorFlow gives '/.h.txt', 'd' and doubles as well; the order is the same.
  it.each([
    ['*', ['B.txt', 'a.txt', 'b.txt', 'é.txt']],
    [
      ['b*', '*.txt'],
      ['B.txt', 'a.txt', 'b.txt', 'é.txt'],
    ],
    [
      ['b*', 'a*'],
      ['a.txt', 'b.txt'],
    ],
    ['*/*.txt', ['d/c.txt']],
    ['**/*.txt', ['B.txt', 'a.txt', 'b.txt', 'd/c.txt', 'é.txt']],
    ['[ab].txt', ['a.txt', 'b.txt']],
    ['{a,b}.txt', ['a.txt', 'b.txt']],
    [['a.txt', 'missing'], ['a.txt']],
  ])('%j', async (patterns, expected) => {
    expect(await names(patterns)).toEqual(expected)
  })

  it('refuses patterns that nothing matches, naming them', async () => {
    await expect(list('*.csv').toArray()).rejects.toMatchObject({
      name: 'InvalidArgumentError',
      message: `listFiles: no file matches "${folder}/*.csv". Check the pattern.`,
    })
  })

  it('shuffles by seed and epoch, in orders that stay', async () => {
    const dataset = list('**', { shuffle: true, seed: 3 })
    const orders = [await dataset.toArray(), await dataset.toArray()].map((paths) =>
      paths.map((path) => path.slice(folder.length + 1)),
    )
    expect(orders[0].toSorted()).toEqual(orders[1].toSorted())
    expect(orders[0]).not.toEqual(orders[1])
    expect(await names('**', { shuffle: true, seed: 3 })).toEqual(orders[0])
    const iterator = dataset.iterator({ epoch: 1 })
    for (let step = 0; step < 2; step++) await iterator.next()
    const rest = await dataset.toArray({ state: iterator.save() })
    expect(rest.map((path) => path.slice(folder.length + 1))).toEqual(orders[1].slice(2))
    await iterator.return()
  })

  it('refuses a state where the files are others', async () => {
    const iterator = list('**').iterator()
    await iterator.next()
    const state = iterator.save()
    await iterator.return()
    writeFileSync(join(folder, 'new.txt'), '')
    await expect(list('**').toArray({ state })).rejects.toThrow(
      'listFiles: the files that match are not those the state was saved with. Begin anew, or bring the files back.',
    )
    rmSync(join(folder, 'new.txt'))
  })
})
