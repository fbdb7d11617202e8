import { checkBoolean, checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { areaSampling } from '../kernels/areaSampling.ts'
import { bilinear } from '../kernels/bilinear.ts'
import { filters } from '../kernels/filters.ts'
import { linearSampling } from '../kernels/linearSampling.ts'
import type { PixelData, Pixels } from '../kernels/pixels.ts'
import { area, weighted } from '../kernels/weighted.ts'
import { cubicSampling, filteredSampling, roundHalfToEven, type WeightedSampling } from '../kernels/weightedSampling.ts'
import { allocateUnset, type DataOf, type TypedDType } from '../ndarray/dtype.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { checkImage, checkNotEmpty, checkSize, outputArray, resultShape, type ImageShape } from './imageShape.ts'
import { resizeNearest } from './resizeNearest.ts'

const methods = ['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'] as const

/** How values between pixels are computed (`tf.image.ResizeMethod`); 0 to 3 stand for the first four, as in TensorFlow 1. */
export type ResizeMethod = (typeof methods)[number] | 0 | 1 | 2 | 3

/** Options of `resize`. */
export interface ResizeOptions<M extends ResizeMethod = ResizeMethod, D extends TypedDType = TypedDType> {
  /** `bilinear` by default. */
  readonly method?: M
  /** Whether a filter is widened when the result is smaller, so that it takes in every pixel; false by default. */
  readonly antialias?: boolean
  /** Whether `size` is a frame that the result fits into, keeping its proportions; false by default. */
  readonly preserveAspectRatio?: boolean
  /** Takes the values of the result, which is then made over it; a new array by default. */
  readonly out?: DataOf[Resized<D, M>]
}

/** The dtype after resizing: float32, but for `nearest`, which takes whole pixels. */
export type Resized<D extends TypedDType, M extends ResizeMethod> = M extends 'nearest' | 1 ? D : 'float32'

/** The dtypes whose values can be mixed. */
export const resizableDTypes = ['float32', 'float64', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'] as const

/**
 * Resizes an image, or each of a batch (`tf.image.resize`): float32, also where the size stays, unless the method is
 * `nearest`.
 *
 * @param image [height, width, channels] or [batch, height, width, channels], of numbers; of any dtype for `nearest`
 * @param size [height, width]
 * @throws InvalidArgumentError for an argument that is none of these, and for an image without pixels
 *
 * @example
 * resize(ndarray(Uint8Array.of(0, 100, 200), [1, 3, 1]), [1, 2]) // float32 [[[25], [175]]]
 */
export function resize<D extends TypedDType, R extends number, const M extends ResizeMethod = 'bilinear'>(
  image: NdArray<D, R>,
  size: readonly [number, number],
  options: ResizeOptions<M, D> = {},
): NdArray<Resized<D, M>, R> {
  checkOptions('resize', options, ['method', 'antialias', 'preserveAspectRatio', 'out'])
  const { antialias = false, preserveAspectRatio = false, out } = options
  checkBoolean('resize', 'antialias', antialias)
  checkBoolean('resize', 'preserveAspectRatio', preserveAspectRatio)
  const method = resizeMethod('resize', options.method)
  const shape = checkImage('resize', image, method === 'nearest' ? {} : { dtypes: resizableDTypes })
  checkNotEmpty('resize', image, shape)
  const frame = checkSize('resize', size)
  const [height, width] = preserveAspectRatio ? fitted(shape, frame) : frame
  return resizeChecked('resize', image, shape, [height, width], method, antialias, out) as NdArray<Resized<D, M>, R>
}

/** The name of a method, which may be given by number. */
export function resizeMethod(operation: string, method: unknown = 'bilinear'): (typeof methods)[number] {
  const name = typeof method === 'number' && method < 4 ? methods[method] : method
  if (methods.includes(name as never)) return name as (typeof methods)[number]
  throw new InvalidArgumentError(`${operation}: there is no method ${String(method)}.`, {
    hint: `It is one of ${methods.join(', ')}.`,
  })
}

/** Resizes after all checks. */
export function resizeChecked(
  operation: string,
  image: NdArray,
  { batch, height, width, channels }: ImageShape,
  [outHeight, outWidth]: readonly [number, number],
  method: (typeof methods)[number],
  antialias: boolean,
  out?: unknown,
): NdArray {
  const dtype = method === 'nearest' ? (image.dtype as TypedDType) : 'float32'
  const outSize = outHeight * outWidth * channels
  const target = outputArray(operation, out, dtype, batch * outSize, allocateUnset)
  const inSize = height * width * channels
  const resizeOne =
    method === 'nearest' ? undefined : resizerOf(method, antialias, [height, width], [outHeight, outWidth])
  for (let b = 0; b < batch; b++) {
    const data = (image.data as PixelData).subarray(b * inSize, (b + 1) * inSize)
    const into = (target as Float32Array).subarray(b * outSize, (b + 1) * outSize)
    const source = { data, height, width, channels }
    if (resizeOne === undefined) resizeNearest(source, outHeight, outWidth, into)
    else resizeOne(source, into)
  }
  return new NdArray(dtype, resultShape(image, outHeight, outWidth, channels), target)
}

type Resizer = (source: Pixels, target: Float32Array) => void

/** Resizes one image; what the sizes decide is computed once for a batch. */
function resizerOf(
  method: Exclude<(typeof methods)[number], 'nearest'>,
  antialias: boolean,
  [height, width]: readonly [number, number],
  [outHeight, outWidth]: readonly [number, number],
): Resizer {
  if (method === 'area') {
    const rows = areaSampling(outHeight, height)
    const columns = areaSampling(outWidth, width)
    return (source, target) => area(source, rows, columns, target)
  }
  if (method === 'bilinear' && !antialias) {
    const rows = linearSampling(outHeight, height)
    const columns = linearSampling(outWidth, width)
    return (source, target) => bilinear(source, rows, columns, undefined, target)
  }
  const sampling = (outSize: number, inSize: number): WeightedSampling =>
    method === 'bicubic' && !antialias
      ? cubicSampling(outSize, inSize)
      : filteredSampling(outSize, inSize, filters[filterNames[method] ?? method], antialias)
  const rows = sampling(outHeight, height)
  const columns = sampling(outWidth, width)
  return (source, target) => weighted(source, rows, columns, target)
}

/** The filters of the methods that are not called after theirs. */
const filterNames: Readonly<Record<string, string>> = { bilinear: 'triangle', bicubic: 'keyscubic' }

const { fround, min } = Math

/** The largest size within a frame that keeps the proportions, in TensorFlow's float32. */
function fitted({ height, width }: ImageShape, [frameHeight, frameWidth]: readonly [number, number]): [number, number] {
  const scale = min(fround(frameHeight / height), fround(frameWidth / width))
  const size: [number, number] = [roundHalfToEven(fround(scale * height)), roundHalfToEven(fround(scale * width))]
  if (size[0] > 0 && size[1] > 0) return size
  throw new InvalidArgumentError(
    `resize: an image of ${height} x ${width} pixels fitted into [${frameHeight}, ${frameWidth}] would have none left.`,
  )
}
