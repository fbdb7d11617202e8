import type { WeightedSampling } from './weightedSampling.ts'

const { ceil, floor, fround, max } = Math

/** How resizing by area covers an axis. */
export interface AreaSampling extends WeightedSampling {
  /** Source values that one value covers, a float32. */
  readonly scale: number
}

/**
 * `outSize` values that cover `inSize` evenly, as TensorFlow's `resize_area` computes them, in float32. The weight of a
 * source value is how much of it is covered; by rounding a run may end one past the source, where its last value counts.
 */
export function areaSampling(outSize: number, inSize: number): AreaSampling {
  const scale = fround(inSize / outSize)
  const start = new Int32Array(outSize)
  const ends = new Int32Array(outSize)
  let taps = 0
  for (let i = 0; i < outSize; i++) {
    start[i] = floor(fround(i * scale))
    ends[i] = ceil(fround((i + 1) * scale))
    taps = max(taps, ends[i] - start[i])
  }
  const weights = new Float32Array(outSize * taps)
  for (let i = 0; i < outSize; i++) {
    const from = fround(i * scale)
    const to = fround((i + 1) * scale)
    for (let v = start[i]; v < ends[i]; v++) {
      const first = v < from
      const last = v + 1 > to
      const part = first ? (last ? scale : v + 1 - from) : last ? to - v : 1
      weights[i * taps + v - start[i]] = part
    }
  }
  return { start, taps, weights, scale }
}
