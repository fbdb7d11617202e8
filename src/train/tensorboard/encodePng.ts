import { InvalidArgumentError } from '../../core/errors.ts'
import { shapeText } from '../../core/spec.ts'
import { encodePlainPng } from '../../image/encodePlainPng.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { EncodedImage } from './event.ts'

/**
 * A picture as PNG, for TensorBoard.
 *
 * @param picture [height, width, 1, 3 or 4] (or [height, width]): uint8 from 0 to 255, or float from 0 to 1
 * @throws InvalidArgumentError where it has another shape or dtype
 */
export function encodePng({ dtype, shape, data }: NdArray): EncodedImage {
  const [height, width, channels = 1] = shape
  const float = dtype === 'float32' || dtype === 'float64'
  if (shape.length < 2 || shape.length > 3 || ![1, 3, 4].includes(channels) || (!float && dtype !== 'uint8')) {
    throw new InvalidArgumentError(`tensorBoard: a picture is ${dtype} ${shapeText(shape)}.`, {
      hint: 'It has to be [height, width, 1, 3 or 4], uint8, or float from 0 to 1.',
    })
  }
  const bytes = float ? Uint8Array.from(data as Float32Array, (value) => Math.round(255 * clamp(value))) : data
  return { width, height, channels, png: encodePlainPng(bytes as Uint8Array, { width, height, channels }) }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}
