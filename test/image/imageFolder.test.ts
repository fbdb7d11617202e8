import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SkippedReport } from '../../src/core/skippedReport.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { decodeImage } from '../../src/image/decodeImage.ts'
import { imageFolder } from '../../src/image/imageFolder.ts'
import { imagePaths } from '../../src/image/imagePaths.ts'
import { imageTable } from '../../src/image/imageTable.ts'
import { loadImages } from '../../src/image/loadImages.ts'
import { prepareImage, type PrepareImageOptions } from '../../src/image/prepareImage.ts'
import { corpus } from './corpus.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-folder-'))
afterAll(() => rmSync(root, { recursive: true }))

const pictures = await corpus()

function folderOf(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(root, name, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
  }
  return join(root, name)
}

const formats = [
  'rgb.jpg',
  'rgb.png',
  'rgb.webp',
  'moving.gif',
  'rgb.bmp',
  'rgb.tiff',
  'gray.jpg',
  'cmyk.jpg',
  'rgb16.png',
]
const dir = folderOf('all', {
  ...Object.fromEntries(
    formats.map((name, i) => [`${i % 2 === 0 ? 'even' : 'odd'}/${i}${name.replace(/.*\./, '.')}`, pictures[name]]),
  ),
  // A name that lies about the format.
  'odd/lies.png': pictures['progressive.jpg'],
})

const augment = { crop: true, flipLeftRight: true, brightness: 0.2 } as const
const options: PrepareImageOptions = { size: [12, 10], augment, normalize: [-1, 1] }
const workers = { workers: 0 }

