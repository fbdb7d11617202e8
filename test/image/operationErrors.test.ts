import { describe, expect, it } from 'vitest'
import { InvalidArgumentError, messageOf } from '../../src/core/errors.ts'
import { Rng } from '../../src/core/random.ts'
import * as image from '../../src/image/index.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'

/* The operations as a caller without types sees them. */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
const f = image as unknown as Loose

const rgb = ndarray(new Uint8Array(24), [2, 4, 3])
const gray = ndarray(new Uint8Array(8), [2, 4, 1])
const floats = ndarray(new Float32Array(24), [2, 4, 3])
const batch = ndarray(new Uint8Array(24), [2, 2, 2, 3])
const flat = ndarray(new Uint8Array(6), [2, 3])
const text = ndarray(['a'], [1, 1, 1])
const empty = ndarray(new Uint8Array(0), [0, 4, 3])
const labels = ndarray([0, 1])
const rng = new Rng({ a: 1, b: 0 })

/** Calls that are refused, with the message after the operation's name. */
const rows: readonly (readonly [string, readonly unknown[], string])[] = [
  ['resize', [rgb, [0, 3]], 'size must be [height, width], whole numbers of at least 1, got [0, 3].'],
  ['resize', [rgb, [1.5, 3]], 'size must be [height, width], whole numbers of at least 1, got [1.5, 3].'],
  ['resize', [rgb, [3]], 'size must be [height, width], whole numbers of at least 1, got [3].'],
  ['resize', [rgb, 3], 'size must be [height, width], whole numbers of at least 1, got 3.'],
  ['resize', [empty, [1, 1]], 'image holds no pixels: uint8 [0, 4, 3].'],
  [
    'resize',
    [rgb, [1, 1], { method: 'cubic' }],
    'there is no method cubic. It is one of bilinear, nearest, bicubic, area, lanczos3, lanczos5, gaussian, mitchellcubic.',
  ],
  [
    'resize',
    [rgb, [1, 1], { method: 4 }],
    'there is no method 4. It is one of bilinear, nearest, bicubic, area, lanczos3, lanczos5, gaussian, mitchellcubic.',
  ],
  ['resize', [rgb, [1, 1], { antialias: 1 }], 'antialias must be true or false, got 1.'],
  ['resize', [rgb, [1, 1], { preserveAspectRatio: 'yes' }], 'preserveAspectRatio must be true or false, got "yes".'],
  [
    'resize',
    [rgb, [1, 1], { crop: 1 }],
    'there is no option crop. It takes method, antialias, preserveAspectRatio, out.',
  ],
  ['resize', [rgb, [1, 1], { out: new Float32Array(4) }], 'out must be a Float32Array of 3, got a Float32Array of 4.'],
  ['resize', [rgb, [1, 1], { out: new Uint8Array(3) }], 'out must be a Float32Array of 3, got a Uint8Array of 3.'],
  ['resize', [rgb, [1, 1], { out: [0, 0, 0] }], 'out must be a Float32Array of 3, got an array of 3.'],
  [
    'resize',
    [ndarray(new Uint8Array(100), [100, 1, 1]), [1, 3], { preserveAspectRatio: true }],
    'an image of 100 x 1 pixels fitted into [1, 3] would have none left.',
  ],
  ['resizeWithPad', [rgb, 0, 3], 'targetHeight must be a whole number of at least 1, got 0.'],
  ['resizeWithPad', [rgb, 3, -1], 'targetWidth must be a whole number of at least 1, got -1.'],
  [
    'resizeWithPad',
    [ndarray(new Uint8Array(100), [100, 1, 1]), 3, 3],
    'an image of 100 x 1 pixels fitted into [3, 3] would have none left.',
  ],
  ['resizeWithCropOrPad', [rgb, 0, 1], 'targetHeight must be a whole number of at least 1, got 0.'],
  ['resizeWithCropOrPad', [rgb, 1, 2.5], 'targetWidth must be a whole number of at least 1, got 2.5.'],
  ['centralCrop', [rgb, 0], 'centralFraction must be above 0 and at most 1, got 0.'],
  ['centralCrop', [rgb, 1.1], 'centralFraction must be above 0 and at most 1, got 1.1.'],
  ['centralCrop', [rgb, NaN], 'centralFraction must be above 0 and at most 1, got NaN.'],
  ['cropToBoundingBox', [rgb, -1, 0, 1, 1], 'offsetHeight must be a whole number of at least 0, got -1.'],
  ['cropToBoundingBox', [rgb, 0, 0, 0, 1], 'targetHeight must be a whole number of at least 1, got 0.'],
  [
    'cropToBoundingBox',
    [rgb, 1, 0, 2, 1],
    "offsetHeight + targetHeight must be at most the image's height 2, got 1 + 2.",
  ],
  ['cropToBoundingBox', [rgb, 0, 3, 1, 2], "offsetWidth + targetWidth must be at most the image's width 4, got 3 + 2."],
  ['padToBoundingBox', [rgb, 0, -1, 9, 9], 'offsetWidth must be a whole number of at least 0, got -1.'],
  [
    'padToBoundingBox',
    [rgb, 1, 0, 2, 9],
    "offsetHeight + the image's height must be at most targetHeight 2, got 1 + 2.",
  ],
  ['padToBoundingBox', [rgb, 0, 6, 9, 9], "offsetWidth + the image's width must be at most targetWidth 9, got 6 + 4."],
  [
    'cropAndResize',
    [rgb, [[0, 0, 1, 1]], [0], [1, 1]],
    'image must be a batch of images, got an NdArray uint8 [2, 4, 3].',
  ],
  ['cropAndResize', [batch, [[0, 0, 1]], [0], [1, 1]], 'boxes must be [boxes, 4] or [batch, boxes, 4], got [1, 3].'],
  ['cropAndResize', [batch, [[[0, 0, 1, 1]]], [0], [1, 1]], 'boxes must be [boxes, 4], got [1, 1, 4].'],
  ['cropAndResize', [batch, 'box', [0], [1, 1]], 'boxes must be an NdArray or nested arrays, got the string "box".'],
  [
    'cropAndResize',
    [batch, [[0, 0, 1, Infinity]], [0], [1, 1]],
    'a box holds Infinity, which is no place in an image.',
  ],
  ['cropAndResize', [batch, [[0, 0, 1, 1]], [0, 1], [1, 1]], 'boxIndices must be 1 numbers, one a box, got 2.'],
  [
    'cropAndResize',
    [batch, [[0, 0, 1, 1]], [2], [1, 1]],
    'boxIndices[0] must be the number of an image, 0 to 1, got 2.',
  ],
  [
    'cropAndResize',
    [batch, [[0, 0, 1, 1]], [0], [1, 1], { method: 'area' }],
    'there is no method area. It is one of bilinear, nearest.',
  ],
  [
    'cropAndResize',
    [batch, [[0, 0, 1, 1]], [0], [1, 1], { extrapolationValue: 'no' }],
    'extrapolationValue must be a number, got "no".',
  ],
  ['cropResizeNormalize', [rgb, [0, 1]], 'size must be [height, width], whole numbers of at least 1, got [0, 1].'],
  [
    'cropResizeNormalize',
    [rgb, [1, 1], { crop: { offsetHeight: 0, offsetWidth: 0, targetHeight: 3, targetWidth: 1 } }],
    "offsetHeight + targetHeight must be at most the image's height 2, got 0 + 3.",
  ],
  ['cropResizeNormalize', [rgb, [1, 1], { brightness: NaN }], 'brightness must be a number, got NaN.'],
  ['cropResizeNormalize', [rgb, [1, 1], { flipLeftRight: 1 }], 'flipLeftRight must be true or false, got 1.'],
  ['cropAndResize', [batch, [[0, 0, 1, 'b']], [0], [1, 1]], 'boxes: float32 cannot hold the string "b".'],
  ['drawBoundingBoxes', [rgb, [[0, 0, 1, 1]], [[1, 1, null]]], 'colors: float32 cannot hold null.'],
  ['rot90', [rgb, 0.5], 'k must be a whole number, got 0.5.'],
  ['adjustBrightness', [rgb, '1'], 'delta must be a number, got "1".'],
  [
    'adjustBrightness',
    [text, 1],
    'image must hold float32, float64, int8, int16, int32, uint8, uint16, uint32, got string.',
  ],
  ['adjustContrast', [rgb, Infinity], 'contrastFactor must be a number, got Infinity.'],
  ['adjustGamma', [rgb, -1], 'gamma must be a number of at least 0, got -1.'],
  ['adjustHue', [rgb, 1.5], 'delta must be a number from -1 to 1, got 1.5.'],
  ['adjustHue', [gray, 0.1], 'image must have 3 channels, got uint8 [2, 4, 1].'],
  ['adjustSaturation', [gray, 0.1], 'image must have 3 channels, got uint8 [2, 4, 1].'],
  ['adjustSaturation', [rgb, null], 'saturationFactor must be a number, got null.'],
  ['perImageStandardization', [empty], 'image holds no pixels: uint8 [0, 4, 3].'],
  [
    'convertImageDtype',
    [rgb, 'float16'],
    'dtype must be one of float32, float64, int8, int16, int32, uint8, uint16, uint32, got float16.',
  ],
  ['convertImageDtype', [rgb, 'int8', { saturate: 1 }], 'saturate must be true or false, got 1.'],
  ['rgbToGrayscale', [gray], 'image must have 3 channels, got uint8 [2, 4, 1].'],
  ['grayscaleToRgb', [rgb], 'image must have 1 channel, got uint8 [2, 4, 3].'],
  ['rgbToHsv', [rgb], 'image must hold float32, float64, got uint8.'],
  ['hsvToRgb', [gray], 'image must hold float32, float64, got uint8.'],
  ['clip', [rgb, 5, 4], 'least must be at most 4, got 5.'],
  ['clip', [rgb, NaN, 4], 'least must be a number, got NaN.'],
  [
    'normalize',
    [floats, [-1, 1]],
    'from must be given for an image of float32. Say which values become the range: { range: [-1, 1], from: [0, 255] }.',
  ],
  ['normalize', [rgb, [-1]], 'range must be two numbers, got [-1].'],
  ['normalize', [rgb, { range: [0, 1], from: [3, 3] }], 'from must hold two different numbers.'],
  ['normalize', [rgb, { mean: [1, 2], std: 1 }], 'mean must be a number, or 3, one a channel, got [1, 2].'],
  ['normalize', [rgb, { mean: 1, std: 'x' }], 'std must be a number, or 3, one a channel, got x.'],
  ['normalize', [rgb, { mean: 1, std: 0 }], 'std must not hold 0.'],
  ['normalize', [rgb, { scale: 1 }], 'there is no option scale. It takes range, mean, std, from.'],
  ['drawBoundingBoxes', [batch, [[0, 0, 1, 1]]], 'boxes must be [2, boxes, 4], got [1, 4].'],
  ['drawBoundingBoxes', [rgb, [[[0, 0, 1, 1]]]], 'boxes must be [boxes, 4], got [1, 1, 4].'],
  ['drawBoundingBoxes', [rgb, [[0, 0, 1, 1]], [[1, 1]]], 'colors must be rows of at least 3 numbers, got [1, 2].'],
  [
    'drawBoundingBoxes',
    [rgb, [[0, 0, 1, 1]], 'red'],
    'colors must be rows of at least 3 numbers, got the string "red".',
  ],
  [
    'drawBoundingBoxes',
    [ndarray(new Float32Array(8), [2, 2, 2]), [[0, 0, 1, 1]]],
    'image must have 1, 3 or 4 channels, got 2.',
  ],
  [
    'randomFlipLeftRight',
    [rgb, 7],
    'rng must be an Rng, got 7. A map function gets one: map((image, { rng }) => ...).',
  ],
  ['randomBrightness', [rgb, -0.1, rng], 'maxDelta must be a number of at least 0, got -0.1.'],
  ['randomContrast', [rgb, -1, 1, rng], 'lower must be a number of at least 0, got -1.'],
  ['randomContrast', [rgb, 1, 1, rng], 'upper must be above lower 1, got 1.'],
  ['randomSaturation', [rgb, 2, 1, rng], 'upper must be above lower 2, got 1.'],
  ['randomHue', [rgb, 0.6, rng], 'maxDelta must be a number from 0 to 0.5, got 0.6.'],
  ['randomHue', [rgb, -0.1, rng], 'maxDelta must be a number from 0 to 0.5, got -0.1.'],
  [
    'randomCrop',
    [rgb, [3, 1], rng],
    'size must be [height, width], each of at least 1 and at most those of [2, 4, 3], got [3, 1].',
  ],
  [
    'randomCrop',
    [batch, [1, 1, 1, 3], rng],
    'size must be [height, width], each of at least 1 and at most those of [2, 2, 2, 3], got [1, 1, 1, 3].',
  ],
  [
    'randomResizedCrop',
    [rgb, [1, 1], rng, { areaRange: [0, 1] }],
    'areaRange must be [least, greatest], both above 0 and at most 1, got [0, 1].',
  ],
  [
    'randomResizedCrop',
    [rgb, [1, 1], rng, { maxAttempts: 0 }],
    'maxAttempts must be a whole number of at least 1, got 0.',
  ],
  [
    'sampleDistortedBoundingBox',
    [[4, 4, 3], [], rng],
    'there are no bounding boxes. With useImageIfNoBoundingBoxes: true the image stands for one.',
  ],
  ['sampleDistortedBoundingBox', [[4], [], rng], 'imageSize must be [height, width, channels], got [4].'],
  ['sampleDistortedBoundingBox', [[4, 4], [[0, 0, 1, 2]], rng], 'bounding boxes must hold numbers from 0 to 1, got 2.'],
  [
    'sampleDistortedBoundingBox',
    [[4, 4], [[0, 0, 1, 1]], rng, { aspectRatioRange: [2, 1] }],
    'aspectRatioRange must be [least, greatest], both above 0, got [2, 1].',
  ],
  [
    'sampleDistortedBoundingBox',
    [[4, 4], [[0, 0, 1, 1]], rng, { minObjectCovered: -1 }],
    'minObjectCovered must be a number of at least 0, got -1.',
  ],
  ['cutout', [rgb, 0, rng], 'maskSize must be a whole number of at least 1, got 0.'],
  ['mixup', [rgb, labels, rng], 'images must be a batch of images, got an NdArray uint8 [2, 4, 3].'],
  ['mixup', [batch, ndarray([1]), rng], 'labels must be [2] or [2, classes], got [1].'],
  ['mixup', [batch, labels, rng], 'numClasses must be given where labels are class numbers.'],
  ['mixup', [batch, labels, rng, { numClasses: 1 }], 'label 1 must be a class number, 0 to 0, got 1.'],
  ['cutmix', [batch, labels, rng, { numClasses: 2, alpha: 0 }], 'alpha must be a number above 0, got 0.'],
  ['cutmix', [batch, [0, 1], rng], 'labels must be [2] or [2, classes], got an array of 2.'],
]

