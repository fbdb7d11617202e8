/*
 * (value + delta - subtract) * multiply + add, four values at a time. `numbers` is three runs of 4 * channels floats:
 * subtract, multiply, add, the channels' numbers again and again. `kind` is 0 for uint8 and 1 for float32.
 *
 * Reads up to 16 bytes past the input and writes up to 16 past the output: the caller leaves room.
 */
export function affine(
  input: usize,
  kind: i32,
  values: usize,
  channels: i32,
  delta: f32,
  numbers: usize,
  output: usize,
): void {
  const brighter = f32x4.splat(delta)
  const period: usize = channels << 4
  const multiply = period
  const add = period << 1
  const last = numbers + period
  const end = output + (values << 2)
  let place = numbers
  for (; output < end; output += 16) {
    let value: v128
    if (kind == 0) {
      const words = i16x8.extend_low_i8x16_u(v128.load_zero<u32>(input))
      value = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words))
      input += 4
    } else {
      value = v128.load(input)
      input += 16
    }
    const shifted = f32x4.sub(f32x4.add(value, brighter), v128.load(place))
    v128.store(output, f32x4.add(f32x4.mul(shifted, v128.load(place + multiply)), v128.load(place + add)))
    place += 16
    if (place == last) place = numbers
  }
}
