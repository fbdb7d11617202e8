import { readFileSync } from 'node:fs'
import { typedArrayOf, type TypedDType } from '../../src/ndarray/dtype.ts'
import { ndarray, NdArray, sizeOf } from '../../src/ndarray/ndarray.ts'

/** What names an image: dtype, shape, and kind and seed where they are not the default ones. */
export type ImageName = readonly [dtype: TypedDType, shape: readonly number[], kind?: string, seed?: number]

const draws: Readonly<Record<string, (state: number) => number>> = {
  uint8: (s) => s >>> 24,
  int8: (s) => (s >>> 24) - 128,
  uint16: (s) => s >>> 16,
  int16: (s) => (s >>> 16) - 32768,
  int32: (s) => s - 2 ** 31,
  uint32: (s) => s,
  float32: (s) => (s >>> 8) / 2 ** 24,
  float64: (s) => (s >>> 8) / 2 ** 24,
}

/** The image that image.py makes of the same name. */
export function imageOf([dtype, shape, kind = 'noise', seed = 1]: ImageName): NdArray {
  let state = seed
  const states = Array.from({ length: sizeOf(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state
  })
  const channels = shape[shape.length - 1]
  const values = states.map((own, i) => {
    if (kind === 'extremes') return own >= 2 ** 31 ? (dtype === 'uint8' ? 255 : 1) : 0
    const from = kind === 'constant' ? 0 : kind === 'gray' ? i - (i % channels) : i
    return draws[dtype](states[from])
  })
  return ndarray(values as unknown, shape, dtype)
}

/** A case of image.py: TensorFlow's result (dtype, shape, bytes in base64), or the class of its error. */
export interface GoldenCase {
  readonly op: string
  readonly image: ImageName
  readonly args: readonly unknown[]
  readonly result?: readonly [dtype: TypedDType, shape: readonly number[], data: string]
  readonly error?: string
}

export const goldenCases = JSON.parse(
  readFileSync(new URL('../golden/image.json', import.meta.url), 'utf8'),
) as readonly GoldenCase[]

/** The values of a stored result. */
export function resultOf([dtype, shape, data]: NonNullable<GoldenCase['result']>): NdArray {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  return new NdArray(dtype, shape, new (typedArrayOf(dtype))(bytes.buffer))
}
