import type { NumericDType } from '../core/spec.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { convertValues } from './convertImageDtype.ts'
import { checkColours, tableOf, throughFloat } from './floatImage.ts'
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
  const bytes: unknown = image.data
  if (bytes instanceof Uint8Array)
    return new NdArray<D, R>(image.dtype, image.shape, ofBytes(bytes, shape, factor) as never)
  return throughFloat(image, true, (values) => {
    for (let b = 0; b < shape.batch; b++) {
      const own = values.subarray(b * size, (b + 1) * size)
      const means = channelMeans(own, shape)
      for (let i = 0, c = 0; i < size; i++) {
        own[i] = means[c] + fround(factor * fround(own[i] - means[c]))
        if (++c === shape.channels) c = 0
      }
    }
  })
}

/** Of bytes there are 256 in a channel: what becomes of each is looked up. */
function ofBytes(bytes: Uint8Array, { batch, ...shape }: ImageShape, factor: number): Uint8Array {
  const { height, width, channels } = shape
  const size = height * width * channels
  const out = new Uint8Array(bytes.length)
  for (let b = 0; b < batch; b++) {
    const own = bytes.subarray(b * size, (b + 1) * size)
    const means = channelMeans(convertValues(own, 'uint8', 'float32', false), { batch: 1, ...shape })
    for (let c = 0; c < channels; c++) {
      const mean = means[c]
      const table = tableOf((values) => {
        for (let i = 0; i < values.length; i++) values[i] = mean + fround(factor * fround(values[i] - mean))
      })
      for (let i = c; i < size; i += channels) out[b * size + i] = table[own[i]]
    }
  }
  return out
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
