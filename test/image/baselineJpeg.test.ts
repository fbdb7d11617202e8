import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJpegSync, readJpegHeader } from '../../src/image/decodeJpeg.ts'
import { encodeJpeg } from '../../src/image/encodeJpeg.ts'
import { jpegScan } from '../../src/image/jpegScan.ts'
import { turboBinding } from '../../src/image/turboBinding.ts'
import { decodeTurboWasm } from '../../src/image/turboWasm.ts'
import { bilinear, bilinearOfJpeg } from '../../src/kernels/bilinear.ts'
import { decodeBaseline } from '../../src/kernels/jpeg.ts'
import { inputStart } from '../../src/kernels/kernelMemory.ts'
import { kernelModule } from '../../src/kernels/kernelModule.ts'
import { linearSampling, reversedSampling } from '../../src/kernels/linearSampling.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'
import { golden, picture } from '../golden/imageCodecCases.ts'
import { noiseBytes } from '../kernels/noise.ts'

/* JPEGs that the kernels decode: to the bits of libjpeg-turbo, or not at all. */

/** What the kernels make of a file; undefined where they leave it to libjpeg-turbo. */
function byKernels(bytes: Uint8Array, accurate: boolean): Uint8Array | undefined {
  const scan = jpegScan(bytes)
  return scan && decodeBaseline({ bytes, scan, accurate })?.slice()
}

/** The same by libjpeg-turbo, whatever it warns of. */
function byTurbo(bytes: Uint8Array, accurate: boolean): Uint8Array {
  const { width, height, components } = readJpegHeader('test', bytes, {})
  const format = components === 1 ? 'gray' : 'rgb'
  const out = new Uint8Array(width * height * (components === 1 ? 1 : 3))
  decodeTurboWasm(bytes, { operation: 'test', format, width, height, accurate }, out)
  return out
}

/** By the native binding, whose vectors wrap where numbers are out of range; undefined where it finds damage. */
function byBinding(bytes: Uint8Array): Uint8Array | undefined {
  const binding = turboBinding()
  if (binding === undefined) throw new Error('the native binding is not installed')
  const { width, height, components } = readJpegHeader('test', bytes, {})
  const out = Buffer.alloc(width * height * (components === 1 ? 1 : 3))
  const format = components === 1 ? binding.FORMAT_GRAY : binding.FORMAT_RGB
  try {
    binding.decompressSync(Buffer.from(bytes), out, { format })
    return out
  } catch (error) {
    // Now and then it throws without a reason.
    return (error as Error).message === 'No error' ? out : undefined
  }
}

const equal = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0

/** Noise, or a slope with little of it. */
function samples(width: number, height: number, channels: number, noise: number): NdArray<'uint8'> {
  const data = noiseBytes(width * height * channels, width + 97 * height)
  for (let i = 0; i < data.length; i++) data[i] = (data[i] * noise + (1 - noise) * ((i * 3) % 256)) & 255
  return new NdArray('uint8', [height, width, channels], data)
}

/** The same picture with tables of codes 0 and 1 of some classes (0 DC, 1 AC) under each other's number. */
function otherCodes(bytes: Uint8Array, classes: readonly number[]): Uint8Array {
  const changed = Uint8Array.from(bytes)
  for (let at = 2; changed[at + 1] !== 0xda; at += 2 + changed[at + 2] * 256 + changed[at + 3]) {
    if (changed[at + 1] !== 0xc4) continue
    const end = at + 2 + changed[at + 2] * 256 + changed[at + 3]
    for (let table = at + 4; table < end;) {
      if (classes.includes(changed[table] >> 4)) changed[table] ^= 1
      table += 17 + changed.subarray(table + 1, table + 17).reduce((sum, count) => sum + count, 0)
    }
  }
  const scan = changed.findIndex((byte, i) => byte === 0xff && changed[i + 1] === 0xda)
  for (let i = 0; i < changed[scan + 4]; i++) {
    for (const of of classes) changed[scan + 6 + 2 * i] ^= of === 0 ? 16 : 1
  }
  return changed
}

