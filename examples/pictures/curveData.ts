/** What the loss curves do with numbers before anything is drawn. NaN stands for a value that is missing. */

/** A point of a curve; `y` is NaN where the curve has a gap. */
export interface CurvePoint {
  readonly x: number
  readonly y: number
}

/** Where an axis begins and ends; undefined leaves it to the chart. */
export interface AxisRange {
  readonly type: 'linear' | 'logarithmic'
  readonly min?: number
  readonly max?: number
}

/**
 * Means over `2 * radius + 1` neighbours, taken twice. The window shrinks at the start, so that a smoothed loss begins
 * where the loss began, and is cut off at the end, so that one last noisy value does not decide it. A gap stays a gap.
 */
export function smooth(values: readonly number[], radius: number): number[] {
  return windowMeans(windowMeans(values, radius), radius)
}

/** The window that keeps the shape of a curve of `count` points at the width of a picture; 0 where it needs none. */
export function smoothingRadius(count: number): number {
  return count < 30 ? 0 : Math.max(2, Math.round(count / 120))
}

/** The value below which the share `q` of the finite `values` lies; NaN where there is none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  return sorted.length === 0 ? NaN : sorted[Math.round(q * (sorted.length - 1))]
}

/**
 * The axis of the loss: logarithmic where the curves that matter span more than a factor of 30. A few very low values
 * of a noisy curve then fall off the picture.
 *
 * @param noisy the losses of single steps
 * @param clean smoothed and validation losses
 */
export function lossAxis(noisy: readonly number[], clean: readonly number[]): AxisRange {
  const low = quantile(clean, 0)
  const high = quantile(clean, 1)
  if (!(low > 0 && high / low > 30)) return { type: 'linear', ...(low >= 0 && { min: 0 }) }
  const bottom = Math.min(low, ...[quantile(noisy, 0.02)].filter((value) => value > 0))
  const top = Math.max(high, ...[quantile(noisy, 0.995)].filter(Number.isFinite))
  return { type: 'logarithmic', min: roundBelow(bottom), max: roundAbove(top) }
}

/**
 * The axis of the accuracy in percent: up to 100, from where nearly all of the curves is seen, as the first steps of a
 * training would otherwise squeeze the rest into a thin band.
 */
export function accuracyAxis(noisy: readonly number[], clean: readonly number[]): AxisRange {
  const low = Math.min(...[quantile(noisy, 0.05), quantile(clean, 0.05)].filter(Number.isFinite))
  if (!(low >= 50 && low <= 100)) return { type: 'linear', min: 0, max: 100 }
  const step = low >= 96 ? 2 : low >= 90 ? 5 : 10
  return { type: 'linear', min: Math.min(98, Math.floor(low / step) * step), max: 100 }
}

/** The steps an axis must hold, from 0 unless the curve begins well after it. */
export function stepAxis(steps: readonly number[]): { min: number; max: number } {
  const first = quantile(steps, 0)
  const last = quantile(steps, 1)
  if (Number.isNaN(first)) return { min: 0, max: 1 }
  const min = first >= 0 && first <= last / 10 ? 0 : first
  return min === last ? { min: min - 1, max: last + 1 } : { min, max: last }
}

/** Whether `value` is one of `marks` times a power of ten. */
export function isLogMark(value: number, marks: readonly number[]): boolean {
  return marks.some((mark) => Math.abs(value / 10 ** Math.floor(Math.log10(value) + 1e-9) - mark) < 1e-6)
}

function windowMeans(values: readonly number[], radius: number): number[] {
  const sums = [0]
  const counts = [0]
  for (const [i, value] of values.entries()) {
    const known = Number.isFinite(value)
    sums.push(sums[i] + (known ? value : 0))
    counts.push(counts[i] + (known ? 1 : 0))
  }
  return values.map((value, i) => {
    if (!Number.isFinite(value)) return NaN
    const reach = Math.min(radius, i)
    const end = Math.min(values.length, i + reach + 1)
    return (sums[end] - sums[i - reach]) / (counts[end] - counts[i - reach])
  })
}

function roundBelow(value: number): number {
  return roundMarks(value).findLast((mark) => mark <= value) ?? value
}

function roundAbove(value: number): number {
  return roundMarks(value).find((mark) => mark >= value) ?? value
}

function roundMarks(value: number): number[] {
  const power = Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((mark) => Number(`${mark}e${power}`))
}
