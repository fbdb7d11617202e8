import { jpegInverseFlat, jpegIsFlat } from './jpegInverse'
import { high16, low16, storeColumns } from './jpegLanes'

/*
 * The exact inverse DCT of libjpeg, to the bits of its vector version, which computes in 32 bits: over the columns of a block,
 * and over the rows of what that gives. Coefficients and multipliers are 64 numbers of 16 bits.
 */

/** Sums of products in 32 bits: eight vectors, of four columns each, and then those of the four others. */
const halves = memory.data(256, 16)

/** As `jpegInverseFast`, exactly. */
export function jpegInverseExact(block: usize, multipliers: usize, out: usize, stride: usize): void {
  if (jpegIsFlat(block)) {
    jpegInverseFlat(block, multipliers, true, out, stride)
    return
  }
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
