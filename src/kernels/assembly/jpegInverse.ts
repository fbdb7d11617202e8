/*
 * The inverse DCTs of libjpeg, to the bits of their vector versions: over the columns of a block, and over the rows of what
 * that gives. Coefficients and multipliers are 64 numbers of 16 bits. The fast one (AAN) computes in 16 bits, and has the
 * scales of places in its multipliers; the exact one computes in 32.
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

/** Sums of products in 32 bits: eight vectors, of four columns each, and then those of the four others. */
const halves = memory.data(256, 16)

/** As `jpegInverseFast`, exactly. */
export function jpegInverseExact(block: usize, multipliers: usize, out: usize, stride: usize): void {
  for (let row: usize = 0; row < 128; row += 16) {
    v128.store(block + row, i16x8.mul(v128.load(block + row), v128.load(multipliers + row)))
  }
  exactPass(block, 11)
  transpose(block)
  exactPass(block, 18)
  const u0 = i8x16.narrow_i16x8_s(v128.load(block), v128.load(block, 64))
  const u1 = i8x16.narrow_i16x8_s(v128.load(block, 16), v128.load(block, 80))
  const u2 = i8x16.narrow_i16x8_s(v128.load(block, 32), v128.load(block, 96))
  const u3 = i8x16.narrow_i16x8_s(v128.load(block, 48), v128.load(block, 112))
  storeColumns(u0, u1, u2, u3, out, stride)
}

/** One direction, in place; results are rounded and shifted down. */
function exactPass(block: usize, shift: i32): void {
  const a0 = v128.load(block)
  const a1 = v128.load(block, 16)
  const a2 = v128.load(block, 32)
  const a3 = v128.load(block, 48)
  const a4 = v128.load(block, 64)
  const a5 = v128.load(block, 80)
  const a6 = v128.load(block, 96)
  const a7 = v128.load(block, 112)
  const sum04 = i16x8.add(a0, a4)
  const difference04 = i16x8.sub(a0, a4)
  const z3 = i16x8.add(a7, a3)
  const z4 = i16x8.add(a5, a1)
  exactHalf(
    i32x4.extend_low_i16x8_s(sum04),
    i32x4.extend_low_i16x8_s(difference04),
    low16(a2, a6),
    low16(z3, z4),
    low16(a7, a1),
    low16(a5, a3),
    shift,
    halves,
  )
  exactHalf(
    i32x4.extend_high_i16x8_s(sum04),
    i32x4.extend_high_i16x8_s(difference04),
    high16(a2, a6),
    high16(z3, z4),
    high16(a7, a1),
    high16(a5, a3),
    shift,
    halves + 128,
  )
  for (let row: usize = 0; row < 128; row += 16) {
    v128.store(block + row, i16x8.narrow_i32x4_s(v128.load(halves + row), v128.load(halves + row, 128)))
  }
}

/** Four columns: sums and differences in 32 bits, and pairs of 16 bits. */
function exactHalf(
  sum04: v128,
  difference04: v128,
  pair26: v128,
  pairZ: v128,
  pair71: v128,
  pair53: v128,
  shift: i32,
  out: usize,
): void {
  const round = i32x4.splat(1 << (shift - 1))
  const tmp0 = i32x4.add(i32x4.shl(sum04, 13), round)
  const tmp1 = i32x4.add(i32x4.shl(difference04, 13), round)
  const tmp2 = dot(pair26, 4433, -10704)
  const tmp3 = dot(pair26, 10703, 4433)
  const even0 = i32x4.add(tmp0, tmp3)
  const even3 = i32x4.sub(tmp0, tmp3)
  const even1 = i32x4.add(tmp1, tmp2)
  const even2 = i32x4.sub(tmp1, tmp2)
  const z3 = dot(pairZ, -6436, 9633)
  const z4 = dot(pairZ, 9633, 6437)
  const odd0 = i32x4.add(dot(pair71, -4927, -7373), z3)
  const odd3 = i32x4.add(dot(pair71, -7373, 4926), z4)
  const odd1 = i32x4.add(dot(pair53, -4176, -20995), z4)
  const odd2 = i32x4.add(dot(pair53, -20995, 4177), z3)
  v128.store(out, i32x4.shr_s(i32x4.add(even0, odd3), shift))
  v128.store(out, i32x4.shr_s(i32x4.add(even1, odd2), shift), 16)
  v128.store(out, i32x4.shr_s(i32x4.add(even2, odd1), shift), 32)
  v128.store(out, i32x4.shr_s(i32x4.add(even3, odd0), shift), 48)
  v128.store(out, i32x4.shr_s(i32x4.sub(even3, odd0), shift), 64)
  v128.store(out, i32x4.shr_s(i32x4.sub(even2, odd1), shift), 80)
  v128.store(out, i32x4.shr_s(i32x4.sub(even1, odd2), shift), 96)
  v128.store(out, i32x4.shr_s(i32x4.sub(even0, odd3), shift), 112)
}

@inline
function dot(pairs: v128, first: i32, second: i32): v128 {
  return i32x4.dot_i16x8_s(pairs, i32x4.splat((first & 0xffff) | (second << 16)))
}

/** Rows become columns, in place. */
function transpose(block: usize): void {
  for (let turn = 0; turn < 3; turn++) {
    const a0 = v128.load(block)
    const a1 = v128.load(block, 16)
    const a2 = v128.load(block, 32)
    const a3 = v128.load(block, 48)
    const a4 = v128.load(block, 64)
    const a5 = v128.load(block, 80)
    const a6 = v128.load(block, 96)
    const a7 = v128.load(block, 112)
    v128.store(block, low16(a0, a4))
    v128.store(block, high16(a0, a4), 16)
    v128.store(block, low16(a1, a5), 32)
    v128.store(block, high16(a1, a5), 48)
    v128.store(block, low16(a2, a6), 64)
    v128.store(block, high16(a2, a6), 80)
    v128.store(block, low16(a3, a7), 96)
    v128.store(block, high16(a3, a7), 112)
  }
}

/** Stores a block given by its columns of signed bytes: 0 and 4, 1 and 5, 2 and 6, 3 and 7. */
@inline
function storeColumns(u0: v128, u1: v128, u2: v128, u3: v128, out: usize, stride: usize): void {
  const middle = i8x16.splat(-128)
  const s0 = v128.xor(low8(u0, u2), middle)
  const s1 = v128.xor(low8(u1, u3), middle)
  const s2 = v128.xor(high8(u0, u2), middle)
  const s3 = v128.xor(high8(u1, u3), middle)
  const t0 = low8(s0, s1)
  const t1 = high8(s0, s1)
  const t2 = low8(s2, s3)
  const t3 = high8(s2, s3)
  const r01 = low32(t0, t2)
  const r23 = high32(t0, t2)
  const r45 = low32(t1, t3)
  const r67 = high32(t1, t3)
  v128.store64_lane(out, r01, 0)
  v128.store64_lane(out + stride, r01, 1)
  out += stride << 1
  v128.store64_lane(out, r23, 0)
  v128.store64_lane(out + stride, r23, 1)
  out += stride << 1
  v128.store64_lane(out, r45, 0)
  v128.store64_lane(out + stride, r45, 1)
  out += stride << 1
  v128.store64_lane(out, r67, 0)
  v128.store64_lane(out + stride, r67, 1)
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

@inline
function low16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
}

@inline
function high16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
}

@inline
function low8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

@inline
function high8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

@inline
function low32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5)
}

@inline
function high32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7)
}
