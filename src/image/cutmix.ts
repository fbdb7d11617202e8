import { checkOptions } from '../core/checks.ts'
import type { Rng } from '../core/random.ts'
import type { NumericDType } from '../core/spec.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { symmetricBeta } from './beta.ts'
import { checkRng } from './checkRng.ts'
import { copyRows } from './crop.ts'
import { around } from './cutout.ts'
import {
  checkAlpha,
  checkBatch,
  labelRows,
  mixRows,
  randomPartners,
  type MixedBatch,
  type MixOptions,
} from './mixedLabels.ts'
import { copyOfValues, valuesOf } from './values.ts'

const { floor, sqrt } = Math

/**
 * Replaces a rectangle of each image of a batch by that of another one of it (Yun et al., "CutMix", 2019), and mixes the
 * labels by the areas. The rectangle has the image's proportions, 1 - share of its area with a share from Beta(alpha,
 * alpha), and any pixel as its centre; what lies outside is left out.
 *
 * @param labels class numbers [batch], or shares [batch, classes]
 * @returns images of the same dtype, and float32 labels
 * @throws InvalidArgumentError for what is no batch of images of numbers, and for labels that do not fit
 *
 * @example
 * const images = ndarray(Uint8Array.of(1, 1), [2, 1, 1, 1])
 * cutmix(images, ndarray([0, 1]), new Rng({ a: 1, b: 0 }), { numClasses: 2 }).images // uint8 [[[[1]]], [[[1]]]]
 */
export function cutmix<D extends NumericDType>(
  images: NdArray<D>,
  labels: NdArray,
  rng: Rng,
  options: MixOptions = {},
): MixedBatch<D> {
  checkOptions('cutmix', options, ['alpha', 'numClasses'])
  const { batch, height, width, channels } = checkBatch('cutmix', images)
  const rows = labelRows('cutmix', labels, batch, options.numClasses)
  const alpha = checkAlpha('cutmix', options.alpha ?? 1)
  checkRng('cutmix', rng)
  const partners = randomPartners(rng, batch)
  const shares = new Float32Array(batch).fill(1)
  const data = valuesOf(images)
  const out = copyOfValues(images)
  const row = width * channels
  partners.forEach((partner, i) => {
    if (height === 0 || width === 0) return
    const side = sqrt(1 - symmetricBeta(rng, alpha))
    const [top, bottom] = around(rng.integer(height), floor(side * height), height)
    const [left, right] = around(rng.integer(width), floor(side * width), width)
    const inner = top * row + left * channels
    const length = (right - left) * channels
    copyRows(data, partner * height * row + inner, row, out, i * height * row + inner, row, bottom - top, length)
    shares[i] = 1 - ((bottom - top) * (right - left)) / (height * width)
  })
  return {
    images: new NdArray<D, 4>(images.dtype, images.shape, out as never),
    labels: new NdArray<'float32', 2>('float32', rows.shape, mixRows(rows.data, partners, shares)),
  }
}
