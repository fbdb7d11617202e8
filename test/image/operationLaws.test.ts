import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from '../../src/core/random.ts'
import * as image from '../../src/image/index.ts'
import { allocate } from '../../src/ndarray/dtype.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { noiseBytes, noiseFloats } from '../kernels/noise.ts'

type Bytes = NdArray<'uint8'>
type Picture = NdArray<'uint8' | 'float32'>

const side = fc.integer({ min: 1, max: 12 })

/** An image of bytes or floats. */
const images = fc
  .tuple(side, side, fc.constantFrom(1, 3, 4), fc.integer({ min: 1, max: 1000 }), fc.boolean())
  .map(([height, width, channels, seed, bytes]): Picture => {
    const size = height * width * channels
    const shape = [height, width, channels]
    return bytes ? ndarray(noiseBytes(size, seed), shape) : ndarray(noiseFloats(size, seed), shape)
  })

const rgb = images.filter(({ shape }) => shape[2] === 3)

/** The images of a list of one shape as a batch. */
function batchOf(list: readonly NdArray[]): Picture {
  const data = allocate(list[0].dtype, list.length * list[0].size) as Uint8Array
  list.forEach((own, i) => data.set(own.data as Uint8Array, i * own.size))
  return new NdArray(list[0].dtype, [list.length, ...list[0].shape], data as never) as Picture
}

const same = (a: NdArray, b: NdArray): void => {
  expect([a.dtype, a.shape]).toEqual([b.dtype, b.shape])
  expect(a.data).toEqual(b.data)
}

describe('what undoes itself', () => {
  it.each(['flipLeftRight', 'flipUpDown', 'transpose'] as const)('%s twice is nothing', (name) => {
    fc.assert(fc.property(images, (x) => same(image[name](image[name](x)), x)))
  })

  it('four quarter turns are nothing, and one back undoes one forth', () => {
    fc.assert(
      fc.property(images, fc.integer({ min: -9, max: 9 }), (x, k) => {
        same(image.rot90(image.rot90(x, k), -k), x)
        same(image.rot90(x, k), image.rot90(x, k + 4))
      }),
    )
  })

  it('a half turn is both flips, a transpose a quarter turn and a flip', () => {
    fc.assert(
      fc.property(images, (x) => {
        same(image.rot90(x, 2), image.flipUpDown(image.flipLeftRight(x)))
        same(image.transpose(x), image.flipUpDown(image.rot90(x)))
      }),
    )
  })

  it('cropping what was padded gives it back', () => {
    fc.assert(
      fc.property(images, side, side, side, side, (x, top, left, below, right) => {
        const [height, width] = x.shape
        const padded = image.padToBoundingBox(x, top, left, top + height + below, left + width + right)
        same(image.cropToBoundingBox(padded, top, left, height, width), x)
        same(image.resizeWithCropOrPad(image.resizeWithCropOrPad(x, height + top, width + left), height, width), x)
      }),
    )
  })

  it('gray to RGB to gray is nothing but rounding', () => {
    const grays = ndarray(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      [16, 16, 1],
    )
    const back = image.rgbToGrayscale(image.grayscaleToRgb(grays)).data
    expect(grays.data.every((value, i) => Math.abs(value - back[i]) <= 1)).toBe(true)
  })

  it('bytes to floats to bytes is nothing, by every dtype that holds them', () => {
    const bytes: Bytes = ndarray(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      [16, 16, 1],
    )
    for (const dtype of ['float32', 'float64', 'uint16', 'int16', 'int32', 'uint32'] as const) {
      same(image.convertImageDtype(image.convertImageDtype(bytes, dtype), 'uint8'), bytes)
    }
  })
})

describe('what changes nothing', () => {
  it('resizing to the same size gives the values as float32', () => {
    fc.assert(
      fc.property(images, fc.constantFrom('bilinear', 'nearest', 'bicubic', 'area' as const), (x, method) => {
        const [height, width] = x.shape
        const made = image.resize(x as NdArray<'float32'>, [height, width], { method: method as 'area' })
        expect(Array.from(made.data)).toEqual(Array.from(x.data as Float32Array))
      }),
    )
  })

  it('neutral numbers', () => {
    fc.assert(
      fc.property(
        rgb.filter(({ dtype }) => dtype === 'uint8'),
        (x) => {
          same(image.adjustBrightness(x, 0), x)
          same(image.adjustGamma(x), x)
          same(image.clip(x, 0, 255), x)
        },
      ),
    )
  })
})

/** Each operation on one image, as a function of it. */
const operations: Readonly<Record<string, (x: NdArray<'float32'>) => NdArray>> = {
  adjustBrightness: (x) => image.adjustBrightness(x, 0.2),
  adjustContrast: (x) => image.adjustContrast(x, 1.7),
  adjustGamma: (x) => image.adjustGamma(x, 1.4),
  adjustHue: (x) => image.adjustHue(x, 0.3),
  adjustSaturation: (x) => image.adjustSaturation(x, 0.4),
  centralCrop: (x) => image.centralCrop(x, 0.6),
  clip: (x) => image.clip(x, 0.2, 100),
  convertImageDtype: (x) => image.convertImageDtype(x, 'uint16'),
  cropResizeNormalize: (x) => image.cropResizeNormalize(x, [3, 4], { flipLeftRight: true, brightness: 1 }),
  cropToBoundingBox: (x) => image.cropToBoundingBox(x, 0, 0, 1, 1),
  flipLeftRight: image.flipLeftRight,
  flipUpDown: image.flipUpDown,
  normalize: (x) => image.normalize(x, { mean: [1, 2, 3], std: [4, 5, 6] }),
  padToBoundingBox: (x) => image.padToBoundingBox(x, 1, 2, 20, 20),
  perImageStandardization: image.perImageStandardization,
  'resize area': (x) => image.resize(x, [5, 3], { method: 'area' }),
  'resize bicubic': (x) => image.resize(x, [5, 3], { method: 'bicubic' }),
  'resize bilinear': (x) => image.resize(x, [5, 3]),
  'resize lanczos3': (x) => image.resize(x, [5, 3], { method: 'lanczos3', antialias: true }),
  'resize nearest': (x) => image.resize(x, [5, 3], { method: 'nearest' }),
  resizeWithCropOrPad: (x) => image.resizeWithCropOrPad(x, 5, 6),
  resizeWithPad: (x) => image.resizeWithPad(x, 13, 14),
  rgbToGrayscale: image.rgbToGrayscale,
  rot90: (x) => image.rot90(x),
  transpose: image.transpose,
}

