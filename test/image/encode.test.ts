import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../src/image/decodeImage.ts'
import { decodeJpeg } from '../../src/image/decodeJpeg.ts'
import { decodePng } from '../../src/image/decodePng.ts'
import { encodeJpeg } from '../../src/image/encodeJpeg.ts'
import { encodePng } from '../../src/image/encodePng.ts'
import { imageInfo } from '../../src/image/imageInfo.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'
import { checkPngRoundTrip, noise } from './pngRoundTrip.ts'

function noisy(height: number, width: number, channels: number, seed = 1): NdArray<'uint8', 3> {
  return new NdArray('uint8', [height, width, channels], noise(height * width * channels, seed))
}

describe('encodePng', () => {
  it('undoes decodePng, for any size, channels and depth', checkPngRoundTrip)
})

describe('encodeJpeg', () => {
  it.each([1, 3])('makes a file of %i channels with the options given', async (channels) => {
    const image = noisy(33, 21, channels)
    const file = await encodeJpeg(image, { quality: 100, chromaDownsampling: false, progressive: true })
    expect(await imageInfo(file)).toMatchObject({ format: 'jpeg', height: 33, width: 21, channels })
    expect(Buffer.from(file).includes(Buffer.from([0xff, 0xc2]))).toBe(true)
    const decoded = await decodeJpeg(file, { dctMethod: 'INTEGER_ACCURATE' })
    const worst = decoded.data.reduce((most, value, i) => Math.max(most, Math.abs(value - image.data[i])), 0)
    expect(worst).toBeLessThan(channels === 1 ? 4 : 8)
  })

  it('makes smaller files of lower quality, and smaller ones of the same pixels where told', async () => {
    const image = noisy(40, 40, 3)
    const [fine, coarse] = await Promise.all([encodeJpeg(image), encodeJpeg(image, { quality: 20 })])
    const packed = await encodeJpeg(image, { quality: 20, optimizeSize: true })
    expect(coarse.length).toBeLessThan(fine.length)
    expect(packed.length).toBeLessThan(coarse.length)
    expect(await decodeJpeg(packed)).toEqual(await decodeJpeg(coarse))
  })
})

describe('errors', () => {
  const floats = new NdArray('float32', [1, 1, 3], new Float32Array(3))
  const picture = noisy(2, 2, 3)
  const bytes = Uint8Array.of(1, 2, 3)

  it.each([
    [
      () => encodePng(floats as never),
      "InvalidArgumentError: encodePng: the image must be uint8 or uint16 [height, width, 1, 2, 3, 4], got an NdArray float32 [1, 1, 3]. Use convertImageDtype(image, 'uint8').",
    ],
    [
      () => encodeJpeg(noisy(2, 2, 4)),
      'InvalidArgumentError: encodeJpeg: the image must be uint8 [height, width, 1, 3], got an NdArray uint8 [2, 2, 4].',
    ],
    [
      () => encodeJpeg(picture, { quality: 0 }),
      'InvalidArgumentError: encodeJpeg: quality must be a whole number of at least 1, got 0.',
    ],
    [
      () => encodeJpeg(picture, { quality: 101 }),
      'InvalidArgumentError: encodeJpeg: quality must be at most 100, got 101.',
    ],
    [
      () => encodePng(picture, { compression: 10 }),
      'InvalidArgumentError: encodePng: compression must be at most 9, got 10.',
    ],
    [
      () => encodePng(new NdArray('uint8', [0, 2, 3], new Uint8Array(0))),
      'InvalidArgumentError: encodePng: a picture of 2 x 0 pixels cannot be stored. Its sides are from 1 to 2147483647.',
    ],
    [
      () => decodeImage('a.png' as never),
      "InvalidArgumentError: decodeImage: the picture must be a Uint8Array of the file's bytes. Read the file first, as with readFile of node:fs/promises.",
    ],
    [() => decodeJpeg(new Uint8Array(0)), 'InvalidArgumentError: decodeJpeg: there are no bytes. Is the file empty?'],
    [() => decodeJpeg(bytes), 'InvalidArgumentError: decodeJpeg: the bytes are no JPEG. Is it a picture at all?'],
    [
      () => decodePng(bytes, { dtype: 'int8' as never }),
      'InvalidArgumentError: decodePng: dtype must be "uint8" or "uint16", got "int8".',
    ],
    [
      () => decodePng(bytes, { channels: 2 as never }),
      'InvalidArgumentError: decodePng: channels must be 0, 1, 3 or 4, got 2.',
    ],
    [
      () => decodeJpeg(bytes, { ratio: 3 as never }),
      'InvalidArgumentError: decodeJpeg: ratio must be 1, 2, 4 or 8, got 3.',
    ],
    [
      () => decodeJpeg(bytes, { dctMethod: 'FLOAT' as never }),
      'InvalidArgumentError: decodeJpeg: dctMethod must be "INTEGER_FAST" or "INTEGER_ACCURATE", got "FLOAT".',
    ],
    [
      () => decodeImage(bytes),
      'InvalidArgumentError: decodeImage: the bytes are no picture of a format that can be read. Those are JPEG, PNG, GIF, BMP, WebP, TIFF, AVIF and SVG.',
    ],
    [
      () => imageInfo(bytes, { maxBytes: 2 }),
      'ResourceExhaustedError: imageInfo: the picture has 3 bytes, more than 2. Where it is to be trusted, raise maxBytes.',
    ],
  ] as const)('%#', async (call, message) => {
    await expect(Promise.resolve().then<unknown>(call)).rejects.toSatisfy((error: Error) => {
      expect(`${error.name}: ${error.message}`).toBe(message)
      return true
    })
  })

  it('say what to do about a picture of another format, or one too large', async () => {
    const png = await encodePng(picture)
    await expect(decodeJpeg(png)).rejects.toThrow(
      'decodeJpeg: the bytes are no JPEG, but png. Use decodeImage, which takes any format.',
    )
    const jpeg = await encodeJpeg(picture)
    await expect(decodePng(jpeg)).rejects.toThrow(
      'decodePng: the bytes are no PNG, but jpeg. Use decodeImage, which takes any format.',
    )
    await expect(decodeImage(png, { maxPixels: 3 })).rejects.toThrow(
      'decodeImage: the picture has 2 x 2 pixels, more than 3. Where it is to be trusted, raise maxPixels.',
    )
    await expect(decodeJpeg(jpeg, { out: new Uint8Array(11) })).rejects.toThrow(
      'decodeJpeg: out must be a Uint8Array of at least 12 bytes. imageInfo says how large a picture is.',
    )
  })
})

describe('decodeJpeg', () => {
  it('writes into memory of the caller', async () => {
    const jpeg = await encodeJpeg(noisy(3, 5, 3))
    const out = new Uint8Array(50).fill(7)
    const image = await decodeJpeg(jpeg, { out })
    expect(image.data.buffer).toBe(out.buffer)
    expect(image).toEqual(await decodeJpeg(jpeg))
    expect([...out.subarray(45)]).toEqual([7, 7, 7, 7, 7])
  })
})
