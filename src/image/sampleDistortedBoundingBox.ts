import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Rng } from '../core/random.ts'
import { describe, NdArray } from '../ndarray/ndarray.ts'
import { boxValues, type Boxes } from './boxValues.ts'
import { checkRng } from './checkRng.ts'
import { type CropBox } from './crop.ts'
import { checkNumber } from './imageShape.ts'
import { randomBox, type BoxLimits } from './randomBox.ts'

/** Options of `sampleDistortedBoundingBox`; TensorFlow's defaults. */
export interface SampleDistortedBoundingBoxOptions {
  /** Share of one of the boxes that must lie within the sample; 0.1 by default. */
  readonly minObjectCovered?: number
  /** Least and greatest width / height; [0.75, 1.33] by default. */
  readonly aspectRatioRange?: readonly [number, number]
  /** Least and greatest share of the image's area, above 0 and at most 1; [0.05, 1] by default. */
  readonly areaRange?: readonly [number, number]
  /** After so many samples that do not satisfy this the whole image is taken; 100 by default. */
  readonly maxAttempts?: number
  /** Whether the image stands for a box where there are none, which is an error otherwise; false by default. */
  readonly useImageIfNoBoundingBoxes?: boolean
}

/** A sample, in the three forms that TensorFlow gives and as a rectangle for `cropToBoundingBox`. */
export interface DistortedBoundingBox {
  /** [offsetHeight, offsetWidth, 0]. */
  readonly begin: readonly [number, number, 0]
  /** [targetHeight, targetWidth, -1]. */
  readonly size: readonly [number, number, -1]
  /** [1, 1, 4] for `drawBoundingBoxes`. */
  readonly bboxes: NdArray<'float32', 3>
  readonly box: CropBox
}

/**
 * Draws a rectangle of an image that covers enough of an object (`tf.image.sample_distorted_bounding_box`).
 *
 * @param imageSize [height, width, channels], or [height, width]
 * @param boundingBoxes [y_min, x_min, y_max, x_max] of the objects, from 0 to 1; [] for none
 * @throws InvalidArgumentError for an argument that is none of these
 *
 * @example
 * const rng = new Rng({ a: 1, b: 0 })
 * const box = sampleDistortedBoundingBox([8, 8, 3], [], rng, { areaRange: [1, 1], aspectRatioRange: [1, 1], useImageIfNoBoundingBoxes: true })
 * box.size // [8, 8, -1]
 */
export function sampleDistortedBoundingBox(
  imageSize: readonly number[],
  boundingBoxes: Boxes,
  rng: Rng,
  options: SampleDistortedBoundingBoxOptions = {},
): DistortedBoundingBox {
  const operation = 'sampleDistortedBoundingBox'
  checkOptions(operation, options, [
    'minObjectCovered',
    'aspectRatioRange',
    'areaRange',
    'maxAttempts',
    'useImageIfNoBoundingBoxes',
  ])
  const { minObjectCovered = 0.1, useImageIfNoBoundingBoxes = false } = options
  checkNumber(operation, 'minObjectCovered', minObjectCovered, 'a number of at least 0', 0)
  checkBoolean(operation, 'useImageIfNoBoundingBoxes', useImageIfNoBoundingBoxes)
  const limits = boxLimits(operation, options)
  const [height, width] = checkImageSize(operation, imageSize)
  const objects = objectsOf(operation, boundingBoxes, height, width)
  if (objects.length === 0) {
    if (!useImageIfNoBoundingBoxes) {
      throw new InvalidArgumentError(`${operation}: there are no bounding boxes.`, {
        hint: 'With useImageIfNoBoundingBoxes: true the image stands for one.',
      })
    }
    objects.push({ offsetHeight: 0, offsetWidth: 0, targetHeight: height, targetWidth: width })
  }
  const covers = (box: CropBox): boolean => objects.some((object) => covered(box, object) >= minObjectCovered)
  const box = randomBox(height, width, checkRng(operation, rng), limits, covers)
  const { offsetHeight, offsetWidth, targetHeight, targetWidth } = box
  const ends = [offsetHeight / height, offsetWidth / width]
  const bboxes = Float32Array.of(...ends, (offsetHeight + targetHeight) / height, (offsetWidth + targetWidth) / width)
  return {
    begin: [offsetHeight, offsetWidth, 0],
    size: [targetHeight, targetWidth, -1],
    bboxes: new NdArray<'float32', 3>('float32', [1, 1, 4], bboxes),
    box,
  }
}

