import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { keyOf, Rng } from '../../src/core/random.ts'
import { contactSheet } from '../../src/image/contactSheet.ts'
import { imageStatistics } from '../../src/image/imageStatistics.ts'
import { randomJpegQuality, adjustJpegQuality } from '../../src/image/jpegQuality.ts'
import { labelHistogram } from '../../src/image/labelHistogram.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'
import { drawn } from './corpus.ts'

/** A picture of one colour. */
function plain(height: number, width: number, ...color: number[]): NdArray<'uint8', 3> {
  const data = Uint8Array.from({ length: height * width * color.length }, (_, i) => color[i % color.length])
  return new NdArray('uint8', [height, width, color.length], data)
}

function pixel({ shape, data }: NdArray, x: number, y: number): number[] {
  return Array.from(data.slice(3 * (y * shape[1] + x), 3 * (y * shape[1] + x) + 3), Number)
}

const count = (image: NdArray, color: readonly number[]): number => {
  let found = 0
  for (let i = 0; i < image.size; i += 3) if (color.every((value, c) => image.data[i + c] === value)) found++
  return found
}

const red = [200, 0, 0]
const blue = [0, 0, 200]

describe('contactSheet', () => {
  it('puts pictures side by side, each whole in its cell, with its label below', async () => {
    const elements = [
      { image: plain(10, 20, ...red), label: 0 },
      { image: plain(40, 40, ...blue), label: 1 },
    ]
    const sheet = await contactSheet(elements, { cellSize: 20, classNames: ['left', 'right'] })
    expect(sheet.shape).toEqual([8 + 20 + 12 + 8, 2 * (20 + 16), 3])
    expect(count(sheet, red)).toBe(10 * 20)
    expect(count(sheet, blue)).toBe(20 * 20)
    expect([pixel(sheet, 8, 13), pixel(sheet, 8, 12), pixel(sheet, 44, 8)]).toEqual([red, [255, 255, 255], blue])
    const unnamed = await contactSheet(
      elements.map(({ image }) => image),
      { cellSize: 20 },
    )
    expect(count(sheet, [91, 100, 112])).toBeGreaterThan(20)
    expect(count(unnamed, [91, 100, 112])).toBe(0)
  })

  it('has lines as high as their highest picture', async () => {
    const sheet = await contactSheet([plain(5, 20, ...red), plain(10, 20, ...red), plain(40, 40, ...blue)], {
      ...{ cellSize: 20, columns: 2 },
    })
    expect(sheet.shape).toEqual([8 + (10 + 20) + (20 + 20), 2 * 36, 3])
    const starts = [
      [8, 8 + 2],
      [44, 8],
    ].map(([x, y]) => [pixel(sheet, x, y), pixel(sheet, x, y - 1)])
    expect(starts).toEqual([
      [red, [255, 255, 255]],
      [red, [255, 255, 255]],
    ])
    expect([pixel(sheet, 8, 8 + 30), pixel(sheet, 8, 8 + 30 - 1)]).toEqual([blue, [255, 255, 255]])
  })

  it('draws no box beside its picture', async () => {
    const boxes = [
      [-0.5, 0.5, 1.5, 3],
      [1.2, 0, 1.5, 1],
      [NaN, 0, 1, 1],
    ] as const
    const sheet = await contactSheet([plain(20, 20, ...red), plain(20, 20, ...red)], {
      ...{ cellSize: 20, boxes: () => boxes },
    })
    // The right half of each: ten by twenty pixels, but for those within the frame of two.
    expect(count(sheet, [0, 114, 178])).toBe(2 * (10 * 20 - 6 * 16))
    expect(count(sheet, red)).toBe(2 * (10 * 20 + 6 * 16))
  })

  it('takes batches apart, counts, and breaks lines', async () => {
    const batches = Dataset.range(5)
      .map((i) => ({ image: plain(4, 4, i, i, i), label: i }))
      .batch(3)
    const sheet = await contactSheet(batches, { count: 4, columns: 3, cellSize: 8 })
    expect(sheet.shape).toEqual([2 * 28 + 8, 3 * 24, 3])
    for (const i of [0, 1, 2, 3]) expect(count(sheet, [i, i, i])).toBe(64)
    expect(count(sheet, [4, 4, 4])).toBe(0)
  })

  it('shows floats in the range they lie in, gray, and alpha over white', async () => {
    const cell = async (image: NdArray, options = {}) =>
      pixel(await contactSheet([image], { cellSize: 8, ...options }), 8, 8)
    const floats = (...values: number[]) => new NdArray('float32', [1, 1, values.length], Float32Array.from(values))
    expect(await cell(floats(1, 0.5, 0))).toEqual([255, 128, 0])
    expect(await cell(floats(1, 0, -1))).toEqual([255, 128, 0])
    expect(await cell(floats(255, 51, 0))).toEqual([255, 51, 0])
    expect(await cell(floats(300, 150, 100))).toEqual([255, 64, 0])
    expect(await cell(floats(1, 0.5, 0), { range: [0, 2] })).toEqual([128, 64, 0])
    expect(await cell(plain(1, 1, 7))).toEqual([7, 7, 7])
    expect(await cell(plain(1, 1, 100, 0, 0, 0))).toEqual([255, 255, 255])
  })

  it('draws boxes, and variants of a picture that are its own', async () => {
    const boxes = new NdArray('float32', [1, 4], Float32Array.of(0, 0, 1, 1))
    const sheet = await contactSheet([{ image: plain(20, 20, ...red), boxes }], { cellSize: 20 })
    expect(pixel(sheet, 8, 8)).toEqual([0, 114, 178])
    expect(count(sheet, [0, 114, 178])).toBe(20 * 20 - 16 * 16)
    const options = { cellSize: 33, augment: { flipLeftRight: true, brightness: 0.3 }, variants: 3, seed: 5 } as const
    const varied = await contactSheet([drawn(), drawn()], options)
    expect(varied.shape).toEqual([2 * (21 + 20) + 8, 4 * 41 - 8 + 16, 3])
    expect(await contactSheet([drawn(), drawn()], options)).toEqual(varied)
    expect(await contactSheet([drawn(), drawn()], { ...options, seed: 6 })).not.toEqual(varied)
  })

  it('refuses what it cannot show', async () => {
    await expect(contactSheet([])).rejects.toThrow('contactSheet: there is no element to show.')
    await expect(contactSheet([{ picture: 1 }])).rejects.toThrow(
      'contactSheet: element 0 has no image. Give image, a function from an element to its picture.',
    )
    await expect(contactSheet([plain(1, 1, 1, 2, 3, 4, 5)])).rejects.toThrow(
      'contactSheet: an image must be [height, width, 1 to 4 channels], got an NdArray uint8 [1, 1, 5].',
    )
    const floats = new NdArray('float32', [1, 1, 1], new Float32Array(1))
    await expect(contactSheet([floats], { augment: { flipUpDown: true } })).rejects.toThrow(
      'contactSheet: variants are made of pictures of uint8, got float32. Show the dataset before its pictures are normalized.',
    )
  })
})

