import { checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import { bilinear } from '../kernels/bilinear.ts'
import type { LinearSampling } from '../kernels/linearSampling.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import { describe, NdArray } from '../ndarray/ndarray.ts'
import { boxValues, type Boxes } from './boxValues.ts'
import { checkImage, checkNotEmpty, checkNumber, checkSize } from './imageShape.ts'
import { resizableDTypes } from './resize.ts'
import { valuesOf } from './values.ts'

/** Options of `cropAndResize`. */
export interface CropAndResizeOptions {
  /** `bilinear` by default. */
  readonly method?: 'bilinear' | 'nearest'
  /** What lies outside the images; 0 by default. */
  readonly extrapolationValue?: number
}

const { ceil, floor, fround } = Math

/**
 * Cuts boxes out of the images of a batch and resizes each to one size (`tf.image.crop_and_resize`). The corners of a box
 * are the centres of the result's corner pixels. A box may be turned (y1 > y2 flips it) and may reach outside.
 *
 * @param image [batch, height, width, channels] of numbers
 * @param boxes n rows of [y1, x1, y2, x2], where 0 and 1 are the first and the last pixel of the image
 * @param boxIndices for each box the number of its image
 * @param cropSize [height, width]
 * @returns float32 [n, height, width, channels]
 * @throws InvalidArgumentError for an argument that is none of these
 *
 * @example
 * cropAndResize(ndarray(Uint8Array.of(1, 2, 3), [1, 1, 3, 1]), [[0, 0, 0, 0.5]], [0], [1, 2]) // float32 [[[[1], [2]]]]
 */
export function cropAndResize<D extends TypedDType>(
  image: NdArray<D>,
  boxes: Boxes,
  boxIndices: ArrayLike<number>,
  cropSize: readonly [number, number],
  options: CropAndResizeOptions = {},
): NdArray<'float32', 4> {
  const operation = 'cropAndResize'
  checkOptions(operation, options, ['method', 'extrapolationValue'])
  const { method = 'bilinear', extrapolationValue = 0 } = options
  if (!['bilinear', 'nearest'].includes(method)) {
    throw new InvalidArgumentError(`${operation}: there is no method ${method}.`, {
      hint: 'It is one of bilinear, nearest.',
    })
  }
  checkNumber(operation, 'extrapolationValue', extrapolationValue)
  const shape = checkImage(operation, image, { dtypes: resizableDTypes })
  if (image.rank !== 4) {
    throw new InvalidArgumentError(`${operation}: image must be a batch of images, got ${describe(image)}.`)
  }
  checkNotEmpty(operation, image, shape)
  const { values, shape: boxShape } = boxValues(operation, boxes)
  if (boxShape.length !== 2) {
    throw new InvalidArgumentError(`${operation}: boxes must be [boxes, 4], got ${shapeText(boxShape)}.`)
  }
  const count = boxShape[0]
  checkIndices(operation, boxIndices, count, shape.batch)
  const [outHeight, outWidth] = checkSize(operation, cropSize)
  const { height, width, channels } = shape
  const inSize = height * width * channels
  const outSize = outHeight * outWidth * channels
  const out = new Float32Array(count * outSize).fill(extrapolationValue)
  for (let i = 0; i < count; i++) {
    const [y1, x1, y2, x2] = values.subarray(4 * i, 4 * i + 4)
    const rows = boxSampling(outHeight, height, y1, y2, method)
    const columns = boxSampling(outWidth, width, x1, x2, method)
    const [insideHeight, insideWidth] = [rows.lerp.length, columns.lerp.length]
    if (insideHeight === 0 || insideWidth === 0) continue
    const from = boxIndices[i] * inSize
    const data = valuesOf(image).subarray(from, from + inSize)
    const inside = new Float32Array(insideHeight * insideWidth * channels)
    bilinear({ data, height, width, channels }, rows, columns, undefined, inside)
    const row = insideWidth * channels
    for (let y = 0; y < insideHeight; y++) {
      const to = i * outSize + ((rows.first + y) * outWidth + columns.first) * channels
      out.set(inside.subarray(y * row, (y + 1) * row), to)
    }
  }
  return new NdArray('float32', [count, outHeight, outWidth, channels], out)
}

/** The sampling of the places within the image, which are one run; `first` is the result's index of its start. */
function boxSampling(
  outSize: number,
  inSize: number,
  from: number,
  to: number,
  method: 'bilinear' | 'nearest',
): LinearSampling & { readonly first: number } {
  const last = inSize - 1
  const scale = outSize > 1 ? fround(fround(fround(to - from) * last) / (outSize - 1)) : 0
  const start = fround(from * last)
  const places = Array.from({ length: outSize }, (_, i) =>
    outSize > 1 ? fround(start + fround(i * scale)) : fround(0.5 * fround(from + to) * last),
  )
  const isInside = (at: number): boolean => at >= 0 && at <= last
  const inside = places.filter(isInside)
  const whole = inside.map((at) => (method === 'nearest' ? floor(at + 0.5) : at))
  return {
    first: places.findIndex(isInside),
    lower: Int32Array.from(whole, floor),
    upper: Int32Array.from(whole, ceil),
    lerp: Float32Array.from(whole, (at) => at - floor(at)),
  }
}

function checkIndices(operation: string, indices: unknown, count: number, batch: number): void {
  const list = indices as ArrayLike<unknown> | null
  if (typeof list !== 'object' || list?.length !== count) {
    throw new InvalidArgumentError(
      `${operation}: boxIndices must be ${count} numbers, one a box, got ${Array.isArray(list) ? list.length : describe(indices)}.`,
    )
  }
  for (let i = 0; i < count; i++) {
    const index = list[i]
    if (Number.isSafeInteger(index) && (index as number) >= 0 && (index as number) < batch) continue
    throw new InvalidArgumentError(
      `${operation}: boxIndices[${i}] must be the number of an image, 0 to ${batch - 1}, got ${String(index)}.`,
    )
  }
}
