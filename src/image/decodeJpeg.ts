import { checkOptions, wrongArgument } from '../core/checks.ts'
import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkChannels, cmykToRgb, convertChannels } from './channels.ts'
import { bilinear, bilinearOfJpeg } from '../kernels/bilinear.ts'
import { decodeBaseline, type JpegScan } from '../kernels/jpeg.ts'
import { kernelInput } from '../kernels/kernelMemory.ts'
import type { Sample } from './cropResizeNormalize.ts'
import { imageFormat } from './imageFormat.ts'
import { checkBytes, checkLimits, checkPixels, limitNames, type ImageLimits } from './imageLimits.ts'
import { decodedImage } from './decodedImage.ts'
import { hasJpegEnd, jpegHeader, type JpegHeader } from './jpegHeader.ts'
import { jpegScan } from './jpegScan.ts'
import { turboBinding, type TurboBinding } from './turboBinding.ts'
import { decodeTurboWasm } from './turboWasm.ts'

/** Options of `decodeJpeg`. */
export interface DecodeJpegOptions extends ImageLimits {
  /** 0 as in the file (CMYK becomes colour), 1 gray, 3 colour; 0 by default. */
  readonly channels?: 0 | 1 | 3
  /** Divides both sides by 1, 2, 4 or 8, rounding up, which is faster than decoding all; 1 by default. */
  readonly ratio?: 1 | 2 | 4 | 8
  /** The inverse DCT: the fast one, up to 6 levels off, by default as in TensorFlow; or the exact one. */
  readonly dctMethod?: 'INTEGER_FAST' | 'INTEGER_ACCURATE'
  /** Memory for the pixels, used from its start; new memory by default. */
  readonly out?: Uint8Array
}

/**
 * Decodes a JPEG (`tf.io.decode_jpeg`), to the same pixels as TensorFlow.
 *
 * In: the bytes of a file, which must not change before the promise settles. Out: uint8 [height, width, channels]. EXIF
 * orientation is left alone, as in TensorFlow. With the native binding, the fast DCT and a ratio of 1 it runs on Node's
 * thread pool, so that several calls overlap; else in this thread.
 *
 * @example
 * const image = await decodeJpeg(await readFile('rose.jpg'), { channels: 3 })
 * // A quarter of each side, for a third of the time.
 * const small = await decodeJpeg(bytes, { ratio: 4 })
 * @throws InvalidArgumentError where the bytes are no JPEG, DataLossError where they are damaged or cut short,
 *   ResourceExhaustedError where it has more pixels or bytes than the limits
 */
export async function decodeJpeg(bytes: Uint8Array, options: DecodeJpegOptions = {}): Promise<NdArray<'uint8', 3>> {
  return await decodeJpegAs('decodeJpeg', bytes, options)
}

/** The same for another operation, which its errors name. */
export async function decodeJpegAs(
  operation: string,
  bytes: Uint8Array,
  options: DecodeJpegOptions,
): Promise<NdArray<'uint8', 3>> {
  const { header, request, image } = prepare(operation, bytes, options)
  const binding = bindingFor(header, request)
  if (binding !== undefined) {
    const format = request.channels === 1 ? binding.FORMAT_GRAY : binding.FORMAT_RGB
    try {
      await binding.decompress(asBuffer(bytes), asBuffer(image.data), { format })
      return image
    } catch {
      // It also fails where libjpeg only warned: the slow way tells these apart.
    }
  }
  decodeSlowly(bytes, header, request, image.data)
  return image
}

/** As `decodeJpeg`, at once and in this thread: for code that runs in a worker. */
export function decodeJpegSync(bytes: Uint8Array, options: DecodeJpegOptions = {}): NdArray<'uint8', 3> {
  const { header, request, image } = prepare('decodeJpegSync', bytes, options)
  decodeJpegInto(bytes, header, request, image.data)
  return image
}

function prepare(
  operation: string,
  bytes: Uint8Array,
  options: DecodeJpegOptions,
): { readonly header: JpegHeader; readonly request: JpegRequest; readonly image: NdArray<'uint8', 3> } {
  checkOptions(operation, options, ['channels', 'ratio', 'dctMethod', 'out', ...limitNames])
  const wanted = checkChannels(operation, options.channels ?? 0, [0, 1, 3])
  const ratio = options.ratio ?? 1
  if (![1, 2, 4, 8].includes(ratio)) throw wrongArgument(operation, 'ratio', '1, 2, 4 or 8', ratio)
  const accurate = isAccurate(operation, options.dctMethod)
  checkLimits(operation, options)
  const header = readJpegHeader(operation, bytes, options)
  const channels = wanted === 0 ? Math.min(header.components, 3) : wanted
  const size = { width: Math.ceil(header.width / ratio), height: Math.ceil(header.height / ratio) }
  const image = decodedImage(operation, size, channels, options.out)
  return { header, request: { operation, ratio, ...size, channels, accurate }, image }
}

/** What is to come out of a JPEG. */
export interface JpegRequest {
  /** Begins the messages of errors. */
  readonly operation: string
  readonly ratio: 1 | 2 | 4 | 8
  /** The sides of the header, divided by the ratio and rounded up. */
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly accurate: boolean
}

/** Whether the name of a DCT is the exact one's. */
export function isAccurate(operation: string, dctMethod: DecodeJpegOptions['dctMethod']): boolean {
  const name: string = dctMethod ?? 'INTEGER_FAST'
  if (name === 'INTEGER_FAST' || name === 'INTEGER_ACCURATE') return name === 'INTEGER_ACCURATE'
  throw wrongArgument(operation, 'dctMethod', '"INTEGER_FAST" or "INTEGER_ACCURATE"', name)
}

