/*
 * Hue and saturation of RGB pixels in float32, four pixels at a time, in place. The steps and their rounding are those of
 * the plain versions. `end` is where the pixels end; up to 48 bytes past it are read and written: the caller leaves room.
 */

/** Turns the hue by `turn` sixths of the circle, from -6 to 6. */
export function adjustHue(values: usize, end: usize, turn: f32): void {
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const six = f32x4.splat(6)
  const turned = f32x4.splat(turn)
  for (; values < end; values += 48) {
    const v0 = v128.load(values)
    const v1 = v128.load(values, 16)
    const v2 = v128.load(values, 32)
    const r = firsts(v0, v1, v2)
    const g = seconds(v0, v1, v2)
    const b = thirds(v0, v1, v2)
    const most = f32x4.pmax(r, f32x4.pmax(g, b))
    const least = f32x4.pmin(r, f32x4.pmin(g, b))
    const range = f32x4.sub(most, least)

    // The sector between two of the six pure colours, by the order of the channels.
    const rg = f32x4.lt(r, g)
    const in1 = v128.and(rg, f32x4.lt(b, r))
    const in3 = v128.andnot(v128.and(rg, f32x4.gt(b, g)), in1)
    const in0 = v128.andnot(f32x4.lt(b, g), rg)
    const in4 = v128.andnot(v128.andnot(f32x4.gt(b, r), rg), in0)
    const in2 = v128.andnot(v128.andnot(rg, in1), in3)
    const in5 = v128.andnot(v128.andnot(v128.not(rg), in0), in4)
    const sector = f32x4.add(
      f32x4.add(v128.and(in1, one), v128.and(in2, f32x4.splat(2))),
      f32x4.add(v128.and(in3, f32x4.splat(3)), f32x4.add(v128.and(in4, f32x4.splat(4)), v128.and(in5, f32x4.splat(5)))),
    )
    const middle = v128.bitselect(r, v128.bitselect(g, b, v128.or(in0, in3)), v128.or(in1, in4))
    const rising = f32x4.div(f32x4.sub(middle, least), range)
    const falls = v128.or(in1, v128.or(in3, in5))
    const along = v128.bitselect(f32x4.sub(one, rising), rising, falls)
    const own = v128.and(f32x4.add(sector, along), f32x4.ne(most, least))

    let hue = f32x4.add(own, turned)
    hue = f32x4.add(hue, v128.and(f32x4.lt(hue, zero), six))
    hue = f32x4.sub(hue, v128.and(f32x4.ge(hue, six), six))
    hue = f32x4.sub(hue, v128.and(f32x4.ge(hue, six), six))
    const place = f32x4.trunc(hue)
    const part = f32x4.sub(hue, place)
    const odd = f32x4.ne(f32x4.trunc(f32x4.mul(place, f32x4.splat(0.5))), f32x4.mul(place, f32x4.splat(0.5)))
    const share = v128.bitselect(f32x4.sub(one, part), part, odd)
    const mixed = f32x4.add(least, f32x4.mul(share, range))
    const is0 = f32x4.eq(place, zero)
    const is1 = f32x4.eq(place, one)
    const is2 = f32x4.eq(place, f32x4.splat(2))
    const is3 = f32x4.eq(place, f32x4.splat(3))
    const is4 = f32x4.eq(place, f32x4.splat(4))
    const is5 = f32x4.eq(place, f32x4.splat(5))
    interleave(
      values,
      v128.bitselect(most, v128.bitselect(mixed, least, v128.or(is1, is4)), v128.or(is0, is5)),
      v128.bitselect(most, v128.bitselect(mixed, least, v128.or(is0, is3)), v128.or(is1, is2)),
      v128.bitselect(most, v128.bitselect(mixed, least, v128.or(is2, is5)), v128.or(is3, is4)),
    )
  }
}