describe('a picture that the kernels decode', () => {
  const asked = fc.record({
    width: fc.integer({ min: 5, max: 75 }),
    height: fc.integer({ min: 1, max: 70 }),
    channels: fc.constantFrom(1, 3),
    noise: fc.constantFrom(0, 0.1, 1),
    quality: fc.constantFrom(1, 20, 60, 90, 100),
    chromaDownsampling: fc.boolean(),
    optimizeSize: fc.boolean(),
  })

  it('has the pixels of libjpeg-turbo, with both DCTs', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async ({ width, height, channels, noise, ...options }) => {
        const bytes = await encodeJpeg(samples(width, height, channels, noise), options)
        // Of the fast DCT the vector version is meant: others differ where numbers are out of the range of 16 bits.
        expect(equal(byKernels(bytes, false), byBinding(bytes) ?? new Uint8Array())).toBe(true)
        expect(equal(byKernels(bytes, true), byTurbo(bytes, true))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it.each(['420.jpg', '422.jpg', '444.jpg', 'gray.jpg', 'restarts.jpg'])('%s has them too', (name) => {
    for (const accurate of [false, true]) {
      expect(equal(byKernels(picture(name), accurate), byTurbo(picture(name), accurate))).toBe(true)
    }
  })

  it('has them where blocks are full to their last coefficient, as most are of noise', async () => {
    for (const [i, chromaDownsampling] of [true, false, true].entries()) {
      const bytes = await encodeJpeg(samples(90 + i, 75, i === 2 ? 1 : 3, 1), { quality: 100, chromaDownsampling })
      expect(equal(byKernels(bytes, false), byBinding(bytes) ?? new Uint8Array())).toBe(true)
      expect(equal(byKernels(bytes, true), byTurbo(bytes, true))).toBe(true)
    }
  })

  it('has them where a block waits behind one that is full', async () => {
    for (let width = 60; width < 75; width++) {
      const bytes = await encodeJpeg(samples(width, 68, 3, 1), { quality: 60 })
      expect(equal(byKernels(bytes, true), byTurbo(bytes, true))).toBe(true)
    }
  })

  it('has them whatever the numbers of its codes are', async () => {
    for (const channels of [1, 3]) {
      const bytes = await encodeJpeg(samples(50, 40, channels, 0.1), { quality: 90 })
      const wanted = byTurbo(bytes, false)
      // Codes of DC, those of AC, and both under the other number.
      for (const classes of [[0], [1], [0, 1]]) {
        const renumbered = otherCodes(bytes, classes)
        expect(equal(renumbered, bytes)).toBe(false)
        expect(equal(byKernels(renumbered, false), wanted)).toBe(true)
      }
    }
  })

  it('needs no new codes where they are those of the picture before, and new ones where not', async () => {
    const files = [true, false, true, true].map((optimizeSize, i) =>
      encodeJpeg(samples(40, 30 + i, 3, 1), { optimizeSize, quality: 50 + 10 * i }),
    )
    for (const bytes of [...(await Promise.all(files)), ...(await Promise.all(files))]) {
      expect(equal(byKernels(bytes, false), byTurbo(bytes, false))).toBe(true)
    }
  })

  it('is what decodeJpegSync gives for the exact DCT', async () => {
    const bytes = await encodeJpeg(samples(64, 48, 3, 0.1), { quality: 95 })
    expect(equal(decodeJpegSync(bytes, { dctMethod: 'INTEGER_ACCURATE' }).data, byTurbo(bytes, true))).toBe(true)
  })
})

describe('a picture that is resized while it is decoded', () => {
  /** Rows and columns of a rectangle at a size, some of them from right to left. */
  const sampling = fc.record({
    outWidth: fc.integer({ min: 1, max: 90 }),
    outHeight: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 300, max: 700 })),
    crop: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99)),
    mirrored: fc.boolean(),
  })
  const asked = fc.record({
    width: fc.integer({ min: 5, max: 75 }),
    // Of more rows than the ring that they are decoded to has, and of fewer.
    height: fc.integer({ min: 1, max: 110 }),
    channels: fc.constantFrom(1, 3),
    accurate: fc.boolean(),
    chromaDownsampling: fc.boolean(),
    affine: fc.boolean(),
  })

  it('has the values of one that is decoded before', async () => {
    await fc.assert(
      fc.asyncProperty(asked, sampling, async (picture, { outWidth, outHeight, crop, mirrored }) => {
        const { width, height, channels, accurate, chromaDownsampling } = picture
        const bytes = await encodeJpeg(samples(width, height, channels, 0.1), { quality: 90, chromaDownsampling })
        const scan = jpegScan(bytes)
        if (scan === undefined) return false
        const [left, top] = [crop[0] % width, crop[1] % height]
        const rows = linearSampling(outHeight, 1 + (crop[3] % (height - top)), top)
        const forward = linearSampling(outWidth, 1 + (crop[2] % (width - left)), left)
        const columns = mirrored ? reversedSampling(forward) : forward
        const each = (value: number) => new Float32Array(channels).fill(value)
        const affine = picture.affine
          ? { delta: 3, subtract: each(127.5), multiply: each(0.01), add: each(-1) }
          : undefined
        const values = new Float32Array(outWidth * outHeight * channels)
        const wanted = values.slice()
        const data = byTurbo(bytes, true)
        bilinear(
          { data: accurate ? data : (byBinding(bytes) ?? data), width, height, channels },
          rows,
          columns,
          affine,
          wanted,
        )
        expect(bilinearOfJpeg({ bytes, scan, accurate }, rows, columns, affine, values)).toBe(true)
        return equal(new Uint8Array(values.buffer), new Uint8Array(wanted.buffer))
      }),
      { numRuns: 200 },
    )
  })

  it('needs little memory, however large it is', async () => {
    const bytes = await encodeJpeg(samples(2500, 2500, 3, 0), { quality: 50 })
    const scan = jpegScan(bytes)
    const before = kernelModule()?.memory.buffer.byteLength ?? 0
    const sides = linearSampling(32, 2500)
    const values = new Float32Array(32 * 32 * 3)
    expect(scan && bilinearOfJpeg({ bytes, scan, accurate: false }, sides, sides, undefined, values)).toBe(true)
    expect((kernelModule()?.memory.buffer.byteLength ?? 0) - before).toBeLessThan(bytes.length * 3 + 2 ** 20)
  })

  it('is left alone where its end is damaged, though only its beginning is wanted', async () => {
    const whole = await encodeJpeg(samples(64, 64, 3, 1), { quality: 90 })
    const bytes = whole.slice(0, whole.length - 40)
    bytes.set(whole.subarray(-2), bytes.length - 2)
    const scan = jpegScan(bytes)
    const [rows, columns] = [linearSampling(4, 4), linearSampling(4, 64)]
    const values = new Float32Array(4 * 4 * 3)
    expect(scan && bilinearOfJpeg({ bytes, scan, accurate: false }, rows, columns, undefined, values)).toBe(false)
  })
})

