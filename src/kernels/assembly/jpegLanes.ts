/* The lower or the upper halves of two vectors, lane by lane in turn, and what is made of that. */

@inline
export function low16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
}

@inline
export function high16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
}

@inline
export function low8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

@inline
export function high8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

@inline
export function low32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5)
}

@inline
export function high32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7)
}

/** Stores a block given by its columns of signed bytes: 0 and 4, 1 and 5, 2 and 6, 3 and 7. */
@inline
export function storeColumns(u0: v128, u1: v128, u2: v128, u3: v128, out: usize, stride: usize): void {
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
