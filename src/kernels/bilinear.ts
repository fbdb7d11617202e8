/**
 * Bilinear sampling with the kernel. Bytes are copied once into the kernels' memory, unless a decoder puts them there
 * (`kernelInput`, `jpeg.ts`), and floats once out of it.
 */
import { bilinearAreas, bilinearRows, type BilinearRequest } from './bilinearRows.ts'
import { bilinearPlain } from './bilinearPlain.ts'
import { openJpeg, ringRows, type JpegSource } from './jpeg.ts'
import { placeAreas } from './kernelMemory.ts'
import { kernelModule } from './kernelModule.ts'
import type { LinearSampling } from './linearSampling.ts'
import type { Affine, Pixels } from './pixels.ts'

/**
 * Samples an image at `rows` x `columns`, and applies `affine` where it is given.
 *
 * @param source of any dtype; uint8 and float32 go through the kernel
 * @param target takes rows x columns x channels values
 */
export function bilinear(
  source: Pixels,
  rows: LinearSampling,
  columns: LinearSampling,
  affine: Affine | undefined,
  target: Float32Array,
): void {
  if (!withKernel(source, { rows, columns, affine, target })) bilinearPlain(source, rows, columns, affine, target)
}

/**
 * The same of a JPEG, which is resized while it is decoded: its pixels never lie in memory as a whole.
 *
 * @param rows ascending
 * @returns false where the kernels do not load or anything is out of the ordinary; the target is not filled then
 */
export function bilinearOfJpeg(
  source: JpegSource,
  rows: LinearSampling,
  columns: LinearSampling,
  affine: Affine | undefined,
  target: Float32Array,
): boolean {
  const kernels = kernelModule()
  if (kernels === null) return false
  const { width, components: channels } = source.scan
  const request = { rows, columns, affine, target }
  const jpeg = openJpeg(kernels, source, { read: rows, kept: ringRows }, bilinearAreas(request, channels))
  if (jpeg === undefined) return false
  const { place, mask, others } = jpeg
  const image = { place, mask, isFloat: false, rowBytes: width * channels, channels, next: () => jpeg.next() }
  // Rows that are not wanted have to be right as well.
  return bilinearRows(kernels, image, request, others) && jpeg.finish()
}

function withKernel(source: Pixels, request: BilinearRequest): boolean {
  const { data, width, channels } = source
  const isFloat = data instanceof Float32Array
  const kernels = kernelModule()
  if (kernels === null || !(isFloat || data instanceof Uint8Array)) return false
  const [first, last] = rangeOf(request.rows)
  const rowBytes = width * channels * data.BYTES_PER_ELEMENT
  const needed = new Uint8Array(data.buffer, data.byteOffset + first * rowBytes, (last + 1 - first) * rowBytes)
  const places = placeAreas(kernels, needed, bilinearAreas(request, channels))
  if (places === undefined) return false
  const place = places.input - first * rowBytes
  const image = { place, mask: -1, isFloat, rowBytes, channels, next: () => last + 1 }
  return bilinearRows(kernels, image, request, places.others)
}

/** The least and the greatest index that is read. */
function rangeOf({ lower, upper }: LinearSampling): [number, number] {
  let least = lower[0]
  let most = upper[0]
  for (let i = 0; i < lower.length; i++) {
    if (lower[i] < least) least = lower[i]
    if (upper[i] > most) most = upper[i]
  }
  return [least, most]
}