describe('imageStatistics', () => {
  it('knows sizes and channels, of batches too', async () => {
    const images = [plain(2, 3, 10, 0, 255), plain(4, 1, 20, 0, 255)]
    const found = await imageStatistics(images)
    expect(found).toMatchObject({ images: 2, height: [2, 4], width: [1, 3] })
    expect(found.channels[0].mean).toBeCloseTo(14, 12)
    expect(found.channels[0].std).toBeCloseTo(Math.sqrt(24), 12)
    expect(found.channels.slice(1)).toEqual([
      { mean: 0, std: 0, min: 0, max: 0 },
      { mean: 255, std: 0, min: 255, max: 255 },
    ])
    const batches = Dataset.range(6)
      .map((i) => ({ image: plain(1, 1, i) }))
      .batch(4)
    expect(await imageStatistics(batches)).toMatchObject({ images: 6, channels: [{ mean: 2.5, min: 0, max: 5 }] })
    expect((await imageStatistics(batches, { limit: 1 })).images).toBe(4)
  })

  it('loses no digits far from 0', async () => {
    const far = new NdArray('float64', [1, 2, 1], Float64Array.of(1e9, 1e9 + 1))
    expect((await imageStatistics([far])).channels[0]).toEqual({ mean: 1e9 + 0.5, std: 0.5, min: 1e9, max: 1e9 + 1 })
  })

  it('refuses elements without pictures, and of other channels', async () => {
    await expect(imageStatistics([5])).rejects.toThrow('imageStatistics: element 0 has no image.')
    await expect(imageStatistics([plain(1, 1, 1), plain(1, 1, 1, 2, 3)])).rejects.toThrow(
      'imageStatistics: element 1 has 3 channels, and those before it 1. Decode all with the same channels.',
    )
    await expect(imageStatistics([])).rejects.toThrow('imageStatistics: there is no element to look at.')
  })
})

describe('labelHistogram', () => {
  it('draws a bar a class, as long as its share of the largest', () => {
    const picture = labelHistogram({ few: 10, many: 40, none: 0 }, { barLength: 100 })
    expect(count(picture, [0, 114, 178])).toBe((25 + 100) * 14)
    expect(picture.shape[0]).toBe(2 * 12 + 3 * 20 - 6)
    for (const wrong of [Dataset.range(2), [1, 2], 5, null]) {
      expect(() => labelHistogram(wrong as never)).toThrow(
        'labelHistogram: counts must be numbers by name, such as table.classCounts(), got',
      )
    }
    expect(() => labelHistogram({})).toThrow('labelHistogram: there is no class.')
    expect(() => labelHistogram({ a: -1 })).toThrow('labelHistogram: a must be a number of at least 0, got -1.')
  })
})

describe('randomJpegQuality', () => {
  it('draws a quality, the same for the same generator', async () => {
    const image = drawn()
    const quality = 10 + new Rng(keyOf(3)).integer(20)
    expect(await randomJpegQuality(image, 10, 30, new Rng(keyOf(3)))).toEqual(await adjustJpegQuality(image, quality))
    await expect(randomJpegQuality(image, 30, 30, new Rng(keyOf(3)))).rejects.toThrow(
      'randomJpegQuality: minJpegQuality must be below maxJpegQuality, which is 30, got 30.',
    )
    await expect(adjustJpegQuality(image, 101)).rejects.toThrow(
      'adjustJpegQuality: jpegQuality must be at most 100, got 101.',
    )
  })
})
