import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkPicture } from './checkPicture.ts'
import { encodePlainPng } from './encodePlainPng.ts'
import { sharpIfThere } from './sharpPixels.ts'

/** Options of `encodePng`. */
export interface EncodePngOptions {
  /** Effort of zlib, from 0 to 9; 6 by default. */
  readonly compression?: number
}

/**
 * Encodes an image as PNG (`tf.io.encode_png`), without loss.
 *
 * @param image uint8 or uint16 [height, width, channels]: 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha
 * @returns the bytes of a file
 * @example
 * await writeFile('mask.png', await encodePng(mask))
 * @throws InvalidArgumentError where the image is of another dtype or shape
 */
export async function encodePng(
  image: NdArray<'uint8' | 'uint16'>,
  options: EncodePngOptions = {},
): Promise<Uint8Array> {
  checkOptions('encodePng', options, ['compression'])
  const compressionLevel = checkCount('encodePng', 'compression', options.compression ?? 6)
  if (compressionLevel > 9) throw wrongArgument('encodePng', 'compression', 'at most 9', compressionLevel)
  const allowed = { dtypes: ['uint8', 'uint16'], channels: [1, 2, 3, 4], maxSide: 2 ** 31 - 1 } as const
  const { data, raw, space } = checkPicture('encodePng', image, allowed)
  const sharp = await sharpIfThere()
  if (sharp === undefined) return encodePlainPng(data, raw, compressionLevel)
  return await sharp(data, { raw, limitInputPixels: false }).toColourspace(space).png({ compressionLevel }).toBuffer()
}
