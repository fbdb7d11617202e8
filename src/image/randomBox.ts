import type { Rng } from '../core/random.ts'
import { roundHalfToEven } from '../kernels/weightedSampling.ts'
import type { CropBox } from './crop.ts'

/** What a random rectangle of an image is drawn from. */
export interface BoxLimits {
  /** Least and greatest width / height. */
  readonly aspectRatioRange: readonly [number, number]
  /** Least and greatest share of the image's area. */
  readonly areaRange: readonly [number, number]
  /** After so many that are not accepted the whole image is taken. */
  readonly maxAttempts: number
}

const { floor, fround, min, sqrt } = Math

/**
 * Draws a rectangle of an image as TensorFlow's `sample_distorted_bounding_box` does: a uniform proportion, a uniform
 * height of those that the range of areas rounds to, and a uniform place. The whole image where none is accepted.
 *
 * @param accepts whether a rectangle may be taken
 */
export function randomBox(
  height: number,
  width: number,
  rng: Rng,
  limits: BoxLimits,
  accepts: (box: CropBox) => boolean = () => true,
): CropBox {
  for (let attempt = 0; attempt < limits.maxAttempts; attempt++) {
    const size = randomSize(height, width, rng, limits)
    if (size === undefined) continue
    const [targetHeight, targetWidth] = size
    const offsetHeight = rng.integer(height - targetHeight + 1)
    const offsetWidth = rng.integer(width - targetWidth + 1)
    const box = { offsetHeight, offsetWidth, targetHeight, targetWidth }
    if (accepts(box)) return box
  }
  return { offsetHeight: 0, offsetWidth: 0, targetHeight: height, targetWidth: width }
}

/**
 * A size within the limits, or undefined where the drawn proportion allows none: TensorFlow's steps, in its float32, for its
 * rounding makes the least and the greatest height likelier than others.
 */
function randomSize(
  height: number,
  width: number,
  rng: Rng,
  { aspectRatioRange, areaRange }: BoxLimits,
): readonly [number, number] | undefined {
  const aspectRatio = fround(rng.uniform(...aspectRatioRange))
  const [minArea, maxArea] = areaRange.map((share) => fround(fround(fround(share) * width) * height))
  const heightOf = (area: number): number => roundHalfToEven(fround(sqrt(fround(area / aspectRatio))))
  const widthOf = (ownHeight: number): number => roundHalfToEven(fround(ownHeight * aspectRatio))
  let most = heightOf(maxArea)
  if (widthOf(most) > width) most = floor((width + 0.5 - 1e-7) / aspectRatio)
  if (widthOf(most) > width) most--
  most = min(most, height)
  const least = min(heightOf(minArea), most)
  let drawn = least + (least < most ? rng.integer(most - least + 1) : 0)
  if (drawn * widthOf(drawn) < minArea) drawn++
  if (drawn * widthOf(drawn) > maxArea) drawn--
  const size = [drawn, widthOf(drawn)] as const
  const area = drawn * size[1]
  return area >= minArea && area <= maxArea && drawn <= height && size[1] <= width && area > 0 ? size : undefined
}