it('leaves a file of a few pixels as it is, in a Buffer too', async () => {
  const bytes = Buffer.from(await encodeJpeg(samples(3, 2, 3, 1), {}))
  const before = Uint8Array.from(bytes)
  expect(decodeJpegSync(bytes, { ratio: 2 }).shape).toEqual([1, 2, 3])
  expect(equal(bytes, before)).toBe(true)
})

describe('a picture that the kernels leave to libjpeg-turbo', () => {
  const others = Object.keys(golden.pictures).filter((name) => name.endsWith('.jpg'))

  it('is one of four components, of a few pixels with colour at half the size, or of several scans', () => {
    const left = others.filter((name) => byKernels(picture(name), false) === undefined)
    expect(left.sort()).toEqual(['cmyk.jpg', 'one.jpg', 'progressive.jpg'])
  })

  it.each([5, 7])('is one that says that it has no rows or no columns', async (size) => {
    const bytes = await encodeJpeg(samples(9, 9, 3, 0), {})
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0)
    expect(jpegScan(bytes)).toBeDefined()
    bytes.fill(0, frame + size, frame + size + 2)
    expect(jpegScan(bytes)).toBeUndefined()
  })

  it('is one whose components have other codes than it says, unless it is decoded to the same', async () => {
    const bytes = await encodeJpeg(samples(37, 29, 3, 0.1), { quality: 60 })
    const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda)
    for (let numbers = 0; numbers < 64; numbers++) {
      const damaged = Uint8Array.from(bytes)
      for (let i = 0; i < 3; i++) {
        const pair = (numbers >> (2 * i)) & 3
        damaged[scan + 6 + 2 * i] = ((pair & 1) << 4) | (pair >> 1)
      }
      const pixels = byKernels(damaged, false)
      if (pixels !== undefined) expect(equal(pixels, byBinding(damaged) ?? new Uint8Array())).toBe(true)
    }
  })

  it.each([0, 1, 2])('is a damaged one, or one that is decoded to the same (%i)', async (file) => {
    const options = [{ quality: 60 }, { quality: 90, chromaDownsampling: false }, { optimizeSize: true }][file]
    const bytes = await encodeJpeg(samples(37, 29, 3, 0.1), options)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 2, max: bytes.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.option(fc.integer({ min: 4, max: bytes.length })),
        (changes, length) => {
          const damaged = Uint8Array.from(bytes.subarray(0, length ?? bytes.length))
          for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value
          const scan = jpegScan(damaged)
          if (scan === undefined || scan.width * scan.height > 1e6) return true
          const pixels = decodeBaseline({ bytes: damaged, scan, accurate: false })?.slice()
          if (pixels === undefined) return true
          const wanted = byBinding(damaged)
          return wanted !== undefined && equal(pixels, wanted)
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('is one of more memory than the kernels keep', async () => {
    const bytes = await encodeJpeg(samples(16, 16, 3, 0), {})
    const scan = jpegScan(bytes)
    expect(
      scan && decodeBaseline({ bytes, scan: { ...scan, width: 8000, height: 8000 }, accurate: false }),
    ).toBeUndefined()
  })
})

it('keeps its tables before the place where pictures begin', () => {
  expect(kernelModule()?.tablesEnd.value).toBeLessThanOrEqual(inputStart)
})
