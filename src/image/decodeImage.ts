import { checkBoolean, checkOptions, wrongArgument } from '../core/checks.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { checkChannels, convertChannels, type Channels, type Samples } from './channels.ts'
import { bmpPixels } from './decodeBmp.ts'
import { decodeJpegAs, type DecodeJpegOptions } from './decodeJpeg.ts'
import { pngPixels, samplesOf } from './decodePng.ts'
import { checkLimits, checkPixels, limitNames, type ImageLimits } from './imageLimits.ts'
import { readInfo, type ImageInfo } from './imageInfo.ts'
import { orientSamples } from './orient.ts'
import { sharpPixels } from './sharpPixels.ts'

/** What an image is decoded to: 8 or 16 bits, or floats from 0 to 1. */
export type ImageDType = 'uint8' | 'uint16' | 'float32'

/** Options of `decodeImage`. */
export interface DecodeImageOptions<D extends ImageDType = ImageDType> extends ImageLimits {
  /** 0 as in the file, 1 gray, 3 colour, 4 colour and alpha; 0 by default. */
  readonly channels?: Channels
  /** uint8 by default. uint16 uses the whole range; float32 is from 0 to 1. */
  readonly dtype?: D
  /**
   * Whether GIF and WebP give all their frames, as [frames, height, width, channels], also where there is one alone; true
   * by default, as in TensorFlow. Else the first frame, as [height, width, channels].
   */
  readonly expandAnimations?: boolean
  /** Whether the picture is turned upright as its EXIF says; false by default, as in TensorFlow. */
  readonly orient?: boolean
  /** The inverse DCT of JPEGs; see `decodeJpeg`. */
  readonly dctMethod?: DecodeJpegOptions['dctMethod']
}

/** The names of the options. */
export const decodeImageNames = ['channels', 'dtype', 'expandAnimations', 'orient', 'dctMethod', ...limitNames] as const

/**
 * Decodes a picture of any format (`tf.io.decode_image`), which is told by its bytes: JPEG, PNG, GIF, BMP and WebP to the
 * same pixels as TensorFlow, and what else sharp reads, such as TIFF and AVIF.
 *
 * In: the bytes of a file, which must not change before the promise settles. Out: [height, width, channels], or with a
 * frame axis in front; see `expandAnimations`.
 *
 * @example
 * const image = await decodeImage(await readFile('rose.webp'), { channels: 3, expandAnimations: false })
 * @throws InvalidArgumentError where the bytes are no picture, DataLossError where they are damaged or cut short,
 *   ResourceExhaustedError where it has more pixels or bytes than the limits
 */
export async function decodeImage<D extends ImageDType = 'uint8'>(
  bytes: Uint8Array,
  options: DecodeImageOptions<D> = {},
): Promise<NdArray<D>> {
  checkOptions('decodeImage', options, decodeImageNames)
  const wanted = checkChannels('decodeImage', options.channels ?? 0, [0, 1, 3, 4])
  const dtype = options.dtype ?? ('uint8' as D)
  if (!['uint8', 'uint16', 'float32'].includes(dtype)) {
    throw wrongArgument('decodeImage', 'dtype', '"uint8", "uint16" or "float32"', dtype)
  }
  const expand = checkBoolean('decodeImage', 'expandAnimations', options.expandAnimations ?? true)
  const orient = checkBoolean('decodeImage', 'orient', options.orient ?? false)
  checkLimits('decodeImage', options)
  const info = await readInfo('decodeImage', bytes, options)
  const decoded = await decodeKnown(bytes, info, wanted, expand, options)
  const upright = orient ? orientSamples(decoded, info.orientation) : decoded
  return new NdArray(dtype, upright.shape, converted(upright.data, dtype, info.format === 'png') as NdArray<D>['data'])
}

/** Samples with the shape of an image, or of frames. */
export interface DecodedSamples {
  readonly data: Samples
  readonly shape: readonly number[]
}

async function decodeKnown(
  bytes: Uint8Array,
  info: ImageInfo,
  wanted: Channels,
  expand: boolean,
  options: DecodeImageOptions,
): Promise<DecodedSamples> {
  const { maxPixels, maxBytes, dctMethod } = options
  const limits: ImageLimits = { ...(maxPixels && { maxPixels }), ...(maxBytes && { maxBytes }) }
  const channels = wanted === 0 ? info.channels : wanted
  if (info.format === 'jpeg') {
    const inFile = channels === 4 ? 3 : (channels as 1 | 3)
    const image = await decodeJpegAs('decodeImage', bytes, {
      channels: inFile,
      ...(dctMethod && { dctMethod }),
      ...limits,
    })
    return { data: convertChannels(image.data, inFile, channels), shape: [...image.shape.slice(0, 2), channels] }
  }
  if (info.format === 'png') return await pngPixels('decodeImage', bytes, wanted, limits)
  const animated = expand && (info.format === 'gif' || info.format === 'webp')
  checkPixels('decodeImage', animated ? info : { ...info, frames: 1 }, limits)
  if (info.format === 'bmp') {
    const data = convertChannels(bmpPixels('decodeImage', bytes), info.channels, channels)
    return { data, shape: [info.height, info.width, channels] }
  }
  const bits = info.bits === 16 ? 16 : 8
  const pixels = await sharpPixels('decodeImage', bytes, { gray: info.channels === 1, bits, allFrames: animated })
  const shape = [pixels.height, pixels.width, channels]
  return {
    data: convertChannels(pixels.data, pixels.channels, channels),
    shape: animated ? [pixels.frames, ...shape] : shape,
  }
}

/** Samples as `tf.io.decode_image` converts them: 8 bits to 16 by 257 for PNG, and by 256 for all others. */
function converted(data: Samples, dtype: ImageDType, isPng: boolean): Samples | Float32Array {
  if (dtype === 'float32') {
    // Of PNG, TensorFlow makes 16 bits first.
    const wide = isPng ? samplesOf(data, 'uint16') : data
    const scale = Math.fround(1 / (wide instanceof Uint8Array ? 255 : 65535))
    return Float32Array.from(wide, (sample) => sample * scale)
  }
  if (dtype === 'uint8' || data instanceof Uint16Array || isPng) return samplesOf(data, dtype)
  return Uint16Array.from(data, (sample) => sample * 256)
}
