import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from '../../src/core/random.ts'
import { adjustBrightness } from '../../src/image/adjustBrightness.ts'
import { cropToBoundingBox } from '../../src/image/crop.ts'
import { normalize, type Normalization } from '../../src/image/normalize.ts'
import { prepareImage, type PrepareImageOptions } from '../../src/image/prepareImage.ts'
import { randomBrightness, randomContrast, randomHue, randomSaturation } from '../../src/image/randomColour.ts'
import { randomFlipLeftRight, randomFlipUpDown } from '../../src/image/randomFlip.ts'
import { randomResizedCrop } from '../../src/image/randomResizedCrop.ts'
import { resize } from '../../src/image/resize.ts'
import { resizeWithPad } from '../../src/image/resizeWithPad.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'
import { drawn } from './corpus.ts'

const image = drawn()
const key = { a: 5, b: 9 }

const floats = (values: NdArray<'uint8' | 'float32'>) =>
  new NdArray('float32', values.shape, Float32Array.from(values.data))

describe('prepareImage', () => {
  it('gives what the single operations give one after the other', () => {
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
    const share = fc.double({ min: 0, max: 0.5, noNaN: true })
    const bounds = fc.constant([0.5, 1.5] as const)
    const augment = fc.record({
      crop: fc.boolean(),
      flipLeftRight: fc.boolean(),
      flipUpDown: fc.boolean(),
      brightness: maybe(share),
      contrast: maybe(bounds),
      saturation: maybe(bounds),
      hue: maybe(share),
    })
    const side = fc.integer({ min: 1, max: 40 })
    const method = fc.constantFrom('bilinear', 'bicubic', 'area', 'nearest', 'lanczos3')
    const to = fc.constantFrom<Normalization | undefined>(undefined, [-1, 1], { mean: [1, 2, 3], std: 60 })
    fc.assert(
      fc.property(
        fc.tuple(side, side),
        method,
        fc.boolean(),
        augment,
        to,
        fc.nat(),
        (size, by, antialias, changes, norm, seed) => {
          const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
          const options: PrepareImageOptions = {
            size,
            method: by,
            antialias,
            augment: given,
            ...(norm && { normalize: norm }),
            dtype: 'float32',
          }
          const rng = new Rng({ a: seed, b: 1 })
          let chain: NdArray<'uint8' | 'float32'> = changes.crop
            ? randomResizedCrop(image, size, rng, { method: by, antialias })
            : resize(image, size, { method: by, antialias })
          if (changes.flipLeftRight) chain = randomFlipLeftRight(chain, rng)
          if (changes.flipUpDown) chain = randomFlipUpDown(chain, rng)
          if (changes.brightness !== undefined) chain = randomBrightness(floats(chain), 255 * changes.brightness, rng)
          if (changes.contrast !== undefined) chain = randomContrast(floats(chain), ...changes.contrast, rng)
          if (changes.saturation !== undefined) chain = randomSaturation(floats(chain), ...changes.saturation, rng)
          if (changes.hue !== undefined) chain = randomHue(floats(chain), changes.hue, rng)
          const last =
            norm === undefined
              ? floats(chain)
              : normalize(
                  floats(chain),
                  Array.isArray(norm) ? { range: norm as [number, number], from: [0, 255] } : norm,
                )
          expect(prepareImage(image, options, new Rng({ a: seed, b: 1 }))).toEqual(last)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('crops and pads to keep the proportions', () => {
    const cropped = prepareImage(image, { size: [10, 10], fit: 'crop' })
    expect(cropped).toEqual(resize(cropToBoundingBox(image, 0, 6, 21, 21), [10, 10]))
    expect(prepareImage(image, { size: [9, 30], fit: 'pad' })).toEqual(resizeWithPad(image, 9, 30))
  })

  it('keeps bytes where nothing makes floats of them, and rounds where it is told to', () => {
    expect(prepareImage(image, {})).toEqual(image)
    expect(prepareImage(image, { size: [5, 4], method: 'nearest' }).dtype).toBe('uint8')
    const rounded = prepareImage(image, { size: [5, 4], dtype: 'uint8' })
    const exact = resize(image, [5, 4])
    expect([...rounded.data]).toEqual([...Uint8ClampedArray.from(exact.data)])
    const bright = prepareImage(image, { augment: { brightness: 0.5 } }, new Rng(key))
    expect(bright).toEqual(adjustBrightness(floats(image), new Rng(key).uniform(-127.5, 127.5)))
  })

  it('takes one picture, and no batch', () => {
    const batch = new NdArray('uint8', [1, ...image.shape], image.data)
    expect(() => prepareImage(batch, { size: [5, 4] })).toThrow(
      'prepareImage: image must be one picture, got a batch of 1. Each has random changes of its own: prepare them one by one, before they are batched.',
    )
  })

  it.each<[PrepareImageOptions, string]>([
    [{ fit: 'crop' }, 'prepareImage: fit needs a size. As in size: [224, 224].'],
    [{ augment: { crop: true } }, 'prepareImage: augment.crop needs a size. As in size: [224, 224].'],
    [
      { size: [2, 2], fit: 'pad', augment: { crop: true } },
      "prepareImage: augment.crop and fit: 'pad' both say what part of a picture is taken. Leave one of them out.",
    ],
    [{ size: [2, 2], fit: 'cover' as never }, 'prepareImage: fit must be "stretch", "crop" or "pad", got "cover".'],
    [{ size: [2] as never }, 'prepareImage: size must be [height, width], whole numbers of at least 1, got [2].'],
    [
      { method: 'cubic' as never },
      'prepareImage: there is no method cubic. It is one of bilinear, nearest, bicubic, area, lanczos3, lanczos5, gaussian, mitchellcubic.',
    ],
    [
      { dtype: 'uint8', normalize: [0, 1] },
      "prepareImage: uint8 cannot hold what normalize makes. Use dtype: 'float32'.",
    ],
    [{ dtype: 'int8' as never }, 'prepareImage: dtype must be "uint8" or "float32", got "int8".'],
    [{ normalize: { mean: [1, 2], std: 1 } }, 'prepareImage: mean must be a number, or 3, one a channel, got [1, 2].'],
    [
      { augment: { zoom: 1 } as never },
      'prepareImage: there is no option zoom. It takes crop, flipLeftRight, flipUpDown, brightness, contrast, saturation, hue.',
    ],
    [{ augment: { hue: 0.6 } }, 'prepareImage: augment.hue must be a number from 0 to 0.5, got 0.6.'],
    [
      { augment: { contrast: [1.5, 0.5] } },
      'prepareImage: augment.contrast must be two numbers, at least 0, the smaller one first.',
    ],
    [
      { size: [2, 2], augment: { crop: { areaRange: [0.5, 1.5] } } },
      'prepareImage: augment.crop.areaRange must be shares of at most 1, got "0.5 to 1.5".',
    ],
    [
      { augment: { flipUpDown: true } },
      'prepareImage: augment needs an rng. That of the context of map, or a new Rng.',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => prepareImage(image, options)).toThrow(message)
  })
})
