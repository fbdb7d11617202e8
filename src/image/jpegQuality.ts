import { checkCount, wrongArgument } from '../core/checks.ts'
import type { Rng } from '../core/random.ts'
import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkRng } from './checkRng.ts'
import { convertImageDtype } from './convertImageDtype.ts'
import { decodeJpeg } from './decodeJpeg.ts'
import { encodeJpeg } from './encodeJpeg.ts'
import { checkImage } from './imageShape.ts'

/**
 * Encodes an image as JPEG of a quality and decodes it again (`tf.image.adjust_jpeg_quality`): what a file of that quality
 * loses. Floats are from 0 to 1.
 *
 * @param image [height, width, 1 or 3]
 * @param jpegQuality from 0 to 100; as in TensorFlow 0 is 1
 * @example
 * const worn = await adjustJpegQuality(image, 30)
 * @throws InvalidArgumentError for what is no image, and for another quality
 */
export async function adjustJpegQuality<D extends NumericDType>(
  image: NdArray<D, 3>,
  jpegQuality: number,
): Promise<NdArray<D, 3>> {
  checkImage('adjustJpegQuality', image)
  checkQuality('adjustJpegQuality', 'jpegQuality', jpegQuality)
  const bytes = convertImageDtype(image, 'uint8', { saturate: true })
  const file = await encodeJpeg(bytes, { quality: Math.max(1, jpegQuality) })
  const channels = image.shape[2] as 1 | 3
  return convertImageDtype(await decodeJpeg(file, { channels }), image.dtype, { saturate: true })
}

/**
 * `adjustJpegQuality` of a random quality (`tf.image.random_jpeg_quality`).
 *
 * @param minJpegQuality the least quality
 * @param maxJpegQuality above the greatest quality; at most 100
 * @param rng one draw
 * @example
 * dataset.map(({ image }, { rng }) => randomJpegQuality(image, 40, 95, rng))
 * @throws InvalidArgumentError as `adjustJpegQuality`, and for bounds that are none
 */
export async function randomJpegQuality<D extends NumericDType>(
  image: NdArray<D, 3>,
  minJpegQuality: number,
  maxJpegQuality: number,
  rng: Rng,
): Promise<NdArray<D, 3>> {
  checkQuality('randomJpegQuality', 'minJpegQuality', minJpegQuality)
  checkQuality('randomJpegQuality', 'maxJpegQuality', maxJpegQuality)
  if (minJpegQuality >= maxJpegQuality) {
    throw wrongArgument(
      'randomJpegQuality',
      'minJpegQuality',
      `below maxJpegQuality, which is ${maxJpegQuality}`,
      minJpegQuality,
    )
  }
  checkRng('randomJpegQuality', rng)
  return await adjustJpegQuality(image, minJpegQuality + rng.integer(maxJpegQuality - minJpegQuality))
}

function checkQuality(operation: string, argument: string, quality: unknown): void {
  if (checkCount(operation, argument, quality) > 100) throw wrongArgument(operation, argument, 'at most 100', quality)
}
