import { InvalidArgumentError } from '../../core/errors.ts'

/** How values are spread: how many lie in each bucket, up to its limit. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  /** Upper limit of each bucket: runs of empty ones are one bucket, as TensorFlow writes them. */
  readonly limits: readonly number[]
  readonly buckets: readonly number[]
}

/** TensorFlow's limits: 0, and both ways from 1e-12 by a tenth more each time up to 1e20, then the largest float64. */
const limits = tensorFlowLimits()

/**
 * The histogram of values as TensorFlow counts it (`tensorflow/core/lib/histogram`).
 *
 * @throws InvalidArgumentError where a value is NaN
 * @example
 * histogramOf([0.5, -1]).count // 2
 */
export function histogramOf(values: ArrayLike<number>): Histogram {
  const counts = new Float64Array(limits.length)
  let [min, max, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) throw new InvalidArgumentError(`histogram: value ${i} is NaN.`, { index: i })
    counts[bucketOf(value)]++
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
    sumOfSquares += value * value
  }
  const last = limits.length - 1
  const used = limits.map((_, i) => i).filter((i) => counts[i] > 0 || counts[i + 1] > 0 || i === last)
  const empty = values.length === 0
  return {
    ...{ min: empty ? 0 : min, max: empty ? 0 : max, count: values.length, sum, sumOfSquares },
    limits: used.map((i) => limits[i]),
    buckets: used.map((i) => counts[i]),
  }
}

/** The first bucket whose limit is above the value. */
function bucketOf(value: number): number {
  let [low, high] = [0, limits.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (limits[middle] > value) high = middle
    else low = middle + 1
  }
  return low
}

function tensorFlowLimits(): number[] {
  const positive: number[] = []
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit)
  positive.push(Number.MAX_VALUE)
  return [...positive.map((limit) => -limit).reverse(), 0, ...positive]
}
