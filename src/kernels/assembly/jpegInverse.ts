import { high16, low16, storeColumns } from './jpegLanes'

/*
 * The fast inverse DCT of libjpeg (AAN), to the bits of its vector version, which computes in 16 bits: over the columns of a
 * block, and over the rows of what that gives. Coefficients and multipliers are 64 numbers of 16 bits; a multiplier holds
 * the quantizer and the scale of its place.
 */

/** Writes a block of 8 x 8 bytes, rows `stride` apart. */
export function jpegInverseFast(block: usize, multipliers: usize, out: usize, stride: usize): void {
  if (jpegIsFlat(block)) {
    jpegInverseFlat(block, multipliers, false, out, stride)
    return
  }
  jpegFastColumns(block, multipliers)
  jpegFastRows(out, stride)
}

/** What the columns give, turned. */
const between = memory.data(128, 16)

/** The first step: the columns of a block. */
@inline
export function jpegFastColumns(block: usize, multipliers: usize): void {
  pass(true, block, multipliers, between, 0)
}

/** The second one, after it: the rows of what they give. */
@inline
export function jpegFastRows(out: usize, stride: usize): void {
  pass(false, between, 0, out, stride)
}

/** Over eight columns of coefficients, or of what these gave. */
@inline
function pass(isFirst: bool, from: usize, multipliers: usize, out: usize, stride: usize): void {
  const second = v128.load(factors)
  let a0 = v128.load(from)
  let a1 = v128.load(from, 16)
  let a2 = v128.load(from, 32)
  let a3 = v128.load(from, 48)
  let a4 = v128.load(from, 64)
  let a5 = v128.load(from, 80)
  let a6 = v128.load(from, 96)
  let a7 = v128.load(from, 112)
  if (isFirst) {
    a0 = i16x8.mul(a0, v128.load(multipliers))
    a1 = i16x8.mul(a1, v128.load(multipliers, 16))
    a2 = i16x8.mul(a2, v128.load(multipliers, 32))
    a3 = i16x8.mul(a3, v128.load(multipliers, 48))
    a4 = i16x8.mul(a4, v128.load(multipliers, 64))
    a5 = i16x8.mul(a5, v128.load(multipliers, 80))
    a6 = i16x8.mul(a6, v128.load(multipliers, 96))
    a7 = i16x8.mul(a7, v128.load(multipliers, 112))
  }
  const sum04 = i16x8.add(a0, a4)
  const difference04 = i16x8.sub(a0, a4)
  const sum26 = i16x8.add(a2, a6)
  const difference26 = i16x8.sub(a2, a6)
  const z13 = i16x8.add(a5, a3)
  const z10 = i16x8.sub(a5, a3)
  const z11 = i16x8.add(a1, a7)
  const z12 = i16x8.sub(a1, a7)
  const wide10 = i16x8.shl(z10, 2)
  const wide12 = i16x8.shl(z12, 2)
  const low1012 = low16(wide10, wide12)
  const high1012 = high16(wide10, wide12)
  const wideSum = i16x8.add(wide10, wide12)
  const wide26 = i16x8.shl(difference26, 2)
  const lowSum = low16(wideSum, wide26)
  const highSum = high16(wideSum, wide26)
  const turned26 = i16x8.sub(times(lowSum, highSum, second), sum26)
  const even0 = i16x8.add(sum04, sum26)
  const even3 = i16x8.sub(sum04, sum26)
  const even1 = i16x8.add(difference04, turned26)
  const even2 = i16x8.sub(difference04, turned26)
  const odd7 = i16x8.add(z11, z13)
  const z5 = times(lowSum, highSum, v128.load(factors, 16))
  const odd6 = i16x8.sub(i16x8.add(i16x8.sub(times(low1012, high1012, v128.load(factors, 32)), z10), z5), odd7)
  const wide1113 = i16x8.shl(i16x8.sub(z11, z13), 2)
  const odd5 = i16x8.sub(times(low16(wide1113, wide1113), high16(wide1113, wide1113), second), odd6)
  const odd4 = i16x8.add(i16x8.sub(times(low1012, high1012, v128.load(factors, 48)), z5), odd5)
  a0 = i16x8.add(even0, odd7)
  a7 = i16x8.sub(even0, odd7)
  a1 = i16x8.add(even1, odd6)
  a6 = i16x8.sub(even1, odd6)
  a2 = i16x8.add(even2, odd5)
  a5 = i16x8.sub(even2, odd5)
  a4 = i16x8.add(even3, odd4)
  a3 = i16x8.sub(even3, odd4)
  if (isFirst) {
    // Rows become columns.
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
    v128.store(out, low16(c0, c4))
    v128.store(out, high16(c0, c4), 16)
    v128.store(out, low16(c1, c5), 32)
    v128.store(out, high16(c1, c5), 48)
    v128.store(out, low16(c2, c6), 64)
    v128.store(out, high16(c2, c6), 80)
    v128.store(out, low16(c3, c7), 96)
    v128.store(out, high16(c3, c7), 112)
  } else {
    const u0 = i8x16.narrow_i16x8_s(i16x8.shr_s(a0, 5), i16x8.shr_s(a4, 5))
    const u1 = i8x16.narrow_i16x8_s(i16x8.shr_s(a1, 5), i16x8.shr_s(a5, 5))
    const u2 = i8x16.narrow_i16x8_s(i16x8.shr_s(a2, 5), i16x8.shr_s(a6, 5))
    const u3 = i8x16.narrow_i16x8_s(i16x8.shr_s(a3, 5), i16x8.shr_s(a7, 5))
    storeColumns(u0, u1, u2, u3, out, stride)
  }
}

/** Whether all coefficients of a block are zero but for the first. */
@inline
export function jpegIsFlat(block: usize): bool {
  const first = i16x8.replace_lane(v128.load(block), 0, 0)
  const rows03 = v128.or(v128.or(first, v128.load(block, 16)), v128.or(v128.load(block, 32), v128.load(block, 48)))
  const rows45 = v128.or(v128.load(block, 64), v128.load(block, 80))
  const rows67 = v128.or(v128.load(block, 96), v128.load(block, 112))
  return !v128.any_true(v128.or(rows03, v128.or(rows45, rows67)))
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

/** Factors in 14 bits of fraction, of the one or the other of two numbers; from memory, for constants are made anew at each use. */
const factors = memory.data<i16>([
  0, 23168, 0, 23168, 0, 23168, 0, 23168,
  30272, 0, 30272, 0, 30272, 0, 30272, 0,
  -26432, 0, -26432, 0, -26432, 0, -26432, 0,
  0, 17728, 0, 17728, 0, 17728, 0, 17728,
], 16)

/** The upper 16 bits of the products of one of two numbers, of the lower and the upper halves of two vectors. */
@inline
function times(lower: v128, upper: v128, factor: v128): v128 {
  const low = i32x4.shr_s(i32x4.dot_i16x8_s(lower, factor), 16)
  const high = i32x4.shr_s(i32x4.dot_i16x8_s(upper, factor), 16)
  return i16x8.narrow_i32x4_s(low, high)
}
