import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from '../../src/core/random.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { symmetricBeta } from '../../src/image/beta.ts'
import * as image from '../../src/image/index.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import { workerFn } from '../../src/parallel/workerFunction.ts'
import { noiseBytes } from '../kernels/noise.ts'
import { augmented, mixed } from './augmentations.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 31 })
const rngOf = (seed: number): Rng => new Rng({ a: seed, b: 7 })
const picture = ndarray(noiseBytes(5 * 6 * 3), [5, 6, 3])
const batch = ndarray(noiseBytes(4 * 5 * 6 * 3), [4, 5, 6, 3])
const labels = ndarray([0, 1, 2, 3])
const rowsOf = (x: NdArray): NdArray[] => Array.from({ length: x.shape[0] }, (_, i) => x.row(i) as NdArray)

describe('given its draw, a random operation is the operation', () => {
  it('randomFlipLeftRight and randomFlipUpDown, each image of a batch by itself', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const [random, flip] of [
          [image.randomFlipLeftRight, image.flipLeftRight],
          [image.randomFlipUpDown, image.flipUpDown],
        ] as const) {
          const rng = rngOf(seed)
          const wanted = rowsOf(batch).map((own) => (rng.uniform() < 0.5 ? flip(own as NdArray<'uint8'>) : own))
          expect(rowsOf(random(batch, rngOf(seed)))).toEqual(wanted)
        }
      }),
    )
  })

  it('colours', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const drawn = (low: number, high: number): number => rngOf(seed).uniform(low, high)
        expect(image.randomBrightness(batch, 0.3, rngOf(seed))).toEqual(image.adjustBrightness(batch, drawn(-0.3, 0.3)))
        expect(image.randomContrast(batch, 0.5, 2, rngOf(seed))).toEqual(image.adjustContrast(batch, drawn(0.5, 2)))
        expect(image.randomHue(picture, 0.5, rngOf(seed))).toEqual(image.adjustHue(picture, drawn(-0.5, 0.5)))
        expect(image.randomSaturation(batch, 0, 3, rngOf(seed))).toEqual(image.adjustSaturation(batch, drawn(0, 3)))
      }),
      { numRuns: 20 },
    )
  })

  it('randomCrop, by [height, width] and by the whole shape', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), (seed, height, width) => {
        const rng = rngOf(seed)
        const [top, left] = [rng.integer(6 - height), rng.integer(7 - width)]
        const wanted = image.cropToBoundingBox(batch, top, left, height, width)
        expect(image.randomCrop(batch, [height, width], rngOf(seed))).toEqual(wanted)
        expect(image.randomCrop(batch, [4, height, width, 3], rngOf(seed))).toEqual(wanted)
      }),
    )
  })

  it('randomResizedCrop', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const box = image.randomResizedCropBox(5, 6, rngOf(seed))
        const { offsetHeight, offsetWidth, targetHeight, targetWidth } = box
        const part = image.cropToBoundingBox(picture, offsetHeight, offsetWidth, targetHeight, targetWidth)
        expect(image.randomResizedCrop(picture, [4, 3], rngOf(seed))).toEqual(image.resize(part, [4, 3]))
        expect(image.cropResizeNormalize(picture, [4, 3], { crop: box })).toEqual(image.resize(part, [4, 3]))
      }),
    )
  })
})

describe('boxes', () => {
  it('lie within the image, and within the limits where the image allows it', () => {
    const sizes = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(seeds, sizes, sizes, (seed, height, width) => {
        const options = { areaRange: [0.3, 0.7], aspectRatioRange: [0.5, 2], useImageIfNoBoundingBoxes: true } as const
        const { box, begin, size, bboxes } = image.sampleDistortedBoundingBox(
          [height, width, 3],
          [],
          rngOf(seed),
          options,
        )
        const { offsetHeight, offsetWidth, targetHeight, targetWidth } = box
        expect([begin, size]).toEqual([
          [offsetHeight, offsetWidth, 0],
          [targetHeight, targetWidth, -1],
        ])
        expect(Math.min(offsetHeight, offsetWidth)).toBeGreaterThanOrEqual(0)
        expect(Math.min(targetHeight, targetWidth)).toBeGreaterThanOrEqual(1)
        expect(offsetHeight + targetHeight).toBeLessThanOrEqual(height)
        expect(offsetWidth + targetWidth).toBeLessThanOrEqual(width)
        expect(bboxes.shape).toEqual([1, 1, 4])
        expect(Math.round(bboxes.data[2] * height)).toBe(offsetHeight + targetHeight)
        const whole = targetHeight === height && targetWidth === width
        const area = (targetHeight * targetWidth) / (height * width)
        expect(whole || (area >= 0.3 - 1e-6 && area <= 0.7 + 1e-6)).toBe(true)
        // A width is rounded from height and proportion.
        const least = Math.round(targetHeight * 0.5 - 1e-9)
        const most = Math.round(targetHeight * 2 + 1e-9)
        expect(whole || (targetWidth >= least && targetWidth <= most)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('cover enough of one object, else are the whole image', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const objects = [[0.1, 0.1, 0.4, 0.3]]
        const { box } = image.sampleDistortedBoundingBox([100, 100], objects, rngOf(seed), { minObjectCovered: 0.9 })
        const covered = (start: number, length: number, from: number, to: number): number =>
          Math.max(0, Math.min(start + length, to) - Math.max(start, from))
        const height = covered(box.offsetHeight, box.targetHeight, 10, 40)
        const width = covered(box.offsetWidth, box.targetWidth, 10, 30)
        expect((height * width) / 600).toBeGreaterThanOrEqual(0.9 - 1e-6)
      }),
      { numRuns: 200 },
    )
  })

  it('are the whole image where nothing fits', () => {
    const options = { areaRange: [0.9, 1], aspectRatioRange: [9, 9], useImageIfNoBoundingBoxes: true } as const
    expect(image.sampleDistortedBoundingBox([10, 10], [], rngOf(1), options).size).toEqual([10, 10, -1])
  })

  it('are as high as those of TensorFlow: the least height is likelier where rounding leads to it twice', () => {
    const options = { areaRange: [0.0769, 1], aspectRatioRange: [1, 1] } as const
    const counts = new Map<number, number>()
    for (let seed = 0; seed < 1800; seed++) {
      const { targetHeight } = image.randomResizedCropBox(20, 100, rngOf(seed), options)
      counts.set(targetHeight, (counts.get(targetHeight) ?? 0) + 1)
    }
    // Of 1,800 boxes, TensorFlow's stateless_sample_distorted_bounding_box gave 381 of height 13, and 169 to 228 of the others.
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([13, 14, 15, 16, 17, 18, 19, 20])
    for (const [height, count] of counts) {
      const mean = height === 13 ? 400 : 200
      expect(Math.abs(count - mean)).toBeLessThan(4 * Math.sqrt(mean))
    }
  })

  it('reach every place and size', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 2000; seed++) {
      const { offsetHeight, offsetWidth, targetHeight } = image.randomResizedCropBox(4, 4, rngOf(seed))
      seen.add(`${targetHeight} at ${offsetHeight},${offsetWidth}`)
    }
    expect([...seen].filter((name) => name.startsWith('2 at')).length).toBeGreaterThanOrEqual(9)
    expect(seen.has('4 at 0,0')).toBe(true)
  })
})

