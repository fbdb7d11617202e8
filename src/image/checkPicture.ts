import type { Raw } from 'sharp'
import { InvalidArgumentError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { describe, isNdArray } from '../ndarray/ndarray.ts'
import type { Samples } from './channels.ts'

/** What an encoder takes. */
export interface Encodable {
  readonly dtypes: readonly DType[]
  readonly channels: readonly number[]
  /** Pixels a side that the format can say. */
  readonly maxSide: number
}

/** Samples as sharp takes them. */
export interface RawPicture {
  readonly data: Samples
  readonly raw: Raw
  /** The colour space that keeps them as they are. */
  readonly space: 'b-w' | 'grey16' | 'rgb16' | 'srgb'
}

/** Refuses what is no image of the dtypes and channels that an encoder takes. */
export function checkPicture(operation: string, image: unknown, { dtypes, channels, maxSide }: Encodable): RawPicture {
  const wanted = `${dtypes.join(' or ')} [height, width, ${channels.join(', ')}]`
  if (!isNdArray(image) || image.rank !== 3 || !dtypes.includes(image.dtype) || !channels.includes(image.shape[2])) {
    const hint =
      isNdArray(image) && image.dtype.startsWith('float') ? "Use convertImageDtype(image, 'uint8')." : undefined
    throw new InvalidArgumentError(`${operation}: the image must be ${wanted}, got ${describe(image)}.`, { hint })
  }
  const [height, width, depth] = image.shape
  if (Math.min(height, width) === 0 || Math.max(height, width) > maxSide) {
    throw new InvalidArgumentError(`${operation}: a picture of ${width} x ${height} pixels cannot be stored.`, {
      hint: `Its sides are from 1 to ${maxSide}.`,
    })
  }
  const data = image.data as Samples
  const wide = image.dtype === 'uint16'
  const space = depth < 3 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb'
  return { data, raw: { width, height, channels: depth as Raw['channels'] }, space }
}
