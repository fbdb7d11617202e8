import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import type { Rng } from '../core/random.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import { describe, type NdArray } from '../ndarray/ndarray.ts'
import { checkRng } from './checkRng.ts'
import { cropped } from './crop.ts'
import { checkImage } from './imageShape.ts'

/**
 * Cuts a rectangle out of an image, each place alike (`tf.image.random_crop`); out of the images of a batch the same one.
 *
 * @param size [height, width], or the whole shape of the result as in TensorFlow, whose other sizes are the image's
 * @param rng two draws
 * @throws InvalidArgumentError for what is no image or no generator, and for a size that does not fit
 *
 * @example
 * randomCrop(ndarray(Uint8Array.of(1, 2), [1, 2, 1]), [1, 2], new Rng({ a: 1, b: 0 })) // uint8 [[[1], [2]]]
 */
export function randomCrop<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  size: readonly number[],
  rng: Rng,
): NdArray<D, R> {
  const shape = checkImage('randomCrop', image)
  const [targetHeight, targetWidth] = checkCropSize(image, size)
  checkRng('randomCrop', rng)
  const offsetHeight = rng.integer(shape.height - targetHeight + 1)
  const offsetWidth = rng.integer(shape.width - targetWidth + 1)
  return cropped(image, shape, { offsetHeight, offsetWidth, targetHeight, targetWidth })
}

/** The height and width of a crop that fits. */
function checkCropSize({ shape }: NdArray, size: unknown): readonly [number, number] {
  const list = Array.isArray(size) ? (size as readonly unknown[]) : []
  const rows = shape.length - 3
  const full = list.length === 2 ? [...shape.slice(0, rows), ...list, shape[rows + 2]] : list
  const fits =
    full.length === shape.length &&
    full.every((own, axis) => {
      const most = shape[axis]
      const cuts = axis === rows || axis === rows + 1
      return Number.isSafeInteger(own) && (cuts ? (own as number) >= 1 && (own as number) <= most : own === most)
    })
  if (fits) return [full[rows] as number, full[rows + 1] as number]
  const got = Array.isArray(size) ? `[${size.join(', ')}]` : describe(size)
  throw new InvalidArgumentError(
    `randomCrop: size must be [height, width], each of at least 1 and at most those of ${shapeText(shape)}, got ${got}.`,
  )
}
