import { checkCount } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { allocate, type TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { PixelData } from '../kernels/pixels.ts'
import { copyRows, cropped } from './crop.ts'
import { checkImage, type ImageShape } from './imageShape.ts'
import { eachImage } from './values.ts'

/**
 * Puts an image, or each of a batch, on a larger one of zeros (`tf.image.pad_to_bounding_box`).
 *
 * @param offsetHeight rows of zeros above it
 * @param offsetWidth columns of zeros left of it
 * @throws InvalidArgumentError for what is no image, and where it does not fit
 *
 * @example
 * padToBoundingBox(ndarray(Uint8Array.of(7), [1, 1, 1]), 0, 1, 1, 3) // uint8 [[[0], [7], [0]]]
 */
export function padToBoundingBox<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  offsetHeight: number,
  offsetWidth: number,
  targetHeight: number,
  targetWidth: number,
): NdArray<D, R> {
  const operation = 'padToBoundingBox'
  const shape = checkImage(operation, image)
  checkCount(operation, 'offsetHeight', offsetHeight)
  checkCount(operation, 'offsetWidth', offsetWidth)
  checkCount(operation, 'targetHeight', targetHeight)
  checkCount(operation, 'targetWidth', targetWidth)
  checkRoom('Height', shape.height, offsetHeight, targetHeight)
  checkRoom('Width', shape.width, offsetWidth, targetWidth)
  return padded(image, shape, offsetHeight, offsetWidth, targetHeight, targetWidth)
}

/**
 * Brings an image, or each of a batch, to a size by cutting off or adding zeros alike on both sides
 * (`tf.image.resize_with_crop_or_pad`). Of an odd number, the larger half is at the end where zeros are added and at the
 * start where pixels are cut off.
 *
 * @throws InvalidArgumentError for what is no image, and for a size below 1
 *
 * @example
 * resizeWithCropOrPad(ndarray(Uint8Array.of(1, 2, 3), [1, 3, 1]), 1, 1) // uint8 [[[2]]]
 */
export function resizeWithCropOrPad<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  targetHeight: number,
  targetWidth: number,
): NdArray<D, R> {
  const operation = 'resizeWithCropOrPad'
  const shape = checkImage(operation, image)
  checkCount(operation, 'targetHeight', targetHeight, { min: 1 })
  checkCount(operation, 'targetWidth', targetWidth, { min: 1 })
  const { max, min, floor } = Math
  const cut = cropped(image, shape, {
    offsetHeight: max(floor((shape.height - targetHeight) / 2), 0),
    offsetWidth: max(floor((shape.width - targetWidth) / 2), 0),
    targetHeight: min(targetHeight, shape.height),
    targetWidth: min(targetWidth, shape.width),
  })
  const offsetHeight = max(floor((targetHeight - shape.height) / 2), 0)
  const offsetWidth = max(floor((targetWidth - shape.width) / 2), 0)
  return padded(cut, checkImage(operation, cut), offsetHeight, offsetWidth, targetHeight, targetWidth)
}

/** Puts an image on zeros after all checks. */
export function padded<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  shape: ImageShape,
  offsetHeight: number,
  offsetWidth: number,
  targetHeight: number,
  targetWidth: number,
): NdArray<D, R> {
  const { height, width, channels } = shape
  const row = width * channels
  const outRow = targetWidth * channels
  const copy = (data: PixelData, from: number, out: PixelData, to: number): void =>
    copyRows(data, from, row, out, to + offsetHeight * outRow + offsetWidth * channels, outRow, height, row)
  return eachImage(image, shape, [targetHeight, targetWidth, channels], copy, zeros)
}

function zeros(image: NdArray, length: number): PixelData {
  return allocate(image.dtype as TypedDType, length) as PixelData
}

function checkRoom(side: string, size: number, offset: number, target: number): void {
  if (offset + size <= target) return
  throw new InvalidArgumentError(
    `padToBoundingBox: offset${side} + the image's ${side.toLowerCase()} must be at most target${side} ${target}, got ${offset} + ${size}.`,
  )
}
