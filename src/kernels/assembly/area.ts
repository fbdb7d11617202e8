/*
 * Resizing by area: each source row that an output row covers is summed across, and these sums down. The order of the
 * operations is TensorFlow's, so that the floats are.
 *
 *   rows, columns   starts: i32 for each output; weights: `taps` f32 for each output, 0 where it covers nothing more
 *   scratch         outWidth * channels + 4 floats
 *
 * Reads up to 16 bytes past the input and writes up to 16 past the output: the caller leaves room.
 */

/** Resizes one image. `kind` is 0 for uint8 and 1 for float32; the sums are multiplied by `scale`. */
export function resizeArea(
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
  scale: f32,
  scratch: usize,
  output: usize,
): void {
  const rowBytes: usize = (width * channels) << (kind << 1)
  const outBytes: usize = (outWidth * channels) << 2
  for (let y = 0; y < outHeight; y++) {
    const start = load<i32>(rowStarts + (y << 2))
    memory.fill(output, 0, outBytes)
    for (let tap = 0; tap < rowTaps; tap++) {
      const weight = load<f32>(rowWeights + ((y * rowTaps + tap) << 2))
      if (weight == 0) continue
      const row = input + min(start + tap, height - 1) * rowBytes
      across(row, kind, width, channels, columnStarts, columnWeights, columnTaps, outWidth, scratch)
      addScaled(scratch, weight, outBytes, output)
    }
    multiply(output, outBytes, scale)
    output += outBytes
  }
}

/** Four channels of a pixel at a time; what is written too much is overwritten by what follows. */
function across(
  row: usize,
  kind: i32,
  width: i32,
  channels: i32,
  starts: usize,
  weights: usize,
  taps: i32,
  outWidth: i32,
  out: usize,
): void {
  const pixel: usize = channels
  for (let x = 0; x < outWidth; x++) {
    const start = load<i32>(starts + (x << 2))
    for (let c: usize = 0; c < pixel; c += 4) {
      let sum = f32x4.splat(0)
      for (let tap = 0; tap < taps; tap++) {
        const weight = v128.load_splat<f32>(weights + (tap << 2))
        const place = min(start + tap, width - 1) * pixel + c
        sum = f32x4.add(sum, f32x4.mul(kind == 0 ? fourBytes(row + place) : v128.load(row + (place << 2)), weight))
      }
      v128.store(out + (c << 2), sum)
    }
    weights += taps << 2
    out += pixel << 2
  }
}

function fourBytes(place: usize): v128 {
  const words = i16x8.extend_low_i8x16_u(v128.load_zero<u32>(place))
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words))
}

function addScaled(from: usize, weight: f32, bytes: usize, to: usize): void {
  const factor = f32x4.splat(weight)
  const end = to + bytes
  for (; to < end; to += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), factor)))
    from += 16
  }
}

function multiply(values: usize, bytes: usize, scale: f32): void {
  const factor = f32x4.splat(scale)
  const end = values + bytes
  for (; values < end; values += 16) v128.store(values, f32x4.mul(v128.load(values), factor))
}
