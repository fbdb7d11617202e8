import { checkBoolean, checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Rng } from '../core/random.ts'
import { bilinear } from '../kernels/bilinear.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { checkAugment, type Augment } from './augment.ts'
import { sampled, type Sample } from './cropResizeNormalize.ts'
import { cropToBoundingBox, type CropBox } from './crop.ts'
import { flipLeftRight, flipUpDown } from './flip.ts'
import { adjustBrightness } from './adjustBrightness.ts'
import { checkImage, checkNotEmpty, checkSize } from './imageShape.ts'
import { affineOf, normalize, type Normalization } from './normalize.ts'
import { randomContrast, randomHue, randomSaturation } from './randomColour.ts'
import { randomResizedCropBox } from './randomResizedCrop.ts'
import { resize, resizeMethod, type ResizeMethod } from './resize.ts'
import { resizeWithPad } from './resizeWithPad.ts'

/** Options of `prepareImage`. */
export interface PrepareImageOptions {
  /** Height and width of the result; by default pictures keep their own. */
  readonly size?: readonly [number, number]
  /** How values between pixels are computed; `bilinear` by default. */
  readonly method?: ResizeMethod
  /** Whether a filter is widened when the result is smaller; false by default, as in TensorFlow and Keras. */
  readonly antialias?: boolean
  /**
   * What becomes of the proportions: `'stretch'`, the default, changes them; `'crop'` cuts off what is too much, evenly on
   * both sides, as Keras' `crop_to_aspect_ratio`; `'pad'` fills up with zeros, as `tf.image.resize_with_pad`.
   */
  readonly fit?: 'stretch' | 'crop' | 'pad'
  /** Random changes; none by default. */
  readonly augment?: Augment
  /** What values from 0 to 255 are brought to: `[-1, 1]`, or `{ mean, std }` of them. By default they stay as they are. */
  readonly normalize?: Normalization
  /** float32 where a picture is resized, changed in colour or normalized, else uint8. uint8 rounds to the nearest. */
  readonly dtype?: 'uint8' | 'float32'
}

/** Names of the options. */
export const prepareNames = ['size', 'method', 'antialias', 'fit', 'augment', 'normalize', 'dtype'] as const

/** The options, checked, with their defaults. */
export interface Preparation {
  readonly size: readonly [number, number] | undefined
  readonly method: Extract<ResizeMethod, string>
  readonly antialias: boolean
  readonly fit: 'stretch' | 'crop' | 'pad'
  readonly augment: Augment
  readonly normalize: Normalization | undefined
  readonly dtype: 'uint8' | 'float32'
  /** Whether all of it is one pass over the result: bilinear, and no change but flips, brightness and `normalize`. */
  readonly isOnePass: boolean
}

/** Refuses options that are none, or do not go together. */
export function checkPreparation(operation: string, options: PrepareImageOptions, channels: number): Preparation {
  const method = resizeMethod(operation, options.method)
  const antialias = checkBoolean(operation, 'antialias', options.antialias ?? false)
  const { fit = 'stretch', augment = {}, normalize: to } = options
  const size = options.size && checkSize(operation, options.size)
  if (!['stretch', 'crop', 'pad'].includes(fit))
    throw wrongArgument(operation, 'fit', '"stretch", "crop" or "pad"', fit)
  checkAugment(operation, augment)
  if (to !== undefined) affineOf(operation, fromBytes(to), 'float32', channels === 0 ? 3 : channels)
  const crops = augment.crop !== undefined && augment.crop !== false
  if (size === undefined) {
    const needing = fit !== 'stretch' ? 'fit' : crops ? 'augment.crop' : undefined
    if (needing !== undefined)
      throw new InvalidArgumentError(`${operation}: ${needing} needs a size.`, { hint: 'As in size: [224, 224].' })
  }
  if (crops && fit !== 'stretch') {
    throw new InvalidArgumentError(
      `${operation}: augment.crop and fit: '${fit}' both say what part of a picture is taken.`,
      {
        hint: 'Leave one of them out.',
      },
    )
  }
  const colours = [augment.contrast, augment.saturation, augment.hue].some((value) => value !== undefined)
  const floats =
    (size !== undefined && method !== 'nearest') || colours || to !== undefined || augment.brightness !== undefined
  const dtype: string = options.dtype ?? (floats ? 'float32' : 'uint8')
  if (dtype !== 'uint8' && dtype !== 'float32') throw wrongArgument(operation, 'dtype', '"uint8" or "float32"', dtype)
  if (dtype === 'uint8' && to !== undefined) {
    throw new InvalidArgumentError(`${operation}: uint8 cannot hold what normalize makes.`, {
      hint: "Use dtype: 'float32'.",
    })
  }
  const simple = method === 'bilinear' && !antialias && fit !== 'pad' && !colours && dtype === 'float32'
  const isOnePass = simple && size !== undefined && augment.flipUpDown !== true
  return { size, method, antialias, fit, augment, normalize: to, dtype, isOnePass }
}

