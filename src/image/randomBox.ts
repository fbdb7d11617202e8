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

const { ceil, floor, max, min, sqrt } = Math

/**
 * Draws a rectangle of an image as TensorFlow's `sample_distorted_bounding_box` does: a uniform proportion, a uniform
 * height of those whose area is in the range, and a uniform place. The whole image where none is accepted.
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

/** A size within the limits, or undefined where the drawn proportion allows none. */
function randomSize(
  height: number,
  width: number,
  rng: Rng,
  { aspectRatioRange, areaRange }: BoxLimits,
): readonly [number, number] | undefined {
  const aspectRatio = rng.uniform(...aspectRatioRange)
  const [minArea, maxArea] = areaRange.map((share) => share * height * width)
  const widthOf = (ownHeight: number): number => roundHalfToEven(ownHeight * aspectRatio)
  const fits = (ownHeight: number): boolean => {
    const area = ownHeight * widthOf(ownHeight)
    return area >= minArea && area <= maxArea && widthOf(ownHeight) <= width && widthOf(ownHeight) >= 1
  }
  // Rounding moves the ends by one at most.
  let least = max(1, floor(sqrt(minArea / aspectRatio)) - 1)
  let most = min(height, ceil(sqrt(maxArea / aspectRatio)) + 1, ceil((width + 0.5) / aspectRatio))
  while (least <= most && !fits(least)) least++
  while (most >= least && !fits(most)) most--
  if (least > most) return undefined
  const drawn = least + rng.integer(most - least + 1)
  return fits(drawn) ? [drawn, widthOf(drawn)] : undefined
}
