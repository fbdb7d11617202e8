/*
 * Bytes of floats, sixteen at a time: each is multiplied by `scale`, cut to a whole number and kept from 0 to 255; NaN
 * becomes 0.
 *
 * Reads up to 64 bytes past the input and writes up to 16 past the output: the caller leaves room.
 */
export function toBytes(input: usize, values: usize, scale: f32, output: usize): void {
  const factor = f32x4.splat(scale)
  const end = output + values
  for (; output < end; output += 16) {
    const low = i16x8.narrow_i32x4_s(cut(input, factor), cut(input + 16, factor))
    const high = i16x8.narrow_i32x4_s(cut(input + 32, factor), cut(input + 48, factor))
    v128.store(output, i8x16.narrow_i16x8_u(low, high))
    input += 64
  }
}

function cut(place: usize, factor: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.mul(v128.load(place), factor))
}