describe('imageFolder', () => {
  it('gives every format with its label', async () => {
    const dataset = imageFolder(dir, workers)
    expect(dataset.cardinality()).toBe(10)
    expect(dataset.classNames).toEqual(['even', 'odd'])
    expect(dataset.explain()).toContain('{image: uint8 [?, ?, 3], label: int32 []}')
    const elements = await dataset.toArray()
    expect(elements.map(({ label }) => label)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    for (const [i, { image }] of elements.entries()) {
      const decoded = await decodeImage(readFileSync(dataset.table.path(i)), { channels: 3, expandAnimations: false })
      expect([i, image]).toEqual([i, decoded])
    }
  })

  it('batches what fits, with labels of every kind', async () => {
    const sized = { size: [8, 9], ...workers } as const
    const batch = await imageFolder(dir, sized).batch(4).first()
    expect([batch?.image.dtype, batch?.image.shape, batch?.label.toArray()]).toEqual([
      'float32',
      [4, 8, 9, 3],
      [0, 0, 0, 0],
    ])
    expect(batch?.label.dtype).toBe('int32')
    const hot = await imageFolder(dir, { ...sized, labelMode: 'categorical' })
      .skip(4)
      .batch(2)
      .first()
    expect(hot?.label.toArray()).toEqual([
      [1, 0],
      [0, 1],
    ])
    const binary = await imageFolder(dir, { ...sized, labelMode: 'binary' })
      .skip(4)
      .batch(2)
      .first()
    expect([binary?.label.dtype, binary?.label.toArray()]).toEqual(['float32', [[0], [1]]])
    const bare = await imageFolder(dir, { ...sized, labels: 'none', keepPath: true }).first()
    expect(Object.keys(bare ?? {})).toEqual(['image', 'path'])
  })

  it('is what its parts give one after the other, shuffled too', async () => {
    const chain = imagePaths(dir)
      .globalShuffle({ seed: 3 })
      .map(async ({ path, label }, { rng }) => {
        const image = await decodeImage(readFileSync(path), { channels: 3, expandAnimations: false })
        return { image: prepareImage(image, options, rng), label }
      })
    const fused = imageFolder(dir, { ...options, ...workers }).globalShuffle({ seed: 3 })
    expect(await fused.toArray()).toEqual(await chain.toArray())
    // Another pass, another augmentation.
    expect(await fused.toArray({ epoch: 1 })).toEqual(await chain.toArray({ epoch: 1 }))
    expect(await fused.toArray({ epoch: 1 })).not.toEqual(await fused.toArray({ epoch: 0 }))
  })

  it('reads by index, in order of paths, and from a state', async () => {
    const dataset = imageFolder(dir, { ...options, ...workers })
      .globalShuffle({ seed: 1 })
      .skip(1)
    const all = await dataset.toArray({ epoch: 0 })
    expect(await dataset.get(3)).toEqual(all[3])
    const iterator = dataset.iterator({ epoch: 0 })
    for (let i = 0; i < 4; i++) await iterator.next()
    expect(await dataset.toArray({ state: JSON.parse(JSON.stringify(iterator.save())) as never })).toEqual(all.slice(4))
    await iterator.return()
    const shards = await Promise.all([0, 1, 2].map((i) => imageFolder(dir, workers).shard(3, i).toArray()))
    expect(shards.map(({ length }) => length)).toEqual([4, 3, 3])
  })

  it('splits into parts of exact length that are read by index', async () => {
    const { train, test } = imageFolder(dir, { size: [4, 4], ...workers }).split(
      { train: 0.6, test: 0.4 },
      { exact: true },
    )
    expect([train.cardinality(), test.cardinality()]).toEqual([6, 4])
    expect(test.table.classCounts()).toEqual({ even: 2, odd: 2 })
    expect((await test.globalShuffle({ seed: 2 }).toArray()).length).toBe(4)
    expect(() => train.shuffle(3).split({ a: 1 })).toThrow(
      'split: imageFolder.shuffle cannot be split. Split first, and shuffle or take of the parts.',
    )
  })

  it('takes a table that was listed before', async () => {
    const table = await imageTable(dir, { classNames: ['odd'] })
    expect(imageFolder(table, workers).cardinality()).toBe(5)
    expect(() => imageFolder(table, { classNames: ['odd'] })).toThrow('imageFolder: there is no option classNames.')
  })

  it('names the file that cannot be decoded, or leaves it out with a quota and a list', async () => {
    const broken = folderOf('broken', {
      'a/1.jpg': pictures['rgb.jpg'],
      'a/2.jpg': pictures['rgb.jpg'].subarray(0, 300),
      'a/3.png': new Uint8Array(0),
      'a/4.png': Buffer.from('text'),
      'a/5.png': pictures['rgb.png'],
    })
    const dataset = imageFolder(broken, { size: [4, 4], ...workers })
    await expect(dataset.toArray()).rejects.toThrow(
      `imageFolder.loadImages: the function threw at element 1: ${join(broken, 'a/2.jpg')}: decodeJpeg: the JPEG is cut short`,
    )
    const report = new SkippedReport()
    const batch = await dataset.ignoreErrors({ report, maxErrors: 3 }).batch(8).toArray()
    expect(batch.map(({ image }) => image.shape)).toEqual([[2, 4, 4, 3]])
    expect(report.first.map(({ file, error }) => [file, (error as Error).name])).toEqual([
      [join(broken, 'a/2.jpg'), 'DataLossError'],
      [join(broken, 'a/3.png'), 'InvalidArgumentError'],
      [join(broken, 'a/4.png'), 'InvalidArgumentError'],
    ])
    await expect(dataset.ignoreErrors({ maxErrors: 2 }).toArray()).rejects.toThrow('more than 2 elements failed')
    rmSync(join(broken, 'a/1.jpg'))
    await expect(dataset.first()).rejects.toThrow(`cannot read ${join(broken, 'a/1.jpg')}: ENOENT`)
  })

  it('refuses options that are none, or do not fit', () => {
    expect(() => imageFolder(dir, { batch: 3 } as never)).toThrow(
      'imageFolder: there is no option batch. It takes labels, classNames,',
    )
    expect(() => imageFolder(dir, { labelMode: 'binary', classNames: ['odd'] })).toThrow(
      'imageFolder: labelMode "binary" is for two classes, and there are 1. Use "int" or "categorical", or name two classes in classNames.',
    )
    expect(() => imageFolder(dir, { scaledDecoding: true })).toThrow(
      'imageFolder: size must be given where scaledDecoding is, got undefined.',
    )
    expect(() => imageFolder(dir, { channels: 2 as never })).toThrow(
      'imageFolder: channels must be 0, 1, 3 or 4, got 2.',
    )
  })
})

describe('loadImages', () => {
  const load = { size: [6, 5], ...workers } as const

  it('takes paths, bytes, and objects with one of them', async () => {
    const path = join(dir, 'even/0.jpg')
    const bytes = readFileSync(path)
    const [ofPath] = await Dataset.fromGenerator([path]).pipe(loadImages<string>(load)).toArray()
    expect(ofPath.shape).toEqual([6, 5, 3])
    expect(await Dataset.fromGenerator([bytes]).pipe(loadImages<Uint8Array>(load)).toArray()).toEqual([ofPath])
    const parsed = Dataset.fromGenerator([{ image_raw: bytes, id: 7n }]).pipe(
      loadImages({ ...load, from: 'image_raw' }),
    )
    expect(await parsed.toArray()).toEqual([{ image: ofPath, id: 7n }])
  })

  it('decodes large JPEGs small where that is allowed, and no smaller than the result', async () => {
    const path = join(dir, 'even/0.jpg')
    const scaled = await Dataset.fromGenerator([path])
      .pipe(loadImages<string>({ ...load, size: [5, 8], scaledDecoding: true }))
      .first()
    const quarter = await decodeImage(readFileSync(path)).then((image) => prepareImage(image, { size: [5, 8] }))
    expect(scaled?.shape).toEqual([5, 8, 3])
    expect(scaled).not.toEqual(quarter)
  })

  it.each([
    [
      { path: 5 },
      "there is no path and there are no bytes in path of an object {path}. Name the part that holds them: from: 'path'.",
    ],
    [
      { file: 'a' },
      "there is no path and there are no bytes in path of an object {file}. Name the part that holds them: from: 'file'.",
    ],
    [7, 'the element is 7, not a path, bytes, or an object with one of them.'],
  ])('refuses %j', async (element, message) => {
    await expect(Dataset.fromGenerator([element]).pipe(loadImages(load)).toArray()).rejects.toThrow(message)
  })
})

describe('threads', () => {
  it.each([1, 3])(
    '%i of them give what this thread gives, in batches and alone, augmented and shuffled',
    async (count) => {
      const build = (workers: number) =>
        imageFolder(dir, { ...options, workers })
          .globalShuffle({ seed: 3 })
          .repeat(2)
      expect(await build(count).toArray({ epoch: 0 })).toEqual(await build(0).toArray({ epoch: 0 }))
      const batches = await build(count).batch(6).toArray({ epoch: 0 })
      const single = await build(0).batch(6).toArray({ epoch: 0 })
      expect(batches).toEqual(single)
      expect(build(count).batch(6).explain()).toContain('workerMapAndBatch')
    },
  )

  it('go on from a state in the middle of a pass, with another number of them', async () => {
    const build = (workers: number) =>
      imageFolder(dir, { ...options, workers })
        .shuffle(5, { seed: 3 })
        .batch(3)
    const all = await build(0).toArray({ epoch: 0 })
    const iterator = build(2).iterator({ epoch: 0 })
    await iterator.next()
    await iterator.next()
    const state = iterator.save()
    await iterator.return()
    expect(await build(1).toArray({ state })).toEqual(all.slice(2))
  })

  it('tell of the file that failed', async () => {
    const broken = folderOf('half', { 'a/1.jpg': pictures['rgb.jpg'], 'a/2.jpg': pictures['rgb.jpg'].subarray(0, 300) })
    const error = await imageFolder(broken, { size: [4, 4], workers: 1 })
      .batch(2)
      .first()
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'DataLossError', file: join(broken, 'a/2.jpg'), index: 1 })
  })
})
