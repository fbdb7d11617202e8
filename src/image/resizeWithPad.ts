import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkImage, checkNotEmpty } from './imageShape.ts'
import { padded } from './pad.ts'
import { resizableDTypes, resizeChecked, resizeMethod, type Resized, type ResizeMethod } from './resize.ts'

/** Options of `resizeWithPad`. */
export interface ResizeWithPadOptions<M extends ResizeMethod = ResizeMethod> {
  /** `bilinear` by default. */
  readonly method?: M
  /** Whether a filter is widened when the result is smaller; false by default. */
  readonly antialias?: boolean
}

const { floor, fround, max } = Math

/**
 * Resizes an image, or each of a batch, to fit into a size without distortion, and adds zeros alike on both sides
 * (`tf.image.resize_with_pad`).
 *
 * @throws InvalidArgumentError for what is no image or holds no pixels, a size below 1, and where a side would vanish
 *
 * @example
 * resizeWithPad(ndarray(Uint8Array.of(8, 8), [1, 2, 1]), 2, 2).shape // [2, 2, 1]
 */
export function resizeWithPad<D extends TypedDType, R extends number, const M extends ResizeMethod = 'bilinear'>(
  image: NdArray<D, R>,
  targetHeight: number,
  targetWidth: number,
  options: ResizeWithPadOptions<M> = {},
): NdArray<Resized<D, M>, R> {
  const operation = 'resizeWithPad'
  checkOptions(operation, options, ['method', 'antialias'])
  const method = resizeMethod(operation, options.method)
  const antialias = checkBoolean(operation, 'antialias', options.antialias ?? false)
  const shape = checkImage(operation, image, method === 'nearest' ? {} : { dtypes: resizableDTypes })
  checkNotEmpty(operation, image, shape)
  checkCount(operation, 'targetHeight', targetHeight, { min: 1 })
  checkCount(operation, 'targetWidth', targetWidth, { min: 1 })
  const { height, width } = shape
  const ratio = max(fround(width / targetWidth), fround(height / targetHeight))
  const exactHeight = fround(height / ratio)
  const exactWidth = fround(width / ratio)
  const size = [floor(exactHeight), floor(exactWidth)] as const
  if (size[0] === 0 || size[1] === 0) {
    throw new InvalidArgumentError(
      `${operation}: an image of ${height} x ${width} pixels fitted into [${targetHeight}, ${targetWidth}] would have none left.`,
    )
  }
  const above = max(0, floor(fround(fround(targetHeight - exactHeight) / 2)))
  const left = max(0, floor(fround(fround(targetWidth - exactWidth) / 2)))
  const resized = resizeChecked(operation, image, shape, size, method, antialias) as NdArray<Resized<D, M>, R>
  return padded(resized, { ...shape, height: size[0], width: size[1] }, above, left, targetHeight, targetWidth)
}