describe('a batch is as its images', () => {
  it.each(Object.entries(operations))('%s', (_name, operation) => {
    fc.assert(
      fc.property(rgb, (x) => {
        const pictures = [x, image.flipLeftRight(x), image.flipUpDown(x)] as NdArray<'float32'>[]
        same(operation(batchOf(pictures) as NdArray<'float32'>), batchOf(pictures.map(operation)))
      }),
      { numRuns: 20 },
    )
  })

  it('in a batch of none too', () => {
    for (const operation of Object.values(operations)) {
      expect(operation(ndarray(new Float32Array(0), [0, 6, 7, 3])).shape[0]).toBe(0)
    }
  })

  it.each(Object.entries(operations))('%s leaves its image as it was', (_name, operation) => {
    for (const data of [noiseBytes(105), noiseFloats(105)]) {
      const before = data.slice()
      operation(ndarray(data as Float32Array, [5, 7, 3]))
      expect(data).toEqual(before)
    }
  })

  it.each<[string, (x: NdArray<'uint8'>) => unknown]>([
    ['drawBoundingBoxes', (x) => image.drawBoundingBoxes(x, [[[0, 0, 1, 1]], [[0, 0, 1, 1]]])],
    ['cutmix', (x) => image.cutmix(x, ndarray([0, 1]), new Rng({ a: 3, b: 0 }), { numClasses: 2 })],
  ])('%s leaves its batch as it was, also in a Buffer, whose slices are the same memory', (_name, operation) => {
    for (const data of [noiseBytes(210), Buffer.from(noiseBytes(210))]) {
      const before = Uint8Array.from(data)
      operation(ndarray(data, [2, 5, 7, 3]))
      expect(Uint8Array.from(data)).toEqual(before)
    }
  })
})

describe('drawBoundingBoxes on bytes', () => {
  it('is that on floats, converted back, and on a batch that on each image', () => {
    const place = fc.float({ min: -1, max: 2, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place, place, place), { minLength: 1, maxLength: 4 }), (boxes) => {
        const x = ndarray(noiseBytes(7 * 9 * 3), [7, 9, 3])
        const asFloats = image.drawBoundingBoxes(image.convertImageDtype(x, 'float32'), boxes)
        const drawn = image.drawBoundingBoxes(x, boxes)
        same(drawn, image.convertImageDtype(asFloats, 'uint8', { saturate: true }))
        same(image.drawBoundingBoxes(batchOf([x, x]), [boxes, boxes]), batchOf([drawn, drawn]))
      }),
    )
  })
})

describe('cropResizeNormalize', () => {
  it('is what its parts give one after the other', () => {
    const shares = fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 0.999, noNaN: true })))
    const to = fc.constantFrom<image.Normalization>(
      { range: [-1, 1], from: [0, 255] },
      { mean: 3, std: 7 },
      { mean: 0.4, std: 0.3, from: [0, 255] },
    )
    fc.assert(
      fc.property(
        images,
        side,
        side,
        shares,
        fc.boolean(),
        fc.integer({ min: -50, max: 50 }),
        to,
        (x, h, w, part, flip, delta, norm) => {
          const [height, width] = x.shape
          const offsetHeight = Math.floor(part[0] * height)
          const offsetWidth = Math.floor(part[1] * width)
          const targetHeight = 1 + Math.floor(part[2] * (height - offsetHeight))
          const targetWidth = 1 + Math.floor(part[3] * (width - offsetWidth))
          const crop = { offsetHeight, offsetWidth, targetHeight, targetWidth }
          const options = { crop, flipLeftRight: flip, brightness: delta, normalize: norm }
          const cut = image.cropToBoundingBox(x, offsetHeight, offsetWidth, targetHeight, targetWidth)
          const resized = image.resize(cut as NdArray<'uint8', 3>, [h, w])
          const flipped = flip ? image.flipLeftRight(resized) : resized
          const wanted = image.normalize(image.adjustBrightness(flipped, delta), norm)
          same(image.cropResizeNormalize(x as NdArray<'uint8', 3>, [h, w], options), wanted)
        },
      ),
    )
  })

  it('writes into the array that it is given', () => {
    const block = new Float32Array(20)
    const x = ndarray(noiseBytes(27), [3, 3, 3])
    const made = image.cropResizeNormalize(x, [2, 2], { normalize: [0, 1], out: block.subarray(4, 16) })
    expect(made.data.buffer).toBe(block.buffer)
    expect([...block.subarray(0, 4), ...block.subarray(16)]).toEqual(new Array(8).fill(0))
    expect(block.subarray(4, 16)).toEqual(image.cropResizeNormalize(x, [2, 2], { normalize: [0, 1] }).data)
  })
})
