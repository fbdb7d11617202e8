import { checkOptions, wrongArgument } from '../core/checks.ts'
import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { checkChannels, convertChannels, type Channels, type Samples } from './channels.ts'
import { imageFormat } from './imageFormat.ts'
import { checkBytes, checkLimits, checkPixels, limitNames, type ImageLimits } from './imageLimits.ts'
import { pngHeader } from './pngHeader.ts'
import { plainPngPixels } from './plainPng.ts'
import { sharpIfThere, sharpPixels } from './sharpPixels.ts'

/** A picture of so many pixels is decoded here in less time than it takes to hand it to sharp and back. */
const smallPixels = 128 * 128

/** Options of `decodePng`. */
export interface DecodePngOptions<D extends 'uint8' | 'uint16' = 'uint8' | 'uint16'> extends ImageLimits {
  /** 0 as in the file, 1 gray, 3 colour, 4 colour and alpha; 0 by default. */
  readonly channels?: Channels
  /** Samples of 8 bits, the default, or 16. */
  readonly dtype?: D
}

/**
 * Decodes a PNG (`tf.io.decode_png`), to the same pixels as TensorFlow: of 16 bits asked for as 8 the upper ones are kept,
 * 8 bits asked for as 16 are multiplied by 257, a palette becomes colour, and no gamma or colour profile is applied.
 *
 * In: the bytes of a file. Out: uint8 or uint16 [height, width, channels]; gray with alpha is 2 channels.
 *
 * @example
 * const image = await decodePng(await readFile('depth.png'), { dtype: 'uint16' })
 * @throws InvalidArgumentError where the bytes are no PNG, DataLossError where they are damaged or cut short,
 *   ResourceExhaustedError where it has more pixels or bytes than the limits
 */
export async function decodePng<D extends 'uint8' | 'uint16' = 'uint8'>(
  bytes: Uint8Array,
  options: DecodePngOptions<D> = {},
): Promise<NdArray<D, 3>> {
  checkOptions('decodePng', options, ['channels', 'dtype', ...limitNames])
  const wanted = checkChannels('decodePng', options.channels ?? 0, [0, 1, 3, 4])
  const dtype = options.dtype ?? ('uint8' as D)
  if (dtype !== 'uint8' && dtype !== 'uint16') throw wrongArgument('decodePng', 'dtype', '"uint8" or "uint16"', dtype)
  checkLimits('decodePng', options)
  const { data, shape } = await pngPixels('decodePng', bytes, wanted, options)
  return new NdArray(dtype, shape, samplesOf(data, dtype) as NdArray<D>['data'])
}

/** The samples of a PNG as they are stored, with other channels where some are asked for. */
export async function pngPixels(
  operation: string,
  bytes: Uint8Array,
  wanted: Channels,
  limits: ImageLimits,
): Promise<{ readonly data: Samples; readonly shape: readonly [number, number, number] }> {
  checkBytes(operation, bytes, limits)
  const format = imageFormat(bytes)
  if (format !== 'png') {
    throw new InvalidArgumentError(
      `${operation}: the bytes are no PNG${format === undefined ? '' : `, but ${format}`}.`,
      {
        hint: format === undefined ? 'Is it a picture at all?' : 'Use decodeImage, which takes any format.',
      },
    )
  }
  const header = pngHeader(bytes)
  if (header === undefined) throw new DataLossError(`${operation}: the PNG has no valid header.`)
  checkPixels(operation, header, limits)
  if (!header.whole) throw new DataLossError(`${operation}: the PNG is cut short: its last chunk is missing.`)
  const bits = header.bitDepth === 16 ? 16 : 8
  // sharp drops the alpha of gray in 8 bits.
  const gray = header.channels === 1 || (header.channels === 2 && bits === 16)
  const pixels =
    header.width * header.height <= smallPixels || (await sharpIfThere()) === undefined
      ? plainPngPixels(operation, bytes, header)
      : await sharpPixels(operation, bytes, { gray, bits, allFrames: false })
  const channels = wanted === 0 ? header.channels : wanted
  return {
    data: convertChannels(pixels.data, pixels.channels, channels),
    shape: [pixels.height, pixels.width, channels],
  }
}

/** Samples of 8 or 16 bits as the other kind, as libpng has it. */
export function samplesOf(data: Samples, dtype: 'uint8' | 'uint16'): Samples {
  if (dtype === 'uint8') return data instanceof Uint8Array ? data : Uint8Array.from(data, (sample) => sample >> 8)
  return data instanceof Uint16Array ? data : Uint16Array.from(data, (sample) => sample * 257)
}
