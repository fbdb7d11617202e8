import { checkBoolean, checkOptions } from '../core/checks.ts'
import type { Rng } from '../core/random.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkRng } from './checkRng.ts'
import { cropped, type CropBox } from './crop.ts'
import { checkImage, checkNotEmpty, checkSize } from './imageShape.ts'
import { randomBox, type BoxLimits } from './randomBox.ts'
import { resizableDTypes, resizeChecked, resizeMethod, type Resized, type ResizeMethod } from './resize.ts'
import { boxLimits } from './sampleDistortedBoundingBox.ts'

/** Options of `randomResizedCrop`. */
export interface RandomResizedCropOptions<M extends ResizeMethod = ResizeMethod> extends Partial<BoxLimits> {
  /** Least and greatest share of the image's area; [0.08, 1] by default. */
  readonly areaRange?: readonly [number, number]
  /** Least and greatest width / height; [3 / 4, 4 / 3] by default. */
  readonly aspectRatioRange?: readonly [number, number]
  /** After so many draws without a rectangle that fits the whole image is taken; 10 by default. */
  readonly maxAttempts?: number
  /** `bilinear` by default. */
  readonly method?: M
  /** Whether a filter is widened when the result is smaller; false by default. */
  readonly antialias?: boolean
}

/**
 * Cuts a random rectangle out of an image and resizes it: the augmentation of Inception (Szegedy et al., "Going Deeper with
 * Convolutions", 2014), TensorFlow's `sample_distorted_bounding_box`, crop and resize. Out of a batch the same one.
 *
 * @param size [height, width]
 * @throws InvalidArgumentError for what is no image or no generator, and for options out of range
 *
 * @example
 * randomResizedCrop(ndarray(new Uint8Array(48), [4, 4, 3]), [2, 2], new Rng({ a: 1, b: 0 })).shape // [2, 2, 3]
 */
export function randomResizedCrop<D extends TypedDType, R extends number, const M extends ResizeMethod = 'bilinear'>(
  image: NdArray<D, R>,
  size: readonly [number, number],
  rng: Rng,
  options: RandomResizedCropOptions<M> = {},
): NdArray<Resized<D, M>, R> {
  const operation = 'randomResizedCrop'
  checkOptions(operation, options, ['areaRange', 'aspectRatioRange', 'maxAttempts', 'method', 'antialias'])
  const method = resizeMethod(operation, options.method)
  const antialias = checkBoolean(operation, 'antialias', options.antialias ?? false)
  const shape = checkImage(operation, image, method === 'nearest' ? {} : { dtypes: resizableDTypes })
  checkNotEmpty(operation, image, shape)
  const outSize = checkSize(operation, size)
  const box = randomResizedCropBox(shape.height, shape.width, checkRng(operation, rng), options)
  const part = cropped(image, shape, box)
  const partShape = { ...shape, height: box.targetHeight, width: box.targetWidth }
  return resizeChecked(operation, part, partShape, outSize, method, antialias) as NdArray<Resized<D, M>, R>
}

/** The rectangle that `randomResizedCrop` cuts out, for `cropResizeNormalize`. */
export function randomResizedCropBox(
  height: number,
  width: number,
  rng: Rng,
  options: Partial<BoxLimits> = {},
): CropBox {
  const defaults = { areaRange: [0.08, 1], aspectRatioRange: [3 / 4, 4 / 3], maxAttempts: 10 } as const
  return randomBox(height, width, rng, boxLimits('randomResizedCrop', { ...defaults, ...options }))
}
