import type { Pixels } from './pixels.ts'

const { ceil, floor, fround, max, min } = Math

/** The source values that an output value covers: from `start` up to, not including, `end`, and how much of each. */
interface Cover {
  readonly start: number
  readonly end: number
  readonly parts: Float32Array
}

/**
 * Resizing by area in plain TypeScript: each output value is the mean of what it covers, summed across each row, then
 * down, in float32, as TensorFlow's `resize_area`.
 *
 * @param target takes outHeight x outWidth x channels values
 */
export function areaPlain(source: Pixels, outHeight: number, outWidth: number, target: Float32Array): void {
  const { data, height, width, channels } = source
  const heightScale = fround(height / outHeight)
  const widthScale = fround(width / outWidth)
  const scale = fround(1 / fround(heightScale * widthScale))
  const columns = Array.from({ length: outWidth }, (_, x) => coverOf(x, widthScale))
  let at = 0
  for (let y = 0; y < outHeight; y++) {
    const rows = coverOf(y, heightScale)
    for (const column of columns) {
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let i = rows.start; i < rows.end; i++) {
          const row = bounded(i, height) * width
          let across = 0
          for (let j = column.start; j < column.end; j++) {
            const value = fround(data[(row + bounded(j, width)) * channels + c])
            across = fround(across + fround(value * column.parts[j - column.start]))
          }
          sum = fround(sum + fround(across * rows.parts[i - rows.start]))
        }
        target[at++] = sum * scale
      }
    }
  }
}

function coverOf(i: number, scale: number): Cover {
  const from = fround(i * scale)
  const to = fround((i + 1) * scale)
  const start = floor(from)
  const end = ceil(to)
  const parts = new Float32Array(max(0, end - start))
  for (let v = start; v < end; v++) {
    if (v < from) parts[v - start] = v + 1 > to ? scale : v + 1 - from
    else parts[v - start] = v + 1 > to ? to - v : 1
  }
  return { start, end, parts }
}

function bounded(index: number, size: number): number {
  return max(0, min(index, size - 1))
}
