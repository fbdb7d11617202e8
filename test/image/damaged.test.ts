import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import { decodeImage } from '../../src/image/decodeImage.ts'
import { imageInfo } from '../../src/image/imageInfo.ts'
import { corpus, drawn } from './corpus.ts'

const wholes = Object.entries(await corpus())

/** What comes of decoding: the shape, or the name and message of the error. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    const { dtype, shape } = await decodeImage(bytes)
    return `${dtype} ${shape.join(' x ')}`
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return `${error.name}: ${error.message}`
  }
}

const named = /^(DataLoss|InvalidArgument|ResourceExhausted)Error: decodeImage: /
const shape = /^uint8 \d/

describe('whole pictures', () => {
  it.each([
    ['rgb.jpg', 'uint8 21 x 33 x 3'],
    ['gray.jpg', 'uint8 21 x 33 x 1'],
    ['progressive.jpg', 'uint8 21 x 33 x 3'],
    ['cmyk.jpg', 'uint8 21 x 33 x 3'],
    ['rgb.png', 'uint8 21 x 33 x 3'],
    ['rgb16.png', 'uint8 21 x 33 x 3'],
    ['gray.png', 'uint8 21 x 33 x 1'],
    ['moving.gif', 'uint8 2 x 21 x 33 x 3'],
    ['rgb.bmp', 'uint8 21 x 33 x 3'],
    ['rgb.webp', 'uint8 1 x 21 x 33 x 3'],
    ['moving.webp', 'uint8 2 x 21 x 33 x 3'],
    ['rgb.tiff', 'uint8 21 x 33 x 3'],
    ['cmyk.tiff', 'uint8 21 x 33 x 3'],
    ['rgb.avif', 'uint8 21 x 33 x 3'],
  ])('%s', async (name, wanted) => {
    const bytes = new Map(wholes).get(name) ?? new Uint8Array(0)
    expect(await outcome(bytes)).toBe(wanted)
    expect(await imageInfo(bytes)).toMatchObject({ width: 33, height: 21, frames: name.startsWith('moving') ? 2 : 1 })
  })

  it('are told by their bytes, so that a wrong ending does not matter', async () => {
    for (const [name, bytes] of wholes) expect((await imageInfo(bytes)).format).toBe(formatOf(name))
  })

  it('keep their pixels, but for what their format loses', async () => {
    const { data } = drawn()
    for (const name of ['rgb.png', 'rgb16.png', 'rgb.bmp', 'rgb.webp', 'rgb.tiff']) {
      const image = await decodeImage(new Map(wholes).get(name) ?? new Uint8Array(0))
      expect([name, Buffer.from(image.data).equals(Buffer.from(data))]).toEqual([name, true])
    }
  })
})

function formatOf(name: string): string {
  return name.replace(/^.*\./, '').replace('jpg', 'jpeg')
}

describe('pictures cut short', () => {
  it.each(wholes)('%s, at many points, is a named error', async (name, bytes) => {
    const points = Array.from({ length: 48 }, (_, i) => Math.floor((i * (bytes.length - 1)) / 48))
    for (const point of points) {
      const found = await outcome(bytes.subarray(0, point))
      // TIFF, WebP, GIF and AVIF do not say where they end: what a decoder makes of the rest may be a picture.
      const isOpen = /\.(tiff|webp|gif|avif)$/.test(name)
      expect(found).toMatch(isOpen ? new RegExp(`${named.source}|${shape.source}`) : named)
      if (point === 0) expect(found).toBe('InvalidArgumentError: decodeImage: there are no bytes. Is the file empty?')
    }
  })
})

describe('pictures with damage', () => {
  it.each(wholes)('%s gives a named error or a picture, whatever byte is changed', async (_, bytes) => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const damaged = Uint8Array.from(bytes)
        for (const [at, value] of changes) damaged[at] = value
        expect(await outcome(damaged)).toMatch(new RegExp(`${named.source}|^uint\\d+ \\d`))
      }),
      { numRuns: 60 },
    )
  })

  it('of no format is refused', async () => {
    for (const text of ['not a picture', '<html></html>', '\0\0\0\0', 'RIFF....WAVE']) {
      expect(await outcome(Buffer.from(text))).toMatch(
        /^InvalidArgumentError: decodeImage: the bytes are no picture of a format/,
      )
    }
  })
})

describe('pictures that say they are huge', () => {
  /** Writes a number over the header. */
  function withSide(name: string, at: number, bytes: readonly number[]): Uint8Array {
    const changed = Uint8Array.from(new Map(wholes).get(name) ?? [])
    changed.set(bytes, at)
    return changed
  }
  const jpeg = new Map(wholes).get('rgb.jpg') ?? new Uint8Array(0)
  const frame = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xc0])) + 5

  it.each([
    ['JPEG', withSide('rgb.jpg', frame, [0xff, 0xff, 0xff, 0xff]), '65535 x 65535'],
    ['PNG', withSide('rgb.png', 16, [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]), '2147483647 x 2147483647'],
    ['BMP', withSide('rgb.bmp', 18, [0, 0, 0, 0x40, 0, 0, 0, 0x40]), '1073741824 x 1073741824'],
  ])('%s is refused before memory is taken', async (_, bytes, size) => {
    const before = process.memoryUsage().arrayBuffers
    expect(await outcome(bytes)).toBe(
      `ResourceExhaustedError: decodeImage: the picture has ${size} pixels, more than 100000000. Where it is to be trusted, raise maxPixels.`,
    )
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
  })

  it('of little data, though many pixels, is an error as well', async () => {
    const small = withSide('rgb.jpg', frame, [0x0f, 0, 0x0f, 0])
    expect(await outcome(small)).toMatch(/^uint8 3840 x 3840 x 3|^DataLossError/)
  })
})

it('leaves no memory behind, however many are damaged', async () => {
  const broken = wholes.map(([, bytes]) => bytes.subarray(0, bytes.length >> 1))
  const decodeAll = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) for (const bytes of broken) await outcome(bytes)
  }
  await decodeAll(10)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  await decodeAll(60)
  globalThis.gc?.()
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20)
}, 120_000)
