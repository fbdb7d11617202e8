import { checkCount, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { PixelData } from '../kernels/pixels.ts'
import { checkImage, type ImageShape } from './imageShape.ts'
import { eachImage } from './values.ts'

/** A rectangle of whole pixels. */
export interface CropBox {
  readonly offsetHeight: number
  readonly offsetWidth: number
  readonly targetHeight: number
  readonly targetWidth: number
}

/**
 * Cuts a rectangle out of an image, or out of each of a batch (`tf.image.crop_to_bounding_box`).
 *
 * @throws InvalidArgumentError for what is no image, and for a rectangle that does not lie within it
 *
 * @example
 * cropToBoundingBox(ndarray(Uint8Array.of(1, 2, 3, 4), [2, 2, 1]), 1, 0, 1, 2) // uint8 [[[3], [4]]]
 */
export function cropToBoundingBox<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  offsetHeight: number,
  offsetWidth: number,
  targetHeight: number,
  targetWidth: number,
): NdArray<D, R> {
  const shape = checkImage('cropToBoundingBox', image)
  const box = checkCrop('cropToBoundingBox', shape, { offsetHeight, offsetWidth, targetHeight, targetWidth })
  return cropped(image, shape, box)
}

/**
 * Cuts off the same share on every side of an image, or of each of a batch (`tf.image.central_crop`).
 *
 * @param centralFraction share of the height and of the width that is kept, from above 0 to 1
 * @throws InvalidArgumentError for what is no image, and for another fraction
 *
 * @example
 * centralCrop(ndarray(Uint8Array.of(1, 2, 3, 4), [1, 4, 1]), 0.5) // uint8 [[[2], [3]]]
 */
export function centralCrop<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  centralFraction: number,
): NdArray<D, R> {
  const shape = checkImage('centralCrop', image)
  if (!(typeof centralFraction === 'number' && centralFraction > 0 && centralFraction <= 1)) {
    throw wrongArgument('centralCrop', 'centralFraction', 'above 0 and at most 1', centralFraction)
  }
  const { height, width } = shape
  const offsetHeight = Math.trunc((height - height * centralFraction) / 2)
  const offsetWidth = Math.trunc((width - width * centralFraction) / 2)
  const [targetHeight, targetWidth] = [height - 2 * offsetHeight, width - 2 * offsetWidth]
  return cropped(image, shape, { offsetHeight, offsetWidth, targetHeight, targetWidth })
}

/** Refuses a rectangle that is empty or does not lie within the image. */
export function checkCrop(operation: string, { height, width }: ImageShape, box: CropBox): CropBox {
  checkCount(operation, 'offsetHeight', box.offsetHeight)
  checkCount(operation, 'offsetWidth', box.offsetWidth)
  checkCount(operation, 'targetHeight', box.targetHeight, { min: 1 })
  checkCount(operation, 'targetWidth', box.targetWidth, { min: 1 })
  if (box.offsetHeight + box.targetHeight > height) {
    throw new InvalidArgumentError(
      `${operation}: offsetHeight + targetHeight must be at most the image's height ${height}, got ${box.offsetHeight} + ${box.targetHeight}.`,
    )
  }
  if (box.offsetWidth + box.targetWidth > width) {
    throw new InvalidArgumentError(
      `${operation}: offsetWidth + targetWidth must be at most the image's width ${width}, got ${box.offsetWidth} + ${box.targetWidth}.`,
    )
  }
  return box
}

/** Cuts out a rectangle that was checked. */
export function cropped<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  shape: ImageShape,
  { offsetHeight, offsetWidth, targetHeight, targetWidth }: CropBox,
): NdArray<D, R> {
  const { width, channels } = shape
  return eachImage(image, shape, [targetHeight, targetWidth, channels], (data, from, out, to) => {
    const first = from + (offsetHeight * width + offsetWidth) * channels
    copyRows(data, first, width * channels, out, to, targetWidth * channels, targetHeight, targetWidth * channels)
  })
}

/** Copies `rows` rows of `length` values, `step` apart in `data` and `outStep` apart in `out`. */
export function copyRows(
  data: PixelData,
  from: number,
  step: number,
  out: PixelData,
  to: number,
  outStep: number,
  rows: number,
  length: number,
): void {
  for (let y = 0; y < rows; y++, from += step, to += outStep) out.set(data.subarray(from, from + length), to)
}
