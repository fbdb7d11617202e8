import { checkCount } from '../core/checks.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkImage } from './imageShape.ts'
import { eachImage } from './values.ts'

/**
 * Swaps the rows and columns of an image, or of each of a batch (`tf.image.transpose`).
 *
 * @throws InvalidArgumentError for what is no image
 *
 * @example
 * transpose(ndarray(Uint8Array.of(1, 2, 3, 4), [2, 2, 1])) // uint8 [[[1], [3]], [[2], [4]]]
 */
export function transpose<D extends TypedDType, R extends number>(image: NdArray<D, R>): NdArray<D, R> {
  // One step to the right goes a row down, one step down a column to the right.
  return gather('transpose', image, true, (_height, width) => ({ first: 0, down: 1, right: width }))
}

/**
 * Turns an image, or each of a batch, counter-clockwise by 90 degrees `k` times (`tf.image.rot90`).
 *
 * @param k any whole number; a negative one turns clockwise
 * @throws InvalidArgumentError for what is no image, and for a `k` that is not whole
 *
 * @example
 * rot90(ndarray(Uint8Array.of(1, 2, 3, 4), [2, 2, 1])) // uint8 [[[2], [4]], [[1], [3]]]
 */
export function rot90<D extends TypedDType, R extends number>(image: NdArray<D, R>, k = 1): NdArray<D, R> {
  checkCount('rot90', 'k', k, { min: -Infinity })
  const turns = ((k % 4) + 4) % 4
  return gather('rot90', image, turns % 2 === 1, (height, width) => {
    if (turns === 1) return { first: width - 1, down: -1, right: width }
    if (turns === 2) return { first: height * width - 1, down: -width, right: -1 }
    if (turns === 3) return { first: (height - 1) * width, down: 1, right: -width }
    return { first: 0, down: width, right: 1 }
  })
}

/** Where the pixels of the result lie in the source, in pixels: the first one, and the steps to the next ones. */
interface Path {
  readonly first: number
  readonly down: number
  readonly right: number
}

function gather<D extends TypedDType, R extends number>(
  operation: string,
  image: NdArray<D, R>,
  swapped: boolean,
  pathOf: (height: number, width: number) => Path,
): NdArray<D, R> {
  const shape = checkImage(operation, image)
  const { height, width, channels } = shape
  const { first, down, right } = pathOf(height, width)
  const [outHeight, outWidth] = swapped ? [width, height] : [height, width]
  return eachImage(image, shape, [outHeight, outWidth, channels], (data, from, out, to) => {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const at = from + (first + y * down + x * right) * channels
        for (let c = 0; c < channels; c++) out[to++] = data[at + c]
      }
    }
  })
}
