import type { PixelData } from '../kernels/pixels.ts'
import { allocateUnset, type TypedDType } from '../ndarray/dtype.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { resultShape, type ImageShape } from './imageShape.ts'

/** The values of an image as numbers; the bigints of int64 too, where they are only copied. */
export function valuesOf(image: NdArray): PixelData {
  return image.data as PixelData
}

/** A new block of the image's dtype; `unset` where each value will be written. */
export function blockLike(image: NdArray, length: number): PixelData {
  return allocateUnset(image.dtype as TypedDType, length) as PixelData
}

/** A copy of the values. (`slice` of a Buffer, which may hold bytes too, would be the same memory.) */
export function copyOfValues(image: NdArray): PixelData {
  const copy = blockLike(image, image.size)
  copy.set(valuesOf(image))
  return copy
}

/**
 * A result of the image's dtype that is made image by image.
 *
 * @param copy writes one image: `from` is where its values begin in `data`, `to` where the result's do in `out`
 */
export function eachImage<D extends TypedDType, R extends number>(
  image: NdArray<D, R>,
  shape: ImageShape,
  [height, width, channels]: readonly [number, number, number],
  copy: (data: PixelData, from: number, out: PixelData, to: number, b: number) => void,
  allocated: (image: NdArray, length: number) => PixelData = blockLike,
): NdArray<D, R> {
  const inSize = shape.height * shape.width * shape.channels
  const outSize = height * width * channels
  const out = allocated(image, shape.batch * outSize)
  for (let b = 0; b < shape.batch; b++) copy(valuesOf(image), b * inSize, out, b * outSize, b)
  return new NdArray<D, R>(image.dtype, resultShape(image, height, width, channels), out as never)
}
