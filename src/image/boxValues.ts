import { InvalidArgumentError, messageOf } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import { describe, isNdArray, ndarray, type NdArray } from '../ndarray/ndarray.ts'

/** Boxes [y1, x1, y2, x2], relative to the image: an NdArray whose last axis has 4 numbers, or nested plain arrays. */
export type Boxes = NdArray | readonly (readonly number[])[] | readonly (readonly (readonly number[])[])[]

/**
 * Boxes as float32.
 *
 * @throws InvalidArgumentError for other arrays, and for a number that is not finite
 */
export function boxValues(
  operation: string,
  boxes: Boxes,
): { readonly values: Float32Array; readonly shape: readonly number[] } {
  if (!isNdArray(boxes) && !Array.isArray(boxes)) {
    throw new InvalidArgumentError(`${operation}: boxes must be an NdArray or nested arrays, got ${describe(boxes)}.`)
  }
  const array = isNdArray(boxes) ? boxes : numbersOf(operation, 'boxes', boxes)
  const empty = array.size === 0 && array.rank === 1
  const shape = empty ? [0, 4] : array.shape
  if (shape.length < 2 || shape.length > 3 || shape[shape.length - 1] !== 4) {
    throw new InvalidArgumentError(
      `${operation}: boxes must be [boxes, 4] or [batch, boxes, 4], got ${shapeText(array.shape)}.`,
    )
  }
  const values = Float32Array.from(array.data as Float32Array)
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) {
    throw new InvalidArgumentError(`${operation}: a box holds ${values[wrong]}, which is no place in an image.`)
  }
  return { values, shape }
}

/** Nested plain arrays of numbers as float32; an error names the argument. */
export function numbersOf(operation: string, argument: string, nested: unknown): NdArray<'float32'> {
  try {
    return ndarray(nested, undefined, 'float32')
  } catch (error) {
    throw new InvalidArgumentError(`${operation}: ${argument}: ${messageOf(error)}`, { cause: error })
  }
}