/**
 * Makes a decoded picture ready for a model: crops, resizes, flips, changes its colours and normalizes it, in this order.
 * It gives what the single operations give, one after the other: `randomResizedCrop` (or `resize`, `resizeWithPad`),
 * `randomFlipLeftRight`, `randomFlipUpDown`, `randomBrightness` (of 255 times the share), `randomContrast`,
 * `randomSaturation`, `randomHue` and `normalize` from [0, 255].
 *
 * @param image uint8 [height, width, channels]
 * @param rng decides the random changes; needed where there are some
 * @example
 * const ready = prepareImage(image, { size: [224, 224], augment: { flipLeftRight: true }, normalize: [-1, 1] }, rng)
 * @throws InvalidArgumentError where an option or the image is of another kind
 */
export function prepareImage(
  image: NdArray<'uint8'>,
  options: PrepareImageOptions,
  rng?: Rng,
): NdArray<'uint8' | 'float32', 3> {
  checkOptions('prepareImage', options, prepareNames)
  checkImage('prepareImage', image, { dtypes: ['uint8'] })
  if (image.rank !== 3) {
    throw new InvalidArgumentError(`prepareImage: image must be one picture, got a batch of ${image.shape[0]}.`, {
      hint: 'Each has random changes of its own: prepare them one by one, before they are batched.',
    })
  }
  const preparation = checkPreparation('prepareImage', options, image.shape[2])
  if (rng === undefined && Object.values(preparation.augment).some((value) => value !== false)) {
    throw new InvalidArgumentError('prepareImage: augment needs an rng.', {
      hint: 'That of the context of map, or a new Rng.',
    })
  }
  return prepareChecked(image, preparation, rng)
}

/** Gives memory for so many values, or undefined. */
export type Room = (dtype: 'float32', length: number) => Float32Array | undefined

/** The same after all checks. */
export function prepareChecked(
  image: NdArray<'uint8'>,
  preparation: Preparation,
  rng: Rng | undefined,
  room?: Room,
): NdArray<'uint8' | 'float32', 3> {
  if (!preparation.isOnePass) return stepByStep(image, preparation, rng)
  const [height, width, channels] = image.shape
  checkNotEmpty('prepareImage', image, { batch: 1, height, width, channels })
  const { data } = image
  const sample: Sample = (rows, columns, numbers, out) =>
    bilinear({ data, height, width, channels }, rows, columns, numbers, out)
  return inOnePass({ height, width, channels }, sample, preparation, rng, room)
}

/** The same in one pass over the result, of a picture that is not made before `sample` is called. */
export function inOnePass(
  picture: { readonly height: number; readonly width: number; readonly channels: number },
  sample: Sample,
  preparation: Preparation,
  rng: Rng | undefined,
  room?: Room,
): NdArray<'float32', 3> {
  const { size = [1, 1], augment, normalize: to } = preparation
  const { height, width, channels } = picture
  const crop = cropOf(height, width, preparation, rng)
  const flip = isDrawn(augment.flipLeftRight, rng)
  const brightness = brightnessOf(augment, rng)
  const out = room?.('float32', size[0] * size[1] * channels)
  const options = {
    ...(crop && { crop }),
    ...(out && { out }),
    flipLeftRight: flip,
    brightness,
    ...(to && { normalize: fromBytes(to) }),
  }
  const values = sampled('prepareImage', { batch: 1, ...picture }, 'uint8', size, options, sample)
  return new NdArray('float32', [size[0], size[1], channels], values)
}

