/** Where the values of one axis come from in bilinear sampling: value i is `lerp[i]` of the way from lower to upper. */
export interface LinearSampling {
  /** Index in the source of the value before. */
  readonly lower: Int32Array
  /** Index of the value after: the next one, or the same at an edge. */
  readonly upper: Int32Array
  /** From 0 up to, not including, 1; a float32. */
  readonly lerp: Float32Array
}

const { floor, ceil, fround, max, min } = Math

/** What was asked for last, of rows and of columns, for one picture is often of the size of another. */
const recent: {
  readonly outSize: number
  readonly inSize: number
  readonly start: number
  readonly sampling: LinearSampling
}[] = []
const mostRecent = 4

/**
 * `outSize` values from `inSize` with pixel centres at halves, as TensorFlow's `resize_bilinear(half_pixel_centers=True)`
 * computes them, in float32. The arrays may be given out again, and must not be changed.
 *
 * @param start index of the first source value, where only a part of the axis is read
 */
export function linearSampling(outSize: number, inSize: number, start = 0): LinearSampling {
  const known = recent.find((one) => one.outSize === outSize && one.inSize === inSize && one.start === start)
  if (known !== undefined) return known.sampling
  const lower = new Int32Array(outSize)
  const upper = new Int32Array(outSize)
  const lerp = new Float32Array(outSize)
  const scale = fround(inSize / outSize)
  for (let i = 0; i < outSize; i++) {
    const at = fround(fround((i + 0.5) * scale) - 0.5)
    const below = floor(at)
    lower[i] = start + max(below, 0)
    upper[i] = start + min(ceil(at), inSize - 1)
    lerp[i] = at - below
  }
  const sampling = { lower, upper, lerp }
  recent.unshift({ outSize, inSize, start, sampling })
  recent.length = Math.min(recent.length, mostRecent)
  return sampling
}

/** The same values in the opposite order. */
export function reversedSampling({ lower, upper, lerp }: LinearSampling): LinearSampling {
  return { lower: lower.toReversed(), upper: upper.toReversed(), lerp: lerp.toReversed() }
}
