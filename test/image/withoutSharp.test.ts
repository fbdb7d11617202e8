import fc from 'fast-check'
import type sharpType from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { decodeImage } from '../../src/image/decodeImage.ts'
import { decodePng } from '../../src/image/decodePng.ts'
import { encodeJpeg } from '../../src/image/encodeJpeg.ts'
import { encodePng } from '../../src/image/encodePng.ts'
import { imageInfo } from '../../src/image/imageInfo.ts'
import { pngChunk, pngChunks, pngSignature } from '../../src/image/pngChunks.ts'
import { plainPngPixels } from '../../src/image/plainPng.ts'
import { pngHeader } from '../../src/image/pngHeader.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'
import { bytesOf, dataOf, decode, golden, picture, title } from '../golden/imageCodecCases.ts'
import { checkPngRoundTrip, noise } from './pngRoundTrip.ts'

/*
 * Pictures where sharp is not installed: importing it fails here, as it does there. The real one writes files to read.
 */
vi.mock('sharp', () => {
  throw new Error("Cannot find package 'sharp'")
})
const { default: sharp } = await vi.importActual<{ readonly default: typeof sharpType }>('sharp')

const without = golden.cases.filter(
  ({ picture: name, operation, error }) =>
    /\.(png|jpg|bmp)/.test(name) && error === undefined && operation !== 'adjustJpegQuality',
)

describe('without sharp', () => {
  it.each(without.map((case_) => [title(case_), case_] as const))('%s is what TensorFlow decodes', async (_, case_) => {
    const image = await decode(case_)
    expect({ shape: image.shape, dtype: image.dtype }).toEqual({ shape: case_.shape, dtype: case_.dtype })
    expect(bytesOf(image).equals(dataOf(case_))).toBe(true)
  })

  it('PNG is written and read back, for any size, channels and depth', checkPngRoundTrip)

  it('PNG of sharp is read: interlaced, filtered, as a palette', async () => {
    const side = fc.integer({ min: 1, max: 20 })
    const options = fc.record({ progressive: fc.boolean(), adaptiveFiltering: fc.boolean(), palette: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        fc.constantFrom(1, 3, 4),
        fc.nat(),
        options,
        async (height, width, c, seed, kind) => {
          // Ramps, for which each filter pays somewhere.
          const data = noise(height * width * c, seed).map((value, i) => (i * 3 + (value >> 5)) & 255)
          const file = await sharp(data, { raw: { width, height, channels: c } })
            .png(kind)
            .toBuffer()
          const wanted = await sharp(file).raw().toBuffer({ resolveWithObject: true })
          const image = await decodePng(file, { channels: wanted.info.channels as 1 | 3 | 4 })
          expect(Buffer.from(image.data).equals(wanted.data)).toBe(true)
        },
      ),
    )
  })

  it('one transparent gray of a PNG becomes alpha where that is asked for', async () => {
    const header = Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0)
    const gray = await encodePng(new NdArray('uint8', [1, 2, 1], Uint8Array.of(7, 9)))
    const data = [...pngChunks(gray)].find(({ name }) => name === 'IDAT')?.content ?? header
    const parts = [pngChunk('IHDR', header), pngChunk('tRNS', Uint8Array.of(0, 9)), pngChunk('IDAT', data)]
    const file = Buffer.concat([pngSignature, ...parts, pngChunk('IEND', new Uint8Array(0))])
    expect([...(await decodePng(file, { channels: 4 })).data]).toEqual([7, 7, 7, 255, 9, 9, 9, 0])
    expect([...(await decodePng(file)).data]).toEqual([7, 9])
  })

  it('a PNG in 300,000 pieces, of which all but one are empty, is read piece by piece', async () => {
    const image = new NdArray('uint8', [1, 2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6))
    const whole = Buffer.from(await encodePng(image))
    const start = whole.indexOf('IDAT') - 4
    const empty = pngChunk('IDAT', new Uint8Array(0))
    const pieces = new Array<Uint8Array>(300_000).fill(empty)
    const file = Buffer.concat([whole.subarray(0, start), ...pieces, whole.subarray(start)])
    expect(await decodePng(file)).toEqual(image)
  })

  it('damage to a PNG is a named error or a picture, whatever byte is changed', async () => {
    const whole = Buffer.from(
      await sharp(noise(300), { raw: { width: 10, height: 10, channels: 3 } })
        .png()
        .toBuffer(),
    )
    const header = pngHeader(whole)
    if (header === undefined) throw new Error('no header')
    for (let at = 33; at < whole.length - 12; at++) {
      const bytes = Uint8Array.from(whole)
      bytes[at] ^= 255
      let outcome: unknown
      try {
        outcome = plainPngPixels('decodePng', bytes, header).data.length
      } catch (error) {
        outcome = String(error)
      }
      expect(String(outcome)).toMatch(/^300$|^DataLossError: decodePng: the picture is damaged: .+\.$/)
    }
  })

  it.each([
    ['decodeImage', async () => await decodeImage(picture('still.gif'))],
    ['imageInfo', async () => await imageInfo(picture('lossless.webp'))],
  ])('%s says that other formats need it', async (operation, run) => {
    await expect(run()).rejects.toMatchObject({
      name: 'UnavailableError',
      message: expect.stringContaining(
        `${operation} of a format other than JPEG, PNG and BMP needs sharp, which cannot be loaded: `,
      ) as string,
      hint: expect.stringMatching(/^Install it for this machine: npm install sharp\./) as string,
    })
  })

  it('encodeJpeg says that it needs it', async () => {
    const image = new NdArray('uint8', [1, 1, 3], new Uint8Array(3))
    await expect(encodeJpeg(image)).rejects.toMatchObject({
      name: 'UnavailableError',
      message: expect.stringMatching(/^encodeJpeg needs sharp, which cannot be loaded: /) as string,
    })
  })
})
