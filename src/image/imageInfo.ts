import { checkOptions } from '../core/checks.ts'
import { DataLossError } from '../core/errors.ts'
import { bmpHeader } from './decodeBmp.ts'
import { readJpegHeader } from './decodeJpeg.ts'
import { imageFormat, type ImageFormat } from './imageFormat.ts'
import { checkBytes, checkLimits, type ImageLimits } from './imageLimits.ts'
import { pngHeader } from './pngHeader.ts'
import { decodingError, sharpInput, sharpModule } from './sharpPixels.ts'

/** What the header of a picture says. */
export interface ImageInfo {
  /** `svg` and others that sharp reads by their own names. */
  readonly format: ImageFormat | (string & {})
  readonly width: number
  /** Height of one frame. */
  readonly height: number
  /** Channels when it is decoded: 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha. */
  readonly channels: number
  /** Bits a sample when it is decoded. */
  readonly bits: number
  readonly frames: number
  /** As EXIF has it: 1 is upright, 2 to 8 turned or mirrored. */
  readonly orientation: number
}

/** Options of `imageInfo`. */
export type ImageInfoOptions = Pick<ImageLimits, 'maxBytes'>

/**
 * Reads what the header of a picture says, without decoding it.
 *
 * @example
 * const { width, height, format } = await imageInfo(await readFile('rose.jpg'))
 * @throws InvalidArgumentError where the bytes are no picture, DataLossError where its header is damaged
 */
export async function imageInfo(bytes: Uint8Array, options: ImageInfoOptions = {}): Promise<ImageInfo> {
  checkOptions('imageInfo', options, ['maxBytes'])
  checkLimits('imageInfo', options)
  return await readInfo('imageInfo', bytes, { ...options, maxPixels: Infinity })
}

/** The same, for an operation that has limits. */
export async function readInfo(operation: string, bytes: Uint8Array, limits: ImageLimits): Promise<ImageInfo> {
  checkBytes(operation, bytes, limits)
  const format = imageFormat(bytes)
  const single = { frames: 1, orientation: 1 } as const
  if (format === 'jpeg') {
    const { width, height, components, orientation } = readJpegHeader(operation, bytes, limits)
    return { format, width, height, channels: Math.min(components, 3), bits: 8, frames: 1, orientation }
  }
  if (format === 'png') {
    const header = pngHeader(bytes)
    if (header === undefined) throw new DataLossError(`${operation}: the PNG has no valid header.`)
    const { width, height, channels, bitDepth } = header
    return { format, width, height, channels, bits: bitDepth === 16 ? 16 : 8, ...single }
  }
  if (format === 'bmp') {
    const { width, height, channels } = bmpHeader(operation, bytes)
    return { format, width, height, channels, bits: 8, ...single }
  }
  return await infoOfSharp(operation, bytes, format)
}

async function infoOfSharp(operation: string, bytes: Uint8Array, format: ImageFormat | undefined): Promise<ImageInfo> {
  const sharp = await sharpModule(`${operation} of a format other than JPEG, PNG and BMP`)
  try {
    const found = await sharp(bytes, { ...sharpInput, pages: -1 }).metadata()
    // A beginning too short for the format to be told: what sharp says of it has not been checked.
    if (format === undefined && ['jpeg', 'png'].includes(found.format)) throw new Error('the header is cut short')
    const wide = ['ushort', 'short', 'uint', 'int', 'float', 'double'].includes(found.depth)
    return {
      format: format ?? found.format,
      width: found.width,
      height: found.pageHeight ?? found.height,
      // What is not gray is decoded to colour: CMYK and palettes too.
      channels: (isGray(found.space) ? 1 : 3) + (found.hasAlpha && format !== 'gif' ? 1 : 0),
      bits: wide ? 16 : 8,
      frames: found.pages ?? 1,
      orientation: found.orientation ?? 1,
    }
  } catch (error) {
    throw decodingError(operation, error)
  }
}

function isGray(space: string): boolean {
  return space === 'b-w' || space === 'grey16'
}
