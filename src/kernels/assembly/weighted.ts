/*
 * Resizing with a filter: each output row is summed down the source into a row of floats, then across. The order of the
 * operations is TensorFlow's, so that the floats are.
 *
 *   rows, columns   starts: i32 for each output; weights: `taps` f32 for each output
 *   scratch         width * channels + 4 floats
 *
 * Reads up to 16 bytes past the input and writes up to 16 past the output: the caller leaves room.
 */

/** Resizes one image. `kind` is 0 for uint8 and 1 for float32. */
export function resizeWeighted(
  input: usize,
  kind: i32,
  height: i32,
  width: i32,
  channels: i32,
  rowStarts: usize,
  rowWeights: usize,
  rowTaps: i32,
  outHeight: i32,
  columnStarts: usize,
  columnWeights: usize,
  columnTaps: i32,
  outWidth: i32,
  scratch: usize,
  output: usize,
): void {
  const values: usize = width * channels
  for (let y = 0; y < outHeight; y++) {
    const start = load<i32>(rowStarts + (y << 2))
    const taps = min(rowTaps, height - start)
    const weights = rowWeights + ((y * rowTaps) << 2)
    if (kind == 0) downBytes(input + start * values, values, weights, taps, scratch)
    else downFloats(input + ((start * values) << 2), values, weights, taps, scratch)
    across(scratch, width, channels, columnStarts, columnWeights, columnTaps, outWidth, output)
    output += (outWidth * channels) << 2
  }
}

function downBytes(from: usize, values: usize, weights: usize, taps: i32, out: usize): void {
  const end = from + values
  for (; from < end; from += 4) {
    let sum = f32x4.splat(0)
    let at = from
    for (let tap = 0; tap < taps; tap++) {
      const words = i16x8.extend_low_i8x16_u(v128.load_zero<u32>(at))
      const value = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words))
      sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(weights + (tap << 2)), value))
      at += values
    }
    v128.store(out, sum)
    out += 16
  }
}

function downFloats(from: usize, values: usize, weights: usize, taps: i32, out: usize): void {
  const step = values << 2
  const end = from + step
  for (; from < end; from += 16) {
    let sum = f32x4.splat(0)
    let at = from
    for (let tap = 0; tap < taps; tap++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(weights + (tap << 2)), v128.load(at)))
      at += step
    }
    v128.store(out, sum)
    out += 16
  }
}

/** Four channels of a pixel at a time; what is written too much is overwritten by what follows. */
function across(
  row: usize,
  width: i32,
  channels: i32,
  starts: usize,
  weights: usize,
  allTaps: i32,
  outWidth: i32,
  out: usize,
): void {
  const pixel: usize = channels << 2
  for (let x = 0; x < outWidth; x++) {
    const start = load<i32>(starts + (x << 2))
    const taps = min(allTaps, width - start)
    const from = row + start * pixel
    for (let c: usize = 0; c < pixel; c += 16) {
      let sum = f32x4.splat(0)
      let at = from + c
      for (let tap = 0; tap < taps; tap++) {
        sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(weights + (tap << 2)), v128.load(at)))
        at += pixel
      }
      v128.store(out + c, sum)
    }
    weights += allTaps << 2
    out += pixel
  }
}
