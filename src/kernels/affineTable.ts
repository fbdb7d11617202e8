import type { Affine } from './pixels.ts'

/** Bytes of the numbers of an affine in the kernels' memory. */
export function affineBytes(channels: number): number {
  return 3 * 16 * channels
}

/** Writes three runs of 4 * channels floats: subtract, multiply and add, the channels' numbers again and again. */
export function writeAffine(memory: ArrayBuffer, place: number, { subtract, multiply, add }: Affine): void {
  const channels = subtract.length
  const period = 4 * channels
  const runs = new Float32Array(memory, place, 3 * period)
  for (let i = 0; i < period; i++) {
    runs[i] = subtract[i % channels]
    runs[period + i] = multiply[i % channels]
    runs[2 * period + i] = add[i % channels]
  }
}