describe('operations on images refuse', () => {
  it.each(rows.map(([name, args, message]) => [`${name}: ${message}`, name, args] as const))(
    '%s',
    (message, name, args) => {
      let thrown: unknown
      try {
        f[name](...args)
      } catch (error) {
        thrown = error
      }
      expect(messageOf(thrown)).toBe(message)
      expect(thrown).toBeInstanceOf(InvalidArgumentError)
    },
  )

  const wants = 'image must be [height, width, channels] or a batch of such'
  const first: Readonly<Record<string, readonly unknown[]>> = {
    centralCrop: [0.5],
    convertImageDtype: ['float32'],
    cropToBoundingBox: [0, 0, 1, 1],
    padToBoundingBox: [0, 0, 9, 9],
    resizeWithCropOrPad: [1, 1],
  }
  it.each(['flipLeftRight', 'flipUpDown', 'transpose', 'rot90', 'perImageStandardization', ...Object.keys(first)])(
    '%s of what is no image',
    (name) => {
      const args = first[name] ?? []
      expect(() => f[name](flat, ...args)).toThrow(`${name}: ${wants}, got an NdArray uint8 [2, 3].`)
      expect(() => f[name]([[1]], ...args)).toThrow(`${name}: ${wants}, got an array of 1.`)
      expect(() => f[name](undefined, ...args)).toThrow(`${name}: ${wants}, got undefined.`)
    },
  )

  it('takes images of text for none that can be turned', () => {
    expect(() => f.flipUpDown(text)).toThrow('flipUpDown: image must hold numbers, got string.')
  })
})