/** Multiplies the saturation by `scale` and keeps it from 0 to 1. */
export function adjustSaturation(values: usize, end: usize, scale: f32): void {
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const two = f32x4.splat(2)
  const six = f32x4.splat(6)
  const factor = f32x4.splat(scale)
  for (; values < end; values += 48) {
    const v0 = v128.load(values)
    const v1 = v128.load(values, 16)
    const v2 = v128.load(values, 32)
    const r = firsts(v0, v1, v2)
    const g = seconds(v0, v1, v2)
    const b = thirds(v0, v1, v2)
    const value = f32x4.pmax(r, f32x4.pmax(g, b))
    const range = f32x4.sub(value, f32x4.pmin(r, f32x4.pmin(g, b)))
    const saturation = v128.and(f32x4.div(range, value), f32x4.gt(value, zero))
    const norm = f32x4.div(one, f32x4.mul(six, range))
    const byRed = f32x4.mul(norm, f32x4.sub(g, b))
    const byGreen = plusThirds(f32x4.mul(norm, f32x4.sub(b, r)), 2.0 / 6.0)
    const byBlue = plusThirds(f32x4.mul(norm, f32x4.sub(r, g)), 4.0 / 6.0)
    const some = v128.bitselect(byRed, v128.bitselect(byGreen, byBlue, f32x4.eq(g, value)), f32x4.eq(r, value))
    const signed = v128.and(some, f32x4.gt(range, zero))
    const hue = f32x4.add(signed, v128.and(f32x4.lt(signed, zero), one))

    const kept = f32x4.pmin(one, f32x4.pmax(zero, f32x4.mul(saturation, factor)))
    const chroma = f32x4.mul(kept, value)
    const least = f32x4.sub(value, chroma)
    const turned = f32x4.mul(hue, six)
    const place = f32x4.trunc(turned)
    const even = f32x4.mul(two, f32x4.floor(f32x4.mul(turned, f32x4.splat(0.5))))
    const within = f32x4.sub(turned, even)
    const middle = f32x4.mul(chroma, f32x4.sub(one, f32x4.abs(f32x4.sub(within, one))))
    const is0 = f32x4.eq(place, zero)
    const is1 = f32x4.eq(place, one)
    const is2 = f32x4.eq(place, two)
    const is3 = f32x4.eq(place, f32x4.splat(3))
    const is4 = f32x4.eq(place, f32x4.splat(4))
    const is5 = f32x4.eq(place, f32x4.splat(5))
    interleave(
      values,
      f32x4.add(either(v128.or(is0, is5), chroma, v128.or(is1, is4), middle), least),
      f32x4.add(either(v128.or(is1, is2), chroma, v128.or(is0, is3), middle), least),
      f32x4.add(either(v128.or(is3, is4), chroma, v128.or(is2, is5), middle), least),
    )
  }
}

/** A sum with a number of float64, rounded once. */
function plusThirds(values: v128, added: f64): v128 {
  const number = f64x2.splat(added)
  const low = f32x4.demote_f64x2_zero(f64x2.add(f64x2.promote_low_f32x4(values), number))
  const upper = i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
  const high = f32x4.demote_f64x2_zero(f64x2.add(f64x2.promote_low_f32x4(upper), number))
  return i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
}

/** One value where the first mask is set, another where the second is, else 0. */
function either(first: v128, value: v128, second: v128, other: v128): v128 {
  return v128.or(v128.and(first, value), v128.and(second, other))
}

function firsts(v0: v128, v1: v128, v2: v128): v128 {
  const pair = v128.shuffle<f32>(v0, v1, 0, 3, 6, 6)
  return v128.shuffle<f32>(pair, v2, 0, 1, 2, 5)
}

function seconds(v0: v128, v1: v128, v2: v128): v128 {
  const pair = v128.shuffle<f32>(v0, v1, 1, 4, 7, 7)
  return v128.shuffle<f32>(pair, v2, 0, 1, 2, 6)
}

function thirds(v0: v128, v1: v128, v2: v128): v128 {
  const pair = v128.shuffle<f32>(v0, v1, 2, 5, 5, 5)
  return v128.shuffle<f32>(pair, v2, 0, 1, 4, 7)
}

function interleave(place: usize, r: v128, g: v128, b: v128): void {
  const rg = v128.shuffle<f32>(r, g, 0, 4, 1, 5)
  v128.store(place, v128.shuffle<f32>(rg, b, 0, 1, 4, 2))
  const gr = v128.shuffle<f32>(g, r, 1, 6, 2, 3)
  v128.store(place + 16, v128.shuffle<f32>(gr, b, 0, 5, 1, 2))
  const br = v128.shuffle<f32>(b, r, 2, 7, 3, 3)
  v128.store(place + 32, v128.shuffle<f32>(br, g, 0, 1, 7, 2))
}
