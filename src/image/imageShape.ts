import { wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText, type DType } from '../core/spec.ts'
import { isTyped, type DataOf, type TypedDType } from '../ndarray/dtype.ts'
import { describe, isNdArray, type NdArray } from '../ndarray/ndarray.ts'

/** The sizes of an image; `batch` is 1 where the array holds one without a batch axis. */
export interface ImageShape {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** What an operation takes, beside images and batches of them. */
export interface ImageRule {
  /** The dtypes it takes; each that lies in one block of memory by default. */
  readonly dtypes?: readonly DType[]
  /** The number of channels it takes; any by default. */
  readonly channels?: number
}

/**
 * Refuses what is no image, and gives its sizes.
 *
 * @throws InvalidArgumentError `flipUpDown: image must be [height, width, channels] or a batch of such, got ...`
 */
export function checkImage(operation: string, image: unknown, rule: ImageRule = {}): ImageShape {
  if (!isNdArray(image) || (image.rank !== 3 && image.rank !== 4)) {
    throw new InvalidArgumentError(
      `${operation}: image must be [height, width, channels] or a batch of such, got ${describe(image)}.`,
    )
  }
  const { dtypes, channels: wanted } = rule
  if (dtypes === undefined ? !isTyped(image.dtype) : !dtypes.includes(image.dtype)) {
    const list = dtypes === undefined ? 'numbers' : dtypes.join(', ')
    throw new InvalidArgumentError(`${operation}: image must hold ${list}, got ${image.dtype}.`)
  }
  const [height, width, channels] = image.shape.slice(-3)
  if (wanted !== undefined && channels !== wanted) {
    throw new InvalidArgumentError(
      `${operation}: image must have ${wanted} channel${wanted === 1 ? '' : 's'}, got ${image.dtype} ${shapeText(image.shape)}.`,
    )
  }
  return { batch: image.rank === 4 ? image.shape[0] : 1, height, width, channels }
}

/** Refuses images without pixels or channels, which have nothing to compute from. */
export function checkNotEmpty(operation: string, image: NdArray, { height, width, channels }: ImageShape): void {
  if (height > 0 && width > 0 && channels > 0) return
  throw new InvalidArgumentError(`${operation}: image holds no pixels: ${image.dtype} ${shapeText(image.shape)}.`)
}

/** The shape of a result of other sizes: a batch where the input was one. */
export function resultShape(image: NdArray, height: number, width: number, channels: number): number[] {
  return image.rank === 4 ? [image.shape[0], height, width, channels] : [height, width, channels]
}

/** The array that a result is written to: the caller's, once it is checked, or a new one. */
export function outputArray<D extends TypedDType>(
  operation: string,
  out: unknown,
  dtype: D,
  length: number,
  make: (dtype: D, length: number) => DataOf[D],
): DataOf[D] {
  if (out === undefined) return make(dtype, length)
  const made = make(dtype, 0)
  if (ArrayBuffer.isView(out) && out.constructor === made.constructor && (out as DataOf[D]).length === length) {
    return out as DataOf[D]
  }
  const got = ArrayBuffer.isView(out) ? `${describe(out)} of ${(out as Uint8Array).length}` : describe(out)
  throw new InvalidArgumentError(`${operation}: out must be a ${made.constructor.name} of ${length}, got ${got}.`)
}

/** Refuses a size that is not a height and a width. */
export function checkSize(operation: string, size: unknown): readonly [number, number] {
  const right =
    Array.isArray(size) && size.length === 2 && size.every((side) => Number.isSafeInteger(side) && side >= 1)
  if (right) return size as unknown as readonly [number, number]
  const shown = Array.isArray(size) ? `[${size.join(', ')}]` : describe(size)
  throw new InvalidArgumentError(
    `${operation}: size must be [height, width], whole numbers of at least 1, got ${shown}.`,
  )
}

/** Refuses anything but a finite number, in a range where one is given. */
export function checkNumber(
  operation: string,
  argument: string,
  value: unknown,
  wanted = 'a number',
  min = -Infinity,
): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= min) return value
  throw wrongArgument(operation, argument, wanted, value)
}
