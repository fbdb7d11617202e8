import fc from 'fast-check'
import { expect } from 'vitest'
import { decodePng } from '../../src/image/decodePng.ts'
import { encodePng } from '../../src/image/encodePng.ts'
import { imageInfo } from '../../src/image/imageInfo.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'

/** Bytes that look random, the same for the same seed. */
export function noise(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  let word = seed | 0
  return Uint8Array.from({ length: count }, () => {
    word = (Math.imul(word, 1664525) + 1013904223) | 0
    return word >>> 24
  })
}

/** Checks that pictures of any size, channels and depth are written as PNG and read back as they were. */
export async function checkPngRoundTrip(): Promise<void> {
  const side = fc.integer({ min: 1, max: 20 })
  const picture = fc.record({ height: side, width: side, channels: fc.integer({ min: 1, max: 4 }), wide: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(picture, fc.nat(), async ({ height, width, channels, wide }, seed) => {
      const bytes = noise(height * width * channels * 2, seed)
      const shape = [height, width, channels]
      const image = wide
        ? new NdArray('uint16', shape, new Uint16Array(bytes.buffer))
        : new NdArray('uint8', shape, bytes.subarray(0, bytes.length / 2))
      const file = await encodePng(image, { compression: seed % 10 })
      expect(await decodePng(file, { dtype: image.dtype })).toEqual(image)
      expect(await imageInfo(file)).toMatchObject({ format: 'png', height, width, channels, bits: wide ? 16 : 8 })
    }),
    { numRuns: 60 },
  )
}
