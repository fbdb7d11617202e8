import { checkOptions } from '../core/checks.ts'
import type { Rng } from '../core/random.ts'
import type { NumericDType } from '../core/spec.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { symmetricBeta } from './beta.ts'
import { checkRng } from './checkRng.ts'
import {
  checkAlpha,
  checkBatch,
  labelRows,
  mixRows,
  randomPartners,
  type MixedBatch,
  type MixOptions,
} from './mixedLabels.ts'

/**
 * Blends each image of a batch, and its label, with another one of it (Zhang et al., "mixup: Beyond Empirical Risk
 * Minimization", 2018): share * own + (1 - share) * other, with a share from Beta(alpha, alpha) for each image.
 *
 * @param labels class numbers [batch], or shares [batch, classes]
 * @returns float32 images, on the scale of those given, and labels
 * @throws InvalidArgumentError for what is no batch of images of numbers, and for labels that do not fit
 *
 * @example
 * const images = ndarray(Float32Array.of(1, 1), [2, 1, 1, 1])
 * mixup(images, ndarray([0, 1]), new Rng({ a: 1, b: 0 }), { numClasses: 2 }).images // float32 [[[[1]]], [[[1]]]]
 */
export function mixup(
  images: NdArray<NumericDType>,
  labels: NdArray,
  rng: Rng,
  options: MixOptions = {},
): MixedBatch<'float32'> {
  checkOptions('mixup', options, ['alpha', 'numClasses'])
  const { batch } = checkBatch('mixup', images)
  const rows = labelRows('mixup', labels, batch, options.numClasses)
  const alpha = checkAlpha('mixup', options.alpha ?? 0.2)
  checkRng('mixup', rng)
  const partners = randomPartners(rng, batch)
  const shares = Float32Array.from({ length: batch }, () => symmetricBeta(rng, alpha))
  const values = new Float32Array(images.data)
  return {
    images: new NdArray<'float32', 4>('float32', images.shape, mixRows(values, partners, shares)),
    labels: new NdArray<'float32', 2>('float32', rows.shape, mixRows(rows.data, partners, shares)),
  }
}
