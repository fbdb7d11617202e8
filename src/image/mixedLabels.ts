import { checkCount, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Rng } from '../core/random.ts'
import { shapeText, type NumericDType } from '../core/spec.ts'
import { describe, isNdArray, NdArray } from '../ndarray/ndarray.ts'
import { checkColours } from './floatImage.ts'
import type { ImageShape } from './imageShape.ts'

/** A batch of images and labels that were mixed with one another. */
export interface MixedBatch<D extends NumericDType> {
  readonly images: NdArray<D, 4>
  /** float32 [batch, classes]. */
  readonly labels: NdArray<'float32', 2>
}

/** Options of `mixup` and `cutmix`. */
export interface MixOptions {
  /** Both parameters of the Beta distribution of the shares, above 0; 0.2 for `mixup`, 1 for `cutmix` by default. */
  readonly alpha?: number
  /** Number of classes, where the labels are class numbers. */
  readonly numClasses?: number
}

/** Refuses images that are no batch. */
export function checkBatch(operation: string, images: NdArray): ImageShape {
  const shape = checkColours(operation, images)
  if (images.rank === 4) return shape
  throw new InvalidArgumentError(`${operation}: images must be a batch of images, got ${describe(images)}.`)
}

/** Refuses anything but a finite number above 0. */
export function checkAlpha(operation: string, alpha: unknown): number {
  if (typeof alpha === 'number' && Number.isFinite(alpha) && alpha > 0) return alpha
  throw wrongArgument(operation, 'alpha', 'a number above 0', alpha)
}

/** Labels as rows of shares: [batch, classes] as they are, class numbers [batch] as 0 and 1. */
export function labelRows(
  operation: string,
  labels: unknown,
  batch: number,
  numClasses: number | undefined,
): NdArray<'float32', 2> {
  if (!isNdArray(labels) || labels.shape[0] !== batch || labels.rank > 2) {
    const got = isNdArray(labels) ? shapeText(labels.shape) : describe(labels)
    throw new InvalidArgumentError(`${operation}: labels must be [${batch}] or [${batch}, classes], got ${got}.`)
  }
  if (labels.rank === 2) {
    const data = Float32Array.from(labels.data as Float32Array)
    return new NdArray<'float32', 2>('float32', labels.shape, data)
  }
  if (numClasses === undefined) {
    throw new InvalidArgumentError(`${operation}: numClasses must be given where labels are class numbers.`)
  }
  checkCount(operation, 'numClasses', numClasses, { min: 1 })
  const rows = new Float32Array(batch * numClasses)
  Array.from<unknown>(labels.data).forEach((label, i) => {
    const number = Number(label)
    if (!(Number.isSafeInteger(number) && number >= 0 && number < numClasses)) {
      throw new InvalidArgumentError(
        `${operation}: label ${i} must be a class number, 0 to ${numClasses - 1}, got ${String(label)}.`,
      )
    }
    rows[i * numClasses + number] = 1
  })
  return new NdArray<'float32', 2>('float32', [batch, numClasses], rows)
}

/** For each image of a batch the number of another: a permutation in which each order is alike. */
export function randomPartners(rng: Rng, batch: number): Int32Array {
  const partners = Int32Array.from({ length: batch }, (_, i) => i)
  for (let i = batch - 1; i > 0; i--) {
    const j = rng.integer(i + 1)
    const own = partners[i]
    partners[i] = partners[j]
    partners[j] = own
  }
  return partners
}

/** shares[i] * row i + (1 - shares[i]) * row partners[i], for rows of values. */
export function mixRows(values: Float32Array, partners: Int32Array, shares: Float32Array): Float32Array {
  const out = new Float32Array(values.length)
  const size = partners.length === 0 ? 0 : values.length / partners.length
  partners.forEach((partner, i) => {
    const share = shares[i]
    const rest = Math.fround(1 - share)
    for (let k = 0; k < size; k++) {
      out[i * size + k] = Math.fround(share * values[i * size + k]) + Math.fround(rest * values[partner * size + k])
    }
  })
  return out
}
