const { floor, fround, min } = Math

/** One image of values of any kind; they are copied only. */
interface AnyPixels {
  readonly data: ArrayLike<unknown>
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Takes the pixel at each place, as TensorFlow's `resize_nearest_neighbor(half_pixel_centers=True)`. */
export function resizeNearest(
  { data, height, width, channels }: AnyPixels,
  outHeight: number,
  outWidth: number,
  target: ArrayLike<unknown>,
): void {
  const rows = nearestSampling(outHeight, height)
  const columns = nearestSampling(outWidth, width)
  const out = target as unknown[]
  let at = 0
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * width + column) * channels
      for (let c = 0; c < channels; c++) out[at++] = data[from + c]
    }
  }
}

/** The index that each value is taken from, computed in float32. */
function nearestSampling(outSize: number, inSize: number): Int32Array {
  const scale = fround(inSize / outSize)
  return Int32Array.from({ length: outSize }, (_, i) => min(floor(fround((i + 0.5) * scale)), inSize - 1))
}
