import { checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { NumericDType } from '../core/spec.ts'
import { affine } from '../kernels/affine.ts'
import type { Affine } from '../kernels/pixels.ts'
import { allocateUnset, integerRange } from '../ndarray/dtype.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { checkColours } from './floatImage.ts'
import { outputArray } from './imageShape.ts'
import { valuesOf } from './values.ts'

type Pair = readonly [number, number]

/** What `normalize` brings values to: a range, or mean 0 and deviation 1. */
export type Normalization =
  | Pair
  | {
      /** The least and the greatest value of the result. */
      readonly range: Pair
      /** The values that become these: 0 and the greatest of a whole-number dtype by default, needed for floats. */
      readonly from?: Pair
    }
  | {
      /** The mean that becomes 0: one number, or one a channel. */
      readonly mean: number | readonly number[]
      /** The deviation that becomes 1, likewise. */
      readonly std: number | readonly number[]
      /** Where `mean` and `std` are of values on a scale from 0 to 1: the values that are 0 and 1 there. */
      readonly from?: Pair
    }

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** Takes the values of the result, which is then made over it; a new array by default. */
  readonly out?: Float32Array
}

/**
 * Shifts and scales the values of an image or batch, in float32: to a range, as Keras' `Rescaling` (value * scale +
 * offset), or by mean and deviation, as torchvision's `Normalize`: (value - mean) * (1 / std).
 *
 * @param to `[-1, 1]`, short for `{ range: [-1, 1] }`; or `{ mean, std }`
 * @throws InvalidArgumentError for what is no image of numbers, and for numbers that do not fit it
 *
 * @example
 * normalize(ndarray(Uint8Array.of(0, 255), [1, 2, 1]), [-1, 1]) // float32 [[[-1], [1]]]
 */
export function normalize<R extends number>(
  image: NdArray<NumericDType, R>,
  to: Normalization,
  options: NormalizeOptions = {},
): NdArray<'float32', R> {
  checkOptions('normalize', options, ['out'])
  const shape = checkColours('normalize', image)
  const numbers = affineOf('normalize', to, image.dtype, shape.channels)
  const out = outputArray('normalize', options.out, 'float32', image.size, allocateUnset)
  affine(valuesOf(image), numbers, out)
  return new NdArray<'float32', R>('float32', image.shape, out)
}

/** The numbers of a normalization, for each channel. */
export function affineOf(operation: string, to: Normalization, dtype: NumericDType, channels: number): Affine {
  const options = isPair(to) ? { range: to } : to
  checkOptions(operation, options, ['range', 'mean', 'std', 'from'])
  const each = (value: number): Float32Array => new Float32Array(channels).fill(value)
  if ('range' in options) {
    const [low, high] = checkPair(operation, 'range', options.range)
    const [least, most] = fromOf(operation, options.from, dtype)
    return { delta: 0, subtract: each(least), multiply: each((high - low) / (most - least)), add: each(low) }
  }
  const [least, most] = options.from === undefined ? [0, 1] : fromOf(operation, options.from, dtype)
  const mean = perChannel(operation, 'mean', options.mean, channels)
  const std = perChannel(operation, 'std', options.std, channels)
  if (std.includes(0)) throw new InvalidArgumentError(`${operation}: std must not hold 0.`)
  return {
    delta: 0,
    subtract: Float32Array.from(mean, (value) => least + value * (most - least)),
    multiply: Float32Array.from(std, (value) => 1 / (value * (most - least))),
    add: each(0),
  }
}

function fromOf(operation: string, from: Pair | undefined, dtype: NumericDType): Pair {
  if (from !== undefined) {
    const pair = checkPair(operation, 'from', from)
    if (pair[0] === pair[1]) throw new InvalidArgumentError(`${operation}: from must hold two different numbers.`)
    return pair
  }
  const range = integerRange[dtype]
  if (range !== undefined) return [0, range[1]]
  throw new InvalidArgumentError(`${operation}: from must be given for an image of ${dtype}.`, {
    hint: 'Say which values become the range: { range: [-1, 1], from: [0, 255] }.',
  })
}

function isNumbers(value: unknown, length: number): value is readonly number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite)
}

function isPair(value: unknown): value is Pair {
  return Array.isArray(value)
}

function checkPair(operation: string, argument: string, pair: unknown): Pair {
  if (isNumbers(pair, 2)) return pair as unknown as Pair
  throw new InvalidArgumentError(`${operation}: ${argument} must be two numbers, got ${shown(pair)}.`)
}

function perChannel(operation: string, argument: string, given: unknown, channels: number): readonly number[] {
  const one = typeof given === 'number' ? [given] : given
  if (isNumbers(one, 1)) return new Array<number>(channels).fill(one[0])
  if (isNumbers(one, channels)) return one
  throw new InvalidArgumentError(
    `${operation}: ${argument} must be a number, or ${channels}, one a channel, got ${shown(given)}.`,
  )
}

function shown(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
}