describe('cutout', () => {
  it('covers one rectangle of each image of a batch, and nothing else', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rng = rngOf(seed)
        const rows = rowsOf(image.cutout(batch, [2, 3], rngOf(seed), { constantValue: 7 }))
        rows.forEach((row, b) => {
          const [y, x] = [rng.integer(5), rng.integer(6)]
          const own = (batch.row(b) as NdArray<'uint8'>).data
          const wanted = own.map((value, i) => {
            const [py, px] = [Math.floor(i / 18), Math.floor(i / 3) % 6]
            return py >= y - 1 && py < y + 1 && px >= x - 1 && px < x + 2 ? 7 : value
          })
          expect(row.data).toEqual(wanted)
        })
      }),
    )
  })
})

describe('mixing', () => {
  it('mixup blends images and labels by the same shares', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        // An image that is its own label: what becomes of both must be the same.
        const images = ndarray(
          Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
          [4, 1, 1, 4],
        )
        const made = image.mixup(images, labels, rngOf(seed), { numClasses: 4, alpha: 1 })
        expect(made.images.data).toEqual(made.labels.data)
        rowsOf(made.labels).forEach(({ data }) => {
          expect((data as Float32Array).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
        })
      }),
    )
  })

  it('cutmix takes as much of a label as of the pixels', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const images = ndarray(
          Uint8Array.from({ length: 4 * 64 }, (_, i) => i >> 6),
          [4, 8, 8, 1],
        )
        const made = image.cutmix(images, labels, rngOf(seed), { numClasses: 4 })
        rowsOf(made.images).forEach(({ data }, i) => {
          const shares = Float32Array.from(
            { length: 4 },
            (_, c) => (data as Uint8Array).filter((v) => v === c).length / 64,
          )
          expect((made.labels.row(i) as NdArray<'float32'>).data).toEqual(shares)
        })
      }),
    )
  })

  it.each([0.1, 0.2, 1, 3])('shares are of Beta(%s, same)', (alpha) => {
    const rng = rngOf(3)
    const drawn = Array.from({ length: 20_000 }, () => symmetricBeta(rng, alpha))
    const mean = drawn.reduce((sum, x) => sum + x) / drawn.length
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length
    expect(drawn.every((x) => x >= 0 && x <= 1)).toBe(true)
    expect(mean).toBeCloseTo(0.5, 1)
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeCloseTo(1, 1)
  })
})

describe('in a pipeline', () => {
  const plain = (elements: readonly unknown[]): unknown => JSON.parse(JSON.stringify(elements))

  it('depend on seed, epoch and element alone, whatever the number of workers', async () => {
    const wanted = plain(await mixed(12, 5).toArray())
    expect(plain(await mixed(12, 6).toArray())).not.toEqual(wanted)
    for (const workers of [0, 1, 2]) {
      const pipeline = workerFn<typeof mixed>(new URL('./augmentations.ts', import.meta.url), 'mixed')
      const got = await Dataset.fromWorkers(pipeline, { args: [12, 5], workers }).toArray()
      expect(plain(got)).toEqual(wanted)
    }
  })

  it('are the same after going on from any state', async () => {
    const wanted = plain(await augmented(9, 5).toArray())
    const iterator = augmented(9, 5).iterator()
    for (let i = 0; i < 4; i++) await iterator.next()
    const rest = await augmented(9, 5).toArray({ state: iterator.save() })
    expect(plain(rest)).toEqual((wanted as unknown[]).slice(4))
  })
})
