import { high16, high32, low16, low32, storeColumns } from './jpegLanes'

/*
 * The fast inverse DCT of libjpeg (AAN), to the bits of its vector version, which computes in 16 bits: over the columns of a
 * block, and over the rows of what that gives. Coefficients and multipliers are 64 numbers of 16 bits; a multiplier holds
 * the quantizer and the scale of its place.
 */

/**
 * Writes a block of 8 x 8 bytes, rows `stride` apart.
 *
 * @param isSmall whether all coefficients are zero but for the first four of the first four rows
 */
export function jpegInverseFast(block: usize, multipliers: usize, isSmall: bool, out: usize, stride: usize): void {
  const half = v128.load(factors)
  let a0 = i16x8.mul(v128.load(block), v128.load(multipliers))
  let a1 = i16x8.mul(v128.load(block, 16), v128.load(multipliers, 16))
  let a2 = i16x8.mul(v128.load(block, 32), v128.load(multipliers, 32))
  let a3 = i16x8.mul(v128.load(block, 48), v128.load(multipliers, 48))
  let a4 = half
  let a5 = half
  let a6 = half
  let a7 = half
  if (!isSmall) {
    a4 = i16x8.mul(v128.load(block, 64), v128.load(multipliers, 64))
    a5 = i16x8.mul(v128.load(block, 80), v128.load(multipliers, 80))
    a6 = i16x8.mul(v128.load(block, 96), v128.load(multipliers, 96))
    a7 = i16x8.mul(v128.load(block, 112), v128.load(multipliers, 112))
  }
  let isSecond = false
  while (true) {
    let sum04 = a0
    let difference04 = a0
    let sum26 = a2
    let difference26 = a2
    let z13 = a3
    let z10 = i16x8.neg(a3)
    let z11 = a1
    let z12 = a1
    if (!isSmall) {
      sum04 = i16x8.add(a0, a4)
      difference04 = i16x8.sub(a0, a4)
      sum26 = i16x8.add(a2, a6)
      difference26 = i16x8.sub(a2, a6)
      z13 = i16x8.add(a5, a3)
      z10 = i16x8.sub(a5, a3)
      z11 = i16x8.add(a1, a7)
      z12 = i16x8.sub(a1, a7)
    }
    const turned26 = i16x8.sub(times(i16x8.shl(difference26, 2), half), sum26)
    const even0 = i16x8.add(sum04, sum26)
    const even3 = i16x8.sub(sum04, sum26)
    const even1 = i16x8.add(difference04, turned26)
    const even2 = i16x8.sub(difference04, turned26)
    const odd7 = i16x8.add(z11, z13)
    const wide10 = i16x8.shl(z10, 2)
    const wide12 = i16x8.shl(z12, 2)
    const z5 = times(i16x8.add(wide10, wide12), v128.load(factors, 16))
    const odd6 = i16x8.sub(i16x8.add(i16x8.sub(times(wide10, v128.load(factors, 32)), z10), z5), odd7)
    const odd5 = i16x8.sub(times(i16x8.shl(i16x8.sub(z11, z13), 2), half), odd6)
    const odd4 = i16x8.add(i16x8.sub(times(wide12, v128.load(factors, 48)), z5), odd5)
    a0 = i16x8.add(even0, odd7)
    a7 = i16x8.sub(even0, odd7)
    a1 = i16x8.add(even1, odd6)
    a6 = i16x8.sub(even1, odd6)
    a2 = i16x8.add(even2, odd5)
    a5 = i16x8.sub(even2, odd5)
    a4 = i16x8.add(even3, odd4)
    a3 = i16x8.sub(even3, odd4)
    if (isSecond) break
    isSecond = true
    // Rows become columns.
    if (isSmall) {
      const d0 = low16(a0, a1)
      const d1 = low16(a2, a3)
      const d2 = low16(a4, a5)
      const d3 = low16(a6, a7)
      const e0 = low32(d0, d1)
      const e1 = high32(d0, d1)
      const e2 = low32(d2, d3)
      const e3 = high32(d2, d3)
      a0 = v128.shuffle<i64>(e0, e2, 0, 2)
      a1 = v128.shuffle<i64>(e0, e2, 1, 3)
      a2 = v128.shuffle<i64>(e1, e3, 0, 2)
      a3 = v128.shuffle<i64>(e1, e3, 1, 3)
      continue
    }
    const b0 = low16(a0, a4)
    const b1 = high16(a0, a4)
    const b2 = low16(a1, a5)
    const b3 = high16(a1, a5)
    const b4 = low16(a2, a6)
    const b5 = high16(a2, a6)
    const b6 = low16(a3, a7)
    const b7 = high16(a3, a7)
    const c0 = low16(b0, b4)
    const c1 = high16(b0, b4)
    const c2 = low16(b1, b5)
    const c3 = high16(b1, b5)
    const c4 = low16(b2, b6)
    const c5 = high16(b2, b6)
    const c6 = low16(b3, b7)
    const c7 = high16(b3, b7)
    a0 = low16(c0, c4)
    a1 = high16(c0, c4)
    a2 = low16(c1, c5)
    a3 = high16(c1, c5)
    a4 = low16(c2, c6)
    a5 = high16(c2, c6)
    a6 = low16(c3, c7)
    a7 = high16(c3, c7)
  }
  const u0 = i8x16.narrow_i16x8_s(i16x8.shr_s(a0, 5), i16x8.shr_s(a4, 5))
  const u1 = i8x16.narrow_i16x8_s(i16x8.shr_s(a1, 5), i16x8.shr_s(a5, 5))
  const u2 = i8x16.narrow_i16x8_s(i16x8.shr_s(a2, 5), i16x8.shr_s(a6, 5))
  const u3 = i8x16.narrow_i16x8_s(i16x8.shr_s(a3, 5), i16x8.shr_s(a7, 5))
  storeColumns(u0, u1, u2, u3, out, stride)
}

/** Writes a block whose coefficients are all zero but for the first. */
export function jpegInverseFlat(block: usize, multipliers: usize, isExact: bool, out: usize, stride: usize): void {
  const value: i32 = <i16>(load<i16>(block) * load<i16>(multipliers))
  const bits = isExact ? (value + 4) >> 3 : value >> 5
  const flat = i8x16.splat(<i8>(min(max(bits, -128), 127) + 128))
  for (let row = 0; row < 8; row++) {
    v128.store64_lane(out, flat, 0)
    out += stride
  }
}

/** Factors in 8 bits of fraction, of the lower of two numbers each; from memory, for constants are made anew at each use. */
const factors = memory.data<i16>([
  23168, 0, 23168, 0, 23168, 0, 23168, 0,
  30272, 0, 30272, 0, 30272, 0, 30272, 0,
  -26432, 0, -26432, 0, -26432, 0, -26432, 0,
  17728, 0, 17728, 0, 17728, 0, 17728, 0,
], 16)

/** The upper 16 bits of each product. */
@inline
function times(a: v128, factor: v128): v128 {
  const low = i32x4.shr_s(i32x4.dot_i16x8_s(low16(a, a), factor), 16)
  const high = i32x4.shr_s(i32x4.dot_i16x8_s(high16(a, a), factor), 16)
  return i16x8.narrow_i32x4_s(low, high)
}