function stepByStep(
  image: NdArray<'uint8'>,
  preparation: Preparation,
  rng: Rng | undefined,
): NdArray<'uint8' | 'float32', 3> {
  const { augment, normalize: to, dtype } = preparation
  const crop = cropOf(image.shape[0], image.shape[1], preparation, rng)
  let result: NdArray<'uint8' | 'float32'> = resized(
    crop === undefined ? image : cropToBoundingBox(image, ...boxOf(crop)),
    preparation,
  )
  if (isDrawn(augment.flipLeftRight, rng)) result = flipLeftRight(result)
  if (isDrawn(augment.flipUpDown, rng)) result = flipUpDown(result)
  const { contrast, saturation, hue } = augment
  if (rng !== undefined) {
    if (augment.brightness !== undefined) result = adjustBrightness(floatOf(result), brightnessOf(augment, rng))
    if (contrast !== undefined) result = randomContrast(floatOf(result), ...contrast, rng)
    if (saturation !== undefined) result = randomSaturation(floatOf(result), ...saturation, rng)
    if (hue !== undefined) result = randomHue(floatOf(result), hue, rng)
  }
  if (to !== undefined) return normalize(floatOf(result), fromBytes(to)) as NdArray<'float32', 3>
  return (dtype === 'float32' ? floatOf(result) : bytesOf(result)) as NdArray<'uint8' | 'float32', 3>
}

function resized(image: NdArray<'uint8'>, { size, method, antialias, fit }: Preparation): NdArray<'uint8' | 'float32'> {
  if (size === undefined) return image
  return fit === 'pad'
    ? resizeWithPad(image, size[0], size[1], { method, antialias })
    : resize(image, size, { method, antialias })
}

/** The rectangle that is taken of a picture; undefined for all of it. */
function cropOf(
  height: number,
  width: number,
  { size, fit, augment }: Preparation,
  rng: Rng | undefined,
): CropBox | undefined {
  const { crop } = augment
  if (crop !== undefined && crop !== false && rng !== undefined) {
    return randomResizedCropBox(height, width, rng, crop === true ? {} : crop)
  }
  if (size === undefined || fit !== 'crop') return undefined
  // In the float32 of Keras, whose int32 cuts fractions off.
  const targetHeight = Math.min(height, Math.trunc(Math.fround(Math.fround(width * size[0]) / size[1])))
  const targetWidth = Math.min(width, Math.trunc(Math.fround(Math.fround(height * size[1]) / size[0])))
  return {
    offsetHeight: Math.trunc((height - targetHeight) / 2),
    offsetWidth: Math.trunc((width - targetWidth) / 2),
    targetHeight,
    targetWidth,
  }
}

function boxOf({ offsetHeight, offsetWidth, targetHeight, targetWidth }: CropBox): [number, number, number, number] {
  return [offsetHeight, offsetWidth, targetHeight, targetWidth]
}

/** Whether a change with a chance of one half is made; draws where it may be. */
function isDrawn(wanted: boolean | undefined, rng: Rng | undefined): boolean {
  return wanted === true && rng !== undefined && rng.uniform() < 0.5
}

function brightnessOf({ brightness }: Augment, rng: Rng | undefined): number {
  if (brightness === undefined || rng === undefined) return 0
  return rng.uniform(-255 * brightness, 255 * brightness)
}

/** A normalization whose range is made of values from 0 to 255, unless it says from what. */
function fromBytes(to: Normalization): Normalization {
  if ('mean' in to) return to
  return 'range' in to ? { from: [0, 255], ...to } : { range: to, from: [0, 255] }
}

function floatOf(image: NdArray<'uint8' | 'float32'>): NdArray<'float32'> {
  return image.dtype === 'float32'
    ? (image as NdArray<'float32'>)
    : new NdArray('float32', image.shape, Float32Array.from(image.data))
}

function bytesOf(image: NdArray<'uint8' | 'float32'>): NdArray<'uint8'> {
  if (image.dtype === 'uint8') return image as NdArray<'uint8'>
  // Rounds to the nearest, to the even one of two, and keeps within 0 to 255.
  return new NdArray('uint8', image.shape, new Uint8Array(Uint8ClampedArray.from(image.data).buffer))
}
