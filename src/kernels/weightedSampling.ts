/** Where the values of one axis come from in sampling with a filter: value i is a weighted sum of neighbours. */
export interface WeightedSampling {
  /** Index in the source of the first value of each sum. */
  readonly start: Int32Array
  /** Values in each sum; those past the end of the source count nothing and have no weight. */
  readonly taps: number
  /** `taps` weights for each value, in float32. */
  readonly weights: Float32Array
}

/** A filter: its weight at a distance of 0 or more, a float32, and the distance from which it is 0. */
export interface Filter {
  readonly radius: number
  weight(distance: number): number
}

const { abs, ceil, floor, fround, max, min } = Math

/** A sum below this is taken for nothing, as in TensorFlow: 1000 times the least normal float32. */
const leastSum = 1000 * 2 ** -126

/**
 * `outSize` values from `inSize`, as TensorFlow's `scale_and_translate` computes them, in float32.
 *
 * @param antialias whether the filter is widened when there are fewer values than in the source
 */
export function filteredSampling(
  outSize: number,
  inSize: number,
  filter: Filter,
  antialias: boolean,
): WeightedSampling {
  const inverse = fround(1 / fround(outSize / inSize))
  const kernelScale = antialias ? max(inverse, 1) : 1
  const inverseKernelScale = fround(1 / kernelScale)
  const reach = fround(filter.radius * kernelScale)
  const taps = min(2 * ceil(reach) + 1, inSize)
  const start = new Int32Array(outSize)
  const weights = new Float32Array(outSize * taps)
  for (let i = 0; i < outSize; i++) {
    const at = fround(fround(i + 0.5) * inverse)
    // A place outside the source, by rounding, stays empty.
    if (at < 0 || at > inSize) continue
    const first = clamp(ceil(fround(fround(at - reach) - 0.5)), inSize)
    const last = clamp(floor(fround(fround(at + reach) - 0.5)), inSize)
    let sum = 0
    for (let source = first; source <= last; source++) {
      const distance = abs(fround(fround(fround(source + 0.5) - at) * inverseKernelScale))
      const weight = filter.weight(distance)
      weights[i * taps + source - first] = weight
      sum = fround(sum + weight)
    }
    normalizeRun(weights, i * taps, last + 1 - first, sum)
    start[i] = first
  }
  return { start, taps, weights }
}

/** Steps of the table of cubic weights. */
const tableSteps = 1024

/** Weights at distances i / 1024 and 1 + i / 1024, made when first needed. */
let cubicTable: Float32Array | undefined

/** `outSize` values from `inSize`, as TensorFlow's `resize_bicubic`: Keys' cubic from a table of 1,024 steps. */
export function cubicSampling(outSize: number, inSize: number): WeightedSampling {
  const table = (cubicTable ??= makeCubicTable())
  const scale = fround(inSize / outSize)
  const taps = min(4, inSize)
  const start = new Int32Array(outSize)
  const weights = new Float32Array(outSize * taps)
  for (let i = 0; i < outSize; i++) {
    const at = fround(fround((i + 0.5) * scale) - 0.5)
    const below = floor(at)
    const offset = roundHalfToEven(fround(at - below) * tableSteps)
    const four = [
      table[2 * offset + 1],
      table[2 * offset],
      table[2 * (tableSteps - offset)],
      table[2 * (tableSteps - offset) + 1],
    ]
    const first = max(0, min(below - 1, inSize - taps))
    let sum = 0
    for (let tap = 0; tap < 4; tap++) {
      const source = below - 1 + tap
      if (source < 0 || source >= inSize) continue
      weights[i * taps + source - first] = four[tap]
      sum = fround(sum + four[tap])
    }
    normalizeRun(weights, i * taps, taps, sum)
    start[i] = first
  }
  return { start, taps, weights }
}

function makeCubicTable(): Float32Array {
  const table = new Float32Array(2 * (tableSteps + 1))
  const a = -0.5
  for (let i = 0; i <= tableSteps; i++) {
    const near = i / tableSteps
    const far = near + 1
    table[2 * i] = ((a + 2) * near - (a + 3)) * near * near + 1
    table[2 * i + 1] = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a
  }
  return table
}

/** Makes the weights of a run add up to 1. */
function normalizeRun(weights: Float32Array, from: number, count: number, sum: number): void {
  if (abs(sum) < leastSum) {
    weights.fill(0, from, from + count)
    return
  }
  const factor = fround(1 / sum)
  for (let i = from; i < from + count; i++) weights[i] *= factor
}

function clamp(index: number, size: number): number {
  return max(0, min(index, size - 1))
}

/** The nearest whole number, and of two equally near ones the even one. */
export function roundHalfToEven(value: number): number {
  const below = floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
}
