import type { AreaSampling } from './areaSampling.ts'
import type { PixelData, Pixels } from './pixels.ts'

const { fround, min } = Math

/**
 * Resizing by area in plain TypeScript: what `area` is held to. Each source row is summed across, and these sums down, in
 * float32, as TensorFlow's `resize_area`.
 *
 * @param target takes rows x columns x channels values
 */
export function areaPlain(source: Pixels, rows: AreaSampling, columns: AreaSampling, target: Float32Array): void {
  const { data, height, width, channels } = source
  const scale = fround(1 / fround(rows.scale * columns.scale))
  const length = columns.start.length * channels
  const sums = new Float32Array(length)
  for (let y = 0; y < rows.start.length; y++) {
    const out = target.subarray(y * length, (y + 1) * length)
    out.fill(0)
    for (let tap = 0; tap < rows.taps; tap++) {
      const weight = rows.weights[y * rows.taps + tap]
      if (weight === 0) continue
      across(data, min(rows.start[y] + tap, height - 1) * width, width, channels, columns, sums)
      for (let i = 0; i < length; i++) out[i] += fround(sums[i] * weight)
    }
    for (let i = 0; i < length; i++) out[i] *= scale
  }
}

function across(
  data: PixelData,
  row: number,
  width: number,
  channels: number,
  { start, taps, weights }: AreaSampling,
  sums: Float32Array,
): void {
  for (let x = 0, at = 0; x < start.length; x++) {
    for (let c = 0; c < channels; c++) {
      let sum = 0
      for (let tap = 0; tap < taps; tap++) {
        const column = min(start[x] + tap, width - 1)
        sum = fround(sum + fround(fround(data[(row + column) * channels + c]) * weights[x * taps + tap]))
      }
      sums[at++] = sum
    }
  }
}
