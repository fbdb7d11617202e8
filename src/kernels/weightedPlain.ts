import type { Pixels } from './pixels.ts'
import type { WeightedSampling } from './weightedSampling.ts'

const { fround, min } = Math

/**
 * Sampling with filters in plain TypeScript: what `weighted` is held to. Each output row is summed down the source first,
 * then across, every step in float32, as TensorFlow does it.
 *
 * @param target takes rows x columns x channels values
 */
export function weightedPlain(
  source: Pixels,
  rows: WeightedSampling,
  columns: WeightedSampling,
  target: Float32Array,
): void {
  const { width, channels } = source
  const sums = new Float32Array(width * channels)
  const length = columns.start.length * channels
  for (let y = 0; y < rows.start.length; y++) {
    down(source, rows, y, sums)
    across(sums, width, channels, columns, target, y * length)
  }
}

function down(
  { data, height }: Pixels,
  { start, taps, weights }: WeightedSampling,
  y: number,
  sums: Float32Array,
): void {
  sums.fill(0)
  const end = min(start[y] + taps, height)
  for (let row = start[y]; row < end; row++) {
    const weight = weights[y * taps + row - start[y]]
    const from = row * sums.length
    for (let i = 0; i < sums.length; i++) sums[i] += fround(weight * fround(data[from + i]))
  }
}

function across(
  sums: Float32Array,
  width: number,
  channels: number,
  { start, taps, weights }: WeightedSampling,
  target: Float32Array,
  at: number,
): void {
  for (let x = 0; x < start.length; x++, at += channels) {
    const end = min(start[x] + taps, width)
    for (let c = 0; c < channels; c++) {
      let sum = 0
      for (let column = start[x]; column < end; column++) {
        sum = fround(sum + fround(weights[x * taps + column - start[x]] * sums[column * channels + c]))
      }
      target[at + c] = sum
    }
  }
}
