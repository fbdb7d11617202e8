import type { NumericDType } from '../core/spec.ts'
import { affine } from '../kernels/affine.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { checkColours } from './floatImage.ts'
import { checkNotEmpty } from './imageShape.ts'
import { valuesOf } from './values.ts'

const { fround, max, sqrt } = Math

const zero = Float32Array.of(0)

/**
 * Brings an image, or each of a batch, to mean 0 and variance 1 (`tf.image.per_image_standardization`): (value - mean) /
 * max(deviation, 1 / sqrt(number of values)). Values are taken as they are: bytes are not scaled to 0..1.
 *
 * @returns float32
 * @throws InvalidArgumentError for what is no image of numbers, or holds none
 *
 * @example
 * perImageStandardization(ndarray(Uint8Array.of(1, 3), [1, 2, 1])) // float32 [[[-1], [1]]]
 */
export function perImageStandardization<R extends number>(image: NdArray<NumericDType, R>): NdArray<'float32', R> {
  const shape = checkColours('perImageStandardization', image)
  checkNotEmpty('perImageStandardization', image, shape)
  const size = shape.height * shape.width * shape.channels
  const out = new Float32Array(valuesOf(image))
  for (let b = 0; b < shape.batch; b++) {
    const values = out.subarray(b * size, (b + 1) * size)
    let sum = 0
    for (let i = 0; i < size; i++) sum += values[i]
    const mean = fround(sum / size)
    let squares = 0
    for (let i = 0; i < size; i++) squares += (values[i] - mean) * (values[i] - mean)
    const deviation = max(fround(sqrt(squares / size)), fround(1 / sqrt(size)))
    const own = { delta: 0, subtract: Float32Array.of(mean), multiply: Float32Array.of(1 / deviation), add: zero }
    affine(values, own, values)
  }
  return new NdArray<'float32', R>('float32', image.shape, out)
}