/** The header of a JPEG that can be decoded, within the limits. */
export function readJpegHeader(operation: string, bytes: Uint8Array, limits: ImageLimits): JpegHeader {
  checkBytes(operation, bytes, limits)
  if (imageFormat(bytes) !== 'jpeg') {
    const format = imageFormat(bytes)
    throw new InvalidArgumentError(
      `${operation}: the bytes are no JPEG${format === undefined ? '' : `, but ${format}`}.`,
      {
        hint: format === undefined ? 'Is it a picture at all?' : 'Use decodeImage, which takes any format.',
      },
    )
  }
  const header = jpegHeader(bytes)
  if (header === undefined) throw cutShort(operation)
  const { precision, components, width, height } = header
  if (width === 0 || height === 0) {
    throw new DataLossError(`${operation}: the JPEG says that it has ${width} x ${height} pixels.`)
  }
  if (precision !== 8 || ![1, 3, 4].includes(components)) {
    throw new InvalidArgumentError(`${operation}: JPEGs of ${components} times ${precision} bits cannot be decoded.`, {
      hint: 'It takes gray, colour and CMYK of 8 bits.',
    })
  }
  checkPixels(operation, header, limits)
  return header
}

/**
 * Decodes and samples a JPEG (`bilinear`). Common ones are sampled while they are decoded; the pixels of others lie where
 * the kernel reads them.
 *
 * @param rows ascending
 */
export function sampleJpeg(
  bytes: Uint8Array,
  header: JpegHeader,
  request: JpegRequest,
  ...[rows, columns, numbers, out]: Parameters<Sample>
): void {
  const { width, height, channels, accurate } = request
  const scan = kernelScan(bytes, header, request)
  if (scan !== undefined && bilinearOfJpeg({ bytes, scan, accurate }, rows, columns, numbers, out)) return
  let data = kernelInput(width * height * channels)
  if (!decodeNatively(bytes, header, request, data)) {
    // In memory of its own: that of the kernels may be needed for it.
    data = new Uint8Array(data.length)
    decodeSlowly(bytes, header, request, data)
  }
  bilinear({ data, height, width, channels }, rows, columns, numbers, out)
}

/** What the kernels need to decode a common JPEG; undefined where they leave it to libjpeg-turbo. */
function kernelScan(bytes: Uint8Array, header: JpegHeader, request: JpegRequest): JpegScan | undefined {
  return request.ratio === 1 && header.components === request.channels ? jpegScan(bytes) : undefined
}

/** Decodes into memory of `width * height * channels` bytes. */
export function decodeJpegInto(bytes: Uint8Array, header: JpegHeader, request: JpegRequest, out: Uint8Array): void {
  if (!decodeNatively(bytes, header, request, out)) decodeSlowly(bytes, header, request, out)
}

/** The same with the binding; false where it is not there or cannot. */
function decodeNatively(bytes: Uint8Array, header: JpegHeader, request: JpegRequest, out: Uint8Array): boolean {
  const binding = bindingFor(header, request)
  if (binding === undefined) return false
  const format = request.channels === 1 ? binding.FORMAT_GRAY : binding.FORMAT_RGB
  try {
    binding.decompressSync(asBuffer(bytes), asBuffer(out), { format })
    return true
  } catch {
    // It also throws where libjpeg only warned: the slow way tells these apart.
    return false
  }
}

/** The binding, where it is there and can do what is asked. */
function bindingFor(header: JpegHeader, { ratio, accurate }: JpegRequest): TurboBinding | undefined {
  return ratio === 1 && !accurate && header.components !== 4 ? turboBinding() : undefined
}

/** Decodes whatever TensorFlow would. */
function decodeSlowly(bytes: Uint8Array, header: JpegHeader, request: JpegRequest, out: Uint8Array): void {
  const scan = kernelScan(bytes, header, request)
  const pixels = scan && decodeBaseline({ bytes, scan, accurate: request.accurate })
  if (pixels !== undefined) {
    out.set(pixels)
    return
  }
  if (!hasJpegEnd(bytes)) throw cutShort(request.operation)
  if (request.ratio > 1 && Math.max(header.width, header.height) <= tiny) {
    decodeTiny(bytes, header, request, out)
    return
  }
  const { width, height, channels } = request
  if (header.components === 4) {
    const cmyk = new Uint8Array(4 * width * height)
    decodeTurboWasm(bytes, { ...request, format: 'cmyk' }, cmyk)
    out.set(convertChannels(cmykToRgb(cmyk, header.adobe), 3, channels))
  } else decodeTurboWasm(bytes, { ...request, format: channels === 1 ? 'gray' : 'rgb' }, out)
}

/** Up to this many pixels a side, several ratios make the same size, and TurboJPEG would take the least of them. */
const tiny = 5

/** Decodes the whole block of 8 x 8 pixels that a tiny picture is stored in, and cuts the picture out. */
function decodeTiny(bytes: Uint8Array, header: JpegHeader, request: JpegRequest, out: Uint8Array): void {
  const { ratio, height, channels } = request
  // Not by `slice`: that of a Buffer is the same memory.
  const block = Uint8Array.from(bytes)
  block.set([0, 8, 0, 8], header.sizeOffset)
  const side = 8 / ratio
  const pixels = new Uint8Array(side * side * channels)
  const whole = { ...request, width: side, height: side }
  decodeSlowly(block, { ...header, width: 8, height: 8 }, whole, pixels)
  for (let y = 0; y < height; y++) {
    const row = y * side * channels
    out.set(pixels.subarray(row, row + request.width * channels), y * request.width * channels)
  }
}

function cutShort(operation: string): DataLossError {
  return new DataLossError(`${operation}: the JPEG is cut short: the data ends before its end marker.`)
}

/** The same memory as a Buffer. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
