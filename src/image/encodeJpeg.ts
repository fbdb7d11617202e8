import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { checkPicture } from './checkPicture.ts'
import { sharpModule } from './sharpPixels.ts'

/** Options of `encodeJpeg`. */
export interface EncodeJpegOptions {
  /** From 1 to 100; 95 by default. */
  readonly quality?: number
  /** Whether colour is stored at half the size each way; true by default. */
  readonly chromaDownsampling?: boolean
  /** Whether it can be shown coarse first; false by default. */
  readonly progressive?: boolean
  /** Whether the file is made smaller without a change to its pixels, which takes longer; false by default. */
  readonly optimizeSize?: boolean
}

/**
 * Encodes an image as JPEG (`tf.io.encode_jpeg`): the file decodes to the same pixels as TensorFlow's.
 *
 * @param image uint8 [height, width, 1 or 3]
 * @returns the bytes of a file
 * @example
 * await writeFile('rose.jpg', await encodeJpeg(image, { quality: 90 }))
 * @throws InvalidArgumentError where the image is of another dtype or shape; UnavailableError where sharp is not installed
 */
export async function encodeJpeg(image: NdArray<'uint8'>, options: EncodeJpegOptions = {}): Promise<Uint8Array> {
  checkOptions('encodeJpeg', options, ['quality', 'chromaDownsampling', 'progressive', 'optimizeSize'])
  const quality = checkCount('encodeJpeg', 'quality', options.quality ?? 95, { min: 1 })
  if (quality > 100) throw wrongArgument('encodeJpeg', 'quality', 'at most 100', quality)
  const downsampling = checkBoolean('encodeJpeg', 'chromaDownsampling', options.chromaDownsampling ?? true)
  const progressive = checkBoolean('encodeJpeg', 'progressive', options.progressive ?? false)
  const optimiseCoding = checkBoolean('encodeJpeg', 'optimizeSize', options.optimizeSize ?? false)
  const { data, raw, space } = checkPicture('encodeJpeg', image, {
    dtypes: ['uint8'],
    channels: [1, 3],
    maxSide: 65_535,
  })
  const sharp = await sharpModule('encodeJpeg')
  return await sharp(data, { raw, limitInputPixels: false })
    .toColourspace(space)
    .jpeg({ quality, progressive, optimiseCoding, chromaSubsampling: downsampling ? '4:2:0' : '4:4:4' })
    .toBuffer()
}
