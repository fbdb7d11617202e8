import { expect, it } from 'vitest'
import { flipLeftRight, normalize, resize } from '../../src/image/index.ts'
import { kernelInput } from '../../src/kernels/kernelMemory.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import { noiseBytes } from './noise.ts'

/* In a file of its own, so that the memory of the kernels begins small: what an operation needs makes it grow. */

/** Each image is larger than the memory that the operation before it left. */
const operations: readonly (readonly [string, number, (x: NdArray<'uint8', 3>) => NdArray])[] = [
  ['flipLeftRight', 150, flipLeftRight],
  ['normalize', 300, (x) => normalize(x, [-1, 1])],
  ['resize', 800, (x) => resize(x, [400, 500])],
  ['resize with a filter', 900, (x) => resize(x, [600, 700], { method: 'bicubic' })],
]

it.each(operations)('%s of an image where a decoder wrote it, though the memory grows', (_, height, operation) => {
  const shape = [height, height, 3] as const
  const bytes = noiseBytes(height * height * 3)
  const place = kernelInput(bytes.length)
  place.set(bytes)
  const made = operation(ndarray(place, shape))
  expect(place.length, 'the memory grew').toBe(0)
  const wanted = operation(ndarray(bytes, shape))
  expect(made.shape).toEqual(wanted.shape)
  expect(
    Buffer.compare(Buffer.from((made.data as Uint8Array).buffer), Buffer.from((wanted.data as Uint8Array).buffer)),
  ).toBe(0)
})
