import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { affine } from '../kernels/affine.ts'
import { checkColours, throughFloat } from './floatImage.ts'
import { checkNumber, type ImageShape } from './imageShape.ts'

const { fround } = Math

/**
 * Moves every value of an image, or of each of a batch, away from the mean of its channel (`tf.image.adjust_contrast`):
 * mean + contrastFactor * (value - mean), kept within the range of a whole-number dtype.
 *
 * @throws InvalidArgumentError for what is no image of numbers, and for a factor that is no finite number
 *
 * @example
 * adjustContrast(ndarray(Float32Array.of(1, 3), [1, 2, 1]), 2) // float32 [[[0], [4]]]
 */
export function adjustContrast<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  contrastFactor: number,
): NdArray<D, R> {
  const shape = checkColours('adjustContrast', image)
  const factor = fround(checkNumber('adjustContrast', 'contrastFactor', contrastFactor))
  const size = shape.height * shape.width * shape.channels
  return throughFloat(image, (values) => {
    for (let b = 0; b < shape.batch; b++) {
      const own = values.subarray(b * size, (b + 1) * size)
      const means = channelMeans(own, shape)
      affine(own, { delta: 0, subtract: means, multiply: means.map(() => factor), add: means }, own)
    }
  })
}

/** The mean of each channel, summed in float32 in TensorFlow's order: the second half onto the first, again and again. */
function channelMeans(values: Float32Array, { height, width, channels }: ImageShape): Float32Array {
  const pixels = height * width
  let sums: Float32Array = values
  let remaining = pixels
  while (remaining > 1) {
    const right = remaining >> 1
    const left = remaining - right
    const folded = sums === values ? values.slice(0, left * channels) : sums
    for (let i = 0; i < right * channels; i++) folded[i] = sums[i] + sums[left * channels + i]
    sums = folded
    remaining = left
  }
  const scale = fround(1 / pixels)
  return Float32Array.from({ length: channels }, (_, c) => sums[c] * scale)
}
