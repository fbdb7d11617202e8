/*
 * Bilinear resizing: each source row that is needed is interpolated across once, into one of two rows of floats, and an
 * output row is interpolated down between these two. The order of the operations is TensorFlow's, so that the floats are.
 *
 *   columns  outWidth + 1 entries { i32 left, i32 right: offset of the pixel in its row, in bytes; f32 lerp }
 *   rows     outHeight entries { i32 upper, i32 lower: number of the row; f32 lerp }
 *   affine   0, or three runs of 4 * channels floats: subtract, multiply, add, the channels' numbers again and again
 *   scratch  i32 number of the source row in each row of floats, -1 for none | 8 bytes | 2 rows of outWidth * channels + 4 floats
 *
 * Reads up to 16 bytes past the input and writes up to 32 past the output: the caller leaves room.
 */

const entryBytes: usize = 12

/**
 * Computes output rows of one image. The rows before them may have been computed by a call with the same scratch.
 *
 * @param mask of row numbers: rows whose numbers differ in other bits lie at the same place, the last one that came
 * @param kind 0 for uint8, 1 for float32
 * @param rowBytes bytes of an input row
 */
export function resizeBilinear(
  input: usize,
  mask: i32,
  kind: i32,
  rowBytes: usize,
  channels: i32,
  rows: usize,
  outHeight: i32,
  columns: usize,
  outWidth: i32,
  delta: f32,
  affine: usize,
  scratch: usize,
  output: usize,
): void {
  const outRow: usize = outWidth * channels
  let top = scratch + 16
  let bottom = top + ((outRow + 4) << 2)
  let topRow = load<i32>(scratch)
  let bottomRow = load<i32>(scratch, 4)
  for (let y = 0; y < outHeight; y++) {
    const upper = load<i32>(rows)
    const lower = load<i32>(rows, 4)
    if (topRow != upper && (bottomRow == upper || topRow == lower)) {
      const row = topRow
      topRow = bottomRow
      bottomRow = row
      const place = top
      top = bottom
      bottom = place
    }
    if (topRow != upper) {
      across(input + (upper & mask) * rowBytes, kind, channels, columns, outWidth, top)
      topRow = upper
    }
    if (lower != upper && bottomRow != lower) {
      across(input + (lower & mask) * rowBytes, kind, channels, columns, outWidth, bottom)
      bottomRow = lower
    }
    const under = lower == upper ? top : bottom
    if (affine == 0) down(top, under, load<f32>(rows, 8), outRow, output)
    else downAffine(top, under, load<f32>(rows, 8), outRow, delta, affine, channels << 4, output)
    rows += entryBytes
    output += outRow << 2
  }
  const isInOrder = top < bottom
  store<i32>(scratch, isInOrder ? topRow : bottomRow)
  store<i32>(scratch, isInOrder ? bottomRow : topRow, 4)
}

function across(row: usize, kind: i32, channels: i32, columns: usize, outWidth: i32, out: usize): void {
  if (channels == 3) {
    if (kind == 0) acrossBytes3(row, columns, outWidth, out)
    else acrossFloats3(row, columns, outWidth, out)
  } else if (kind == 0) acrossBytes(row, channels, columns, outWidth, out)
  else acrossFloats(row, channels, columns, outWidth, out)
}

/**
 * Two pixels at a time: a pixel and the one behind it lie in eight bytes, and the difference of whole numbers is exact. The
 * table has one entry more than pixels, and where the right one is the left one its lerp is 0.
 */
function acrossBytes3(row: usize, columns: usize, outWidth: i32, out: usize): void {
  const end = columns + outWidth * entryBytes
  for (; columns < end; columns += 2 * entryBytes) {
    v128.store(out, between(row + load<i32>(columns), v128.load_splat<f32>(columns, 8)))
    const next = between(row + load<i32>(columns, entryBytes), v128.load_splat<f32>(columns, entryBytes + 8))
    v128.store(out, next, 12)
    out += 24
  }
}

/** Between a pixel of three bytes and the one behind it. */
@inline
function between(pixel: usize, lerp: v128): v128 {
  const both = v128.load_ext<u8>(pixel)
  const step = i16x8.sub(v128.shuffle<i16>(both, both, 3, 4, 5, 6, 7, 8, 9, 10), both)
  const left = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(both))
  return f32x4.add(left, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(step)), lerp))
}

function acrossFloats3(row: usize, columns: usize, outWidth: i32, out: usize): void {
  const end = columns + outWidth * entryBytes
  for (; columns < end; columns += entryBytes) {
    const left = v128.load(row + load<i32>(columns))
    const right = v128.load(row + load<i32>(columns, 4))
    const lerp = v128.load_splat<f32>(columns, 8)
    v128.store(out, f32x4.add(left, f32x4.mul(f32x4.sub(right, left), lerp)))
    out += 12
  }
}

function acrossBytes(row: usize, channels: i32, columns: usize, outWidth: i32, out: usize): void {
  const end = columns + outWidth * entryBytes
  for (; columns < end; columns += entryBytes) {
    const left = row + load<i32>(columns)
    const right = row + load<i32>(columns, 4)
    const lerp = load<f32>(columns, 8)
    for (let c = 0; c < channels; c++) {
      const a = <f32>load<u8>(left + c)
      store<f32>(out, a + (<f32>load<u8>(right + c) - a) * lerp)
      out += 4
    }
  }
}

function acrossFloats(row: usize, channels: i32, columns: usize, outWidth: i32, out: usize): void {
  const end = columns + outWidth * entryBytes
  const size = channels << 2
  for (; columns < end; columns += entryBytes) {
    const left = row + load<i32>(columns)
    const right = row + load<i32>(columns, 4)
    const lerp = load<f32>(columns, 8)
    for (let c = 0; c < size; c += 4) {
      const a = load<f32>(left + c)
      store<f32>(out, a + (load<f32>(right + c) - a) * lerp)
      out += 4
    }
  }
}

function down(top: usize, bottom: usize, lerp: f32, values: usize, out: usize): void {
  const weight = f32x4.splat(lerp)
  const end = out + (values << 2)
  for (; out < end; out += 32) {
    const a = v128.load(top)
    const b = v128.load(top, 16)
    v128.store(out, f32x4.add(a, f32x4.mul(f32x4.sub(v128.load(bottom), a), weight)))
    v128.store(out, f32x4.add(b, f32x4.mul(f32x4.sub(v128.load(bottom, 16), b), weight)), 16)
    top += 32
    bottom += 32
  }
}

/** As `down`, then (value + delta - subtract) * multiply + add with the numbers of the value's channel. */
function downAffine(
  top: usize,
  bottom: usize,
  lerp: f32,
  values: usize,
  delta: f32,
  affine: usize,
  period: usize,
  out: usize,
): void {
  const weight = f32x4.splat(lerp)
  const brighter = f32x4.splat(delta)
  const end = out + (values << 2)
  const affineEnd = affine + period
  const multiply = period
  const add = period << 1
  let place = affine
  for (; out < end; out += 16) {
    const a = v128.load(top)
    const between = f32x4.add(a, f32x4.mul(f32x4.sub(v128.load(bottom), a), weight))
    const value = f32x4.add(between, brighter)
    const scaled = f32x4.mul(f32x4.sub(value, v128.load(place)), v128.load(place + multiply))
    v128.store(out, f32x4.add(scaled, v128.load(place + add)))
    top += 16
    bottom += 16
    place += 16
    if (place == affineEnd) place = affine
  }
}
