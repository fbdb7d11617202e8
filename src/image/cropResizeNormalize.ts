import { checkBoolean, checkOptions } from '../core/checks.ts'
import type { NumericDType } from '../core/spec.ts'
import { bilinear } from '../kernels/bilinear.ts'
import { linearSampling, reversedSampling, type LinearSampling } from '../kernels/linearSampling.ts'
import type { Affine } from '../kernels/pixels.ts'
import { allocateUnset } from '../ndarray/dtype.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { checkCrop, type CropBox } from './crop.ts'
import { checkColours } from './floatImage.ts'
import { checkNotEmpty, checkNumber, checkSize, outputArray, resultShape, type ImageShape } from './imageShape.ts'
import { affineOf, type Normalization } from './normalize.ts'
import { valuesOf } from './values.ts'

/** Options of `cropResizeNormalize`. */
export interface CropResizeNormalizeOptions {
  /** The rectangle that is resized; the whole image by default. */
  readonly crop?: CropBox
  /** Whether the result is mirrored; false by default. */
  readonly flipLeftRight?: boolean
  /** Added to the resized values, which are on the scale of the image; 0 by default. */
  readonly brightness?: number
  /** What the values are brought to at the end; nothing by default. Of an image of floats it has to say from what. */
  readonly normalize?: Normalization
  /** Takes the values of the result, which is then made over it; a new array by default. */
  readonly out?: Float32Array
}

/**
 * Crops, resizes (bilinear), mirrors, brightens and normalizes an image, or each of a batch, in one pass over the result:
 * exactly what `cropToBoundingBox`, `resize`, `flipLeftRight`, `adjustBrightness` and `normalize` give one after the other.
 *
 * @param size [height, width]
 * @throws InvalidArgumentError as these
 *
 * @example
 * cropResizeNormalize(ndarray(Uint8Array.of(0, 100, 200), [1, 3, 1]), [1, 2], { flipLeftRight: true }) // float32 [[[175], [25]]]
 */
export function cropResizeNormalize<R extends number>(
  image: NdArray<NumericDType, R>,
  size: readonly [number, number],
  options: CropResizeNormalizeOptions = {},
): NdArray<'float32', R> {
  const operation = 'cropResizeNormalize'
  checkOptions(operation, options, ['crop', 'flipLeftRight', 'brightness', 'normalize', 'out'])
  const shape = checkColours(operation, image)
  checkNotEmpty(operation, image, shape)
  const { batch, height, width, channels } = shape
  const inSize = height * width * channels
  const sample: Sample = (rows, columns, numbers, out) => {
    const outSize = out.length / batch
    for (let b = 0; b < batch; b++) {
      const data = valuesOf(image).subarray(b * inSize, (b + 1) * inSize)
      bilinear({ data, height, width, channels }, rows, columns, numbers, out.subarray(b * outSize, (b + 1) * outSize))
    }
  }
  const [outHeight, outWidth] = checkSize(operation, size)
  const out = sampled(operation, shape, image.dtype, [outHeight, outWidth], options, sample)
  return new NdArray<'float32', R>('float32', resultShape(image, outHeight, outWidth, channels), out)
}

/** Computes the values of images at rows and columns, and applies what is done to each value. */
export type Sample = (
  rows: LinearSampling,
  columns: LinearSampling,
  numbers: Affine | undefined,
  out: Float32Array,
) => void

/** The values of the result of images that `sample` has, which come to be where it is called. */
export function sampled(
  operation: string,
  shape: ImageShape,
  dtype: NumericDType,
  [outHeight, outWidth]: readonly [number, number],
  options: CropResizeNormalizeOptions,
  sample: Sample,
): Float32Array {
  const { batch, height, width, channels } = shape
  const whole = { offsetHeight: 0, offsetWidth: 0, targetHeight: height, targetWidth: width }
  const crop = checkCrop(operation, shape, options.crop ?? whole)
  const rows = linearSampling(outHeight, crop.targetHeight, crop.offsetHeight)
  const forward = linearSampling(outWidth, crop.targetWidth, crop.offsetWidth)
  const columns = checkBoolean(operation, 'flipLeftRight', options.flipLeftRight ?? false)
    ? reversedSampling(forward)
    : forward
  const numbers = numbersOf(operation, options, dtype, channels)
  const out = outputArray(operation, options.out, 'float32', batch * outHeight * outWidth * channels, allocateUnset)
  sample(rows, columns, numbers, out)
  return out
}

/** What is done to the resized values; undefined where nothing is. */
function numbersOf(
  operation: string,
  { brightness = 0, normalize }: CropResizeNormalizeOptions,
  dtype: NumericDType,
  channels: number,
): Affine | undefined {
  const delta = checkNumber(operation, 'brightness', brightness)
  if (normalize !== undefined) return { ...affineOf(operation, normalize, dtype, channels), delta }
  if (delta === 0) return undefined
  const each = (value: number): Float32Array => new Float32Array(channels).fill(value)
  return { delta, subtract: each(0), multiply: each(1), add: each(0) }
}
