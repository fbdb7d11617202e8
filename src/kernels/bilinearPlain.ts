import { affinePlain } from './affinePlain.ts'
import type { LinearSampling } from './linearSampling.ts'
import type { Affine, PixelData, Pixels } from './pixels.ts'

const { fround } = Math

/**
 * Bilinear sampling in plain TypeScript: what `bilinear` is held to, and what it does where the kernel does not load.
 * Every step rounds to float32 in TensorFlow's order: across both rows, then down.
 *
 * @param target takes rows x columns x channels values
 */
export function bilinearPlain(
  source: Pixels,
  rows: LinearSampling,
  columns: LinearSampling,
  affine: Affine | undefined,
  target: Float32Array,
): void {
  const { data, channels } = source
  const rowSize = source.width * channels
  const length = columns.lerp.length * channels
  let top = new Float32Array(length)
  let bottom = new Float32Array(length)
  let topRow = -1
  let bottomRow = -1
  for (let y = 0; y < rows.lerp.length; y++) {
    const upper = rows.lower[y]
    const lower = rows.upper[y]
    if (topRow !== upper && (bottomRow === upper || topRow === lower)) {
      ;[top, bottom, topRow, bottomRow] = [bottom, top, bottomRow, topRow]
    }
    if (topRow !== upper) across(data, upper * rowSize, channels, columns, top)
    topRow = upper
    if (lower !== upper && bottomRow !== lower) {
      across(data, lower * rowSize, channels, columns, bottom)
      bottomRow = lower
    }
    down(top, lower === upper ? top : bottom, rows.lerp[y], target, y * length)
  }
  if (affine !== undefined) affinePlain(target, affine, target)
}

function across(data: PixelData, row: number, channels: number, columns: LinearSampling, out: Float32Array): void {
  const { lower, upper, lerp } = columns
  for (let x = 0, i = 0; x < lerp.length; x++) {
    const left = row + lower[x] * channels
    const right = row + upper[x] * channels
    const weight = lerp[x]
    for (let c = 0; c < channels; c++, i++) {
      const a = fround(data[left + c])
      out[i] = a + fround(fround(fround(data[right + c]) - a) * weight)
    }
  }
}

function down(top: Float32Array, bottom: Float32Array, weight: number, out: Float32Array, start: number): void {
  for (let i = 0; i < top.length; i++) {
    const a = top[i]
    out[start + i] = a + fround(fround(bottom[i] - a) * weight)
  }
}