/** The checked ranges that a box is drawn from. */
export function boxLimits(operation: string, options: Partial<BoxLimits>): BoxLimits {
  const { aspectRatioRange = [0.75, 1.33], areaRange = [0.05, 1], maxAttempts = 100 } = options
  return {
    aspectRatioRange: checkRange(operation, 'aspectRatioRange', aspectRatioRange, Infinity),
    areaRange: checkRange(operation, 'areaRange', areaRange, 1),
    maxAttempts: checkCount(operation, 'maxAttempts', maxAttempts, { min: 1 }),
  }
}

function checkRange(operation: string, argument: string, range: unknown, most: number): readonly [number, number] {
  const numbers = Array.isArray(range) ? (range as readonly unknown[]) : []
  const [low, high] = numbers as readonly number[]
  const right = numbers.length === 2 && numbers.every(Number.isFinite) && low > 0 && low <= high && high <= most
  if (right) return [low, high]
  const got = Array.isArray(range) ? `[${range.join(', ')}]` : describe(range)
  const atMost = most === Infinity ? '' : ` and at most ${most}`
  throw new InvalidArgumentError(
    `${operation}: ${argument} must be [least, greatest], both above 0${atMost}, got ${got}.`,
  )
}

function checkImageSize(operation: string, size: unknown): readonly [number, number] {
  const list = Array.isArray(size) ? (size as readonly unknown[]) : []
  const whole = list.every((side) => Number.isSafeInteger(side) && (side as number) >= 1)
  if ((list.length === 2 || list.length === 3) && whole) return [list[0] as number, list[1] as number]
  const got = Array.isArray(size) ? `[${size.join(', ')}]` : describe(size)
  throw new InvalidArgumentError(`${operation}: imageSize must be [height, width, channels], got ${got}.`)
}

/** The objects as rectangles of pixels; those without any do not count, as in TensorFlow. */
function objectsOf(operation: string, boxes: Boxes, height: number, width: number): CropBox[] {
  const { values } = boxValues(operation, boxes)
  const outside = values.find((value) => value < 0 || value > 1)
  if (outside !== undefined) {
    throw new InvalidArgumentError(`${operation}: bounding boxes must hold numbers from 0 to 1, got ${outside}.`)
  }
  return Array.from({ length: values.length / 4 }, (_, i) => {
    const [top, left, bottom, right] = Array.from(values.subarray(4 * i, 4 * i + 4), (at, k) =>
      Math.trunc(Math.fround(at * (k % 2 === 0 ? height : width))),
    )
    return { offsetHeight: top, offsetWidth: left, targetHeight: bottom - top, targetWidth: right - left }
  })
}

/** The share of an object that lies within a box; none of an object without pixels. */
function covered(box: CropBox, object: CropBox): number {
  const area = object.targetHeight * object.targetWidth
  if (object.targetHeight < 1 || object.targetWidth < 1) return -1
  const { max, min } = Math
  const height =
    min(box.offsetHeight + box.targetHeight, object.offsetHeight + object.targetHeight) -
    max(box.offsetHeight, object.offsetHeight)
  const width =
    min(box.offsetWidth + box.targetWidth, object.offsetWidth + object.targetWidth) -
    max(box.offsetWidth, object.offsetWidth)
  return (max(0, height) * max(0, width)) / area
}
