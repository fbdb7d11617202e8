import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { imagePaths } from '../../src/image/imagePaths.ts'
import { ImageTable, imageTable, imageTableSync, type ImageTableOptions } from '../../src/image/imageTable.ts'

const folders: string[] = []

/** A folder of empty files. */
function folderOf(...files: string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-table-'))
  folders.push(root)
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
  return root
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

const shown = ({ files, labels, classNames }: ImageTable) => ({ files, labels: labels && [...labels], classNames })

const flowers = folderOf(
  'rose/b.JPG',
  'rose/a.jpeg',
  'rose/deep/er/c.Png',
  'rose/notes.txt',
  'daisy/x.webp',
  'daisy/.hidden.jpg',
  'daisy/jpg',
  '.cache/y.jpg',
  'LICENSE.txt',
  'cover.jpg',
)
symlinkSync(join(flowers, 'rose/a.jpeg'), join(flowers, 'daisy/linked.tif'))
symlinkSync(join(flowers, 'nowhere.gif'), join(flowers, 'daisy/broken.gif'))
symlinkSync(join(flowers, 'rose/deep'), join(flowers, 'daisy/linkedFolder'))

const rose = ['rose/a.jpeg', 'rose/b.JPG', 'rose/deep/er/c.Png']

describe('imageTable', () => {
  it.each<[string, ImageTableOptions, string[], string[]]>([
    ['sorted classes', {}, ['daisy/broken.gif', 'daisy/linked.tif', 'daisy/x.webp', ...rose], ['daisy', 'rose']],
    [
      'given classes',
      { classNames: ['rose', 'daisy'] },
      [...rose, 'daisy/broken.gif', 'daisy/linked.tif', 'daisy/x.webp'],
      ['rose', 'daisy'],
    ],
    ['one class', { classNames: ['rose'] }, rose, ['rose']],
    ['flat', { recursive: false, classNames: ['rose'] }, rose.slice(0, 2), ['rose']],
    ['extensions', { extensions: ['.JPG', 'png'], classNames: ['rose'] }, rose.slice(1), ['rose']],
    ['a pattern', { include: 'rose/*', classNames: ['rose'] }, rose.slice(0, 2), ['rose']],
    [
      'two patterns less one',
      { include: ['**/a*', '**/*.{JPG,Png}'], exclude: '*/b*', classNames: ['rose'] },
      ['rose/a.jpeg', 'rose/deep/er/c.Png'],
      ['rose'],
    ],
    [
      'hidden',
      { hidden: true, classNames: ['.cache', 'daisy'] },
      ['.cache/y.jpg', 'daisy/.hidden.jpg', 'daisy/broken.gif', 'daisy/linked.tif', 'daisy/x.webp'],
      ['.cache', 'daisy'],
    ],
    [
      'links',
      { followLinks: true, classNames: ['daisy'] },
      ['daisy/broken.gif', 'daisy/linked.tif', 'daisy/linkedFolder/er/c.Png', 'daisy/x.webp'],
      ['daisy'],
    ],
    ['no labels', { labels: 'none', include: ['*.jpg', 'rose/*'] }, ['cover.jpg', 'rose/a.jpeg', 'rose/b.JPG'], []],
    [
      'a function',
      { labels: (file) => (file.toLowerCase().endsWith('g') ? 'g' : 'other') },
      ['cover.jpg', ...rose, 'daisy/broken.gif', 'daisy/linked.tif', 'daisy/x.webp'],
      ['g', 'other'],
    ],
    ['a function and classes', { labels: (file) => file.slice(-1), classNames: ['p'] }, ['daisy/x.webp'], ['p']],
  ])('lists %s', async (_, options, files, classNames) => {
    const table = await imageTable(flowers, options)
    const labelled = options.labels === 'none' ? undefined : files.map((file) => labelOf(file, options, classNames))
    expect(shown(table)).toEqual({ files, labels: labelled, classNames })
    expect(imageTableSync('imageTable', flowers, options)).toEqual(table)
  })

  function labelOf(file: string, { labels }: ImageTableOptions, classNames: readonly string[]): number {
    return classNames.indexOf(typeof labels === 'function' ? labels(file) : file.split('/')[0])
  }

  it('counts the classes and knows the paths', async () => {
    const table = await imageTable(flowers)
    expect(table.classCounts()).toEqual({ daisy: 3, rose: 3 })
    expect(table.path(3)).toBe(join(flowers, 'rose/a.jpeg'))
    expect(shown(table.filter((file, label) => label === 1 && file.includes('deep')))).toEqual({
      files: ['rose/deep/er/c.Png'],
      labels: [1],
      classNames: ['daisy', 'rose'],
    })
  })

  it('takes a link to a folder for a class, and follows no other one', async () => {
    const linked = folderOf('rose/a.png')
    symlinkSync(join(flowers, 'daisy'), join(linked, 'daisy'))
    symlinkSync(join(flowers, 'nowhere'), join(linked, 'none'))
    expect(shown(await imageTable(linked, { extensions: ['png', 'webp'] }))).toEqual({
      files: ['daisy/x.webp', 'rose/a.png'],
      labels: [0, 1],
      classNames: ['daisy', 'rose'],
    })
  })

  const empty = folderOf('full/a.png')
  mkdirSync(join(empty, 'empty'))
  const loop = folderOf('a/x.png')
  symlinkSync(loop, join(loop, 'a/again'))

  it.each<[string, string, ImageTableOptions, string]>([
    ['a missing folder', join(flowers, 'none'), {}, 'NotFoundError: cannot list ROOT/none: ENOENT'],
    [
      'a folder that is a file',
      join(flowers, 'LICENSE.txt'),
      {},
      'NotFoundError: cannot list ROOT/LICENSE.txt: ENOTDIR',
    ],
    [
      'no class',
      join(flowers, 'rose/deep/er'),
      {},
      "NotFoundError: imageTable: there is no folder of a class in ROOT/rose/deep/er. Its folders are its classes; where it has none, give labels: 'none' or a function.",
    ],
    [
      'an empty class',
      empty,
      {},
      'NotFoundError: imageTable: there is no picture in ROOT/empty, the folder of a class. Name the classes that you want in classNames. It looks for jpg, jpeg, png, webp, gif, bmp, tif, tiff.',
    ],
    [
      'a missing class',
      flowers,
      { classNames: ['rose', 'tulip'] },
      'NotFoundError: imageTable: there is no folder of class "tulip" in ROOT. It has daisy, rose.',
    ],
    [
      'no picture',
      empty,
      { labels: 'none', extensions: ['gif'] },
      'NotFoundError: imageTable: there is no picture in ROOT. It looks for gif, in all folders.',
    ],
    [
      'a loop',
      loop,
      { followLinks: true },
      'InvalidArgumentError: the folder ROOT/a/again/a leads back to ROOT/a, which it lies in. Remove that link, or leave followLinks out.',
    ],
    [
      'a function without a class',
      flowers,
      { labels: () => '' },
      'InvalidArgumentError: imageTable: labels gave cover.jpg no class, but "". It must return the name of a class. To leave files out, use exclude.',
    ],
    [
      'a class of no picture',
      flowers,
      { labels: () => 'a', classNames: ['b'] },
      'NotFoundError: imageTable: the function gave no picture the class "b". Leave it out of classNames.',
    ],
    [
      'classes twice',
      flowers,
      { classNames: ['a', 'a'] },
      'InvalidArgumentError: imageTable: classNames must be a list of different names, got an array.',
    ],
    [
      'labels of another kind',
      flowers,
      { labels: 'folder' as never },
      'InvalidArgumentError: imageTable: labels must be "inferred", "none" or a function, got "folder".',
    ],
    [
      'an unknown option',
      flowers,
      { seed: 1 } as never,
      'InvalidArgumentError: imageTable: there is no option seed. It takes labels, classNames, extensions, recursive, include, exclude, followLinks, hidden.',
    ],
  ])('refuses %s', async (_, dir, options, message) => {
    const error = await imageTable(dir, options).catch((thrown: unknown) => thrown as Error)
    const root = [flowers, empty, loop].find((folder) => dir.startsWith(folder)) ?? dir
    const text = error instanceof Error ? `${error.name}: ${error.message}`.replaceAll(root, 'ROOT') : 'none'
    expect(text.slice(0, message.length)).toBe(message)
  })
})

/** A table of made-up files. */
function tableOf(...sizes: number[]): ImageTable {
  const classNames = sizes.map((_, label) => `class ${label}`)
  const rows = sizes.flatMap((size, label) =>
    Array.from({ length: size }, (_, i) => ({ file: `${classNames[label]}/${i}.jpg`, label })),
  )
  const labels = Int32Array.from(rows, ({ label }) => label)
  return new ImageTable('made-up', { files: rows.map(({ file }) => file), labels, classNames })
}

describe('split', () => {
  const parts = { train: 0.8, validation: 0.1, test: 0.1 }

  it('puts every picture in one part, in order', () => {
    const table = tableOf(50, 1, 30)
    const split = table.split(parts, { seed: 3 })
    const all = Object.values(split).flatMap(({ files }) => files)
    expect([...all].sort()).toEqual([...table.files].sort())
    for (const { files } of Object.values(split))
      expect(files).toEqual(table.files.filter((file) => files.includes(file)))
  })

  it('leaves pictures where they are when files are added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 }), fc.integer({ min: 1, max: 40 }), (seed, more) => {
        const before = tableOf(40, 60).split(parts, { seed })
        const after = tableOf(40 + more, 60).split(parts, { seed })
        for (const part of ['train', 'validation', 'test'] as const) {
          expect(after[part].files.filter((file) => tableOf(40, 60).files.includes(file))).toEqual(before[part].files)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('divides each class by the fractions, within chance, and exactly where told', () => {
    const table = tableOf(2000, 1000)
    const loose = table.split(parts).train.classCounts()
    // Four standard deviations.
    expect(Math.abs(loose['class 0'] - 1600)).toBeLessThan(4 * Math.sqrt(2000 * 0.8 * 0.2))
    expect(Math.abs(loose['class 1'] - 800)).toBeLessThan(4 * Math.sqrt(1000 * 0.8 * 0.2))
    const exact = tableOf(20, 10, 1).split({ train: 0.8, test: 0.2 }, { exact: true, seed: 5 })
    expect(exact.train.classCounts()).toEqual({ 'class 0': 16, 'class 1': 8, 'class 2': 1 })
    expect(exact.test.classCounts()).toEqual({ 'class 0': 4, 'class 1': 2, 'class 2': 0 })
  })

  it('draws another split for another seed, and keeps groups together', () => {
    const table = tableOf(100)
    expect(table.split(parts, { seed: 1 }).test.files).not.toEqual(table.split(parts, { seed: 2 }).test.files)
    const group = (file: string) => file.replace(/\d\.jpg/, '')
    const { train, test } = table.split({ train: 0.5, test: 0.5 }, { group })
    const trained = new Set(train.files.map(group))
    expect(test.files.filter((file) => trained.has(group(file)))).toEqual([])
    expect(test.length).toBeGreaterThan(0)
  })

  it('is pinned', () => {
    expect(tableOf(12).split({ train: 0.75, test: 0.25 }, { seed: 7 }).test.files).toMatchInlineSnapshot(`
      [
        "class 0/7.jpg",
      ]
    `)
  })

  it('refuses what is no fraction', () => {
    const table = tableOf(3)
    expect(() => table.split({ a: 0.9, b: 0.2 })).toThrow('split: the sum of fractions must be at most 1, got 1.1.')
    expect(() => table.split({ a: 0.5 }, { key: 1 } as never)).toThrow(
      'split: there is no option key. It takes seed, group, exact.',
    )
  })
})

describe('imagePaths', () => {
  it('gives paths and labels, by index and from a state too', async () => {
    const paths = imagePaths(flowers)
    expect(paths.cardinality()).toBe(6)
    expect(await paths.get(3)).toEqual({ path: join(flowers, 'rose/a.jpeg'), label: 1 })
    const iterator = paths.iterator()
    await iterator.next()
    const state = iterator.save()
    expect(await paths.toArray({ state })).toEqual((await paths.toArray()).slice(1))
    expect(await imagePaths(flowers, { labels: 'none' }).first()).toEqual({ path: join(flowers, 'cover.jpg') })
    expect((await paths.globalShuffle({ seed: 1 }).toArray()).map(({ label }) => label).sort()).toEqual([
      0, 0, 0, 1, 1, 1,
    ])
    expect(paths.explain()).toContain('{path: string [], label: int32 []}')
  })

  it('refuses the state of other files', async () => {
    const iterator = imagePaths(flowers).iterator()
    await iterator.next()
    const state = iterator.save()
    expect(() => imagePaths(flowers, { classNames: ['rose'] }).iterator({ state })).toThrow(
      /state was saved by another pipeline: operation 0 was imagePaths\(dir: .*classes: 2, files: 6/,
    )
    expect(() => imagePaths(imageTableSync('a', flowers, {}), { recursive: false })).toThrow(
      'imagePaths: there is no option recursive.',
    )
  })
})
