import { high16, high8, low16, low8 } from './jpegLanes'

/*
 * From planes of brightness and colour differences to pixels of red, green and blue, as libjpeg does with fancy upsampling:
 * each difference is 3/4 of the nearest stored one and 1/4 of the next, in each direction in which it is stored at half the
 * size. Of 16 pixels the even and the odd ones are computed apart.
 *
 * Reads up to 16 values past the end of a row, and writes up to 64 bytes past it: rows are written from the first on.
 */

/*
 * Constants are read from memory, for V8 makes others anew at each use. Of blue and red: the factors of green, and what rounds
 * it; 0.402 and -0.228, in 15 bits; the low byte of two; what is added to even and odd pixels, with 128 less of the result, of
 * rows that are mixed and of others; where the bytes of four pixels are, without the fourth of each; the middle of differences.
 */
const constants = memory.data<i16>([
  -11277, -23401, -11277, -23401, -11277, -23401, -11277, -23401,
  16384, 0, 16384, 0, 16384, 0, 16384, 0,
  13173, 13173, 13173, 13173, 13173, 13173, 13173, 13173,
  -7471, -7471, -7471, -7471, -7471, -7471, -7471, -7471,
  255, 255, 255, 255, 255, 255, 255, 255,
  -2040, -2040, -2040, -2040, -2040, -2040, -2040, -2040,
  -2041, -2041, -2041, -2041, -2041, -2041, -2041, -2041,
  -2044, -2044, -2044, -2044, -2044, -2044, -2044, -2044,
  -2040, -2040, -2040, -2040, -2040, -2040, -2040, -2040,
  0x100, 0x402, 0x605, 0x908, 0xc0a, 0xe0d, -1, -1,
  128, 128, 128, 128, 128, 128, 128, 128,
], 16)
const mixed: usize = 80
const plain: usize = 112

/**
 * One row of differences before it is widened: 3 times the nearer row and once the other, or the row as it is, as 16-bit
 * numbers with one more at each end, `sums` being the first but one.
 */
export function jpegSums(near: usize, far: usize, isMixed: bool, width: i32, sums: usize): void {
  const end = sums + (width << 1)
  for (let out = sums; out < end; out += 16) {
    let value = v128.load_ext<u8>(near)
    const threefold = i16x8.add(value, i16x8.shl(value, 1))
    value = isMixed ? i16x8.add(threefold, v128.load_ext<u8>(far)) : i16x8.add(threefold, value)
    v128.store(out, value)
    near += 8
    far += 8
  }
  store<i16>(sums - 2, load<i16>(sums))
  store<i16>(end, load<i16>(end - 2))
}

/** What rounds the pixels of a row whose sums are mixed, or are not. */
export function jpegRounding(isMixed: bool): usize {
  return constants + (isMixed ? mixed : plain)
}

/**
 * Eight of 16 pixels, from their brightness and the sums of their differences: the even ones, or then the odd ones, which are
 * stored with these.
 *
 * @param evens eight pixels of four bytes: the even ones
 * @param out takes 16 pixels of three bytes, with the odd ones
 */
@inline
export function jpegHalfPixels(
  isOdd: bool,
  luma: usize,
  blue: usize,
  red: usize,
  rounding: usize,
  evens: usize,
  out: usize,
): void {
  const round = v128.load(isOdd ? rounding + 16 : rounding)
  const bright = isOdd ? i16x8.shr_u(v128.load(luma), 8) : v128.and(v128.load(luma), v128.load(constants, 64))
  const b = widened(blue, isOdd ? blue + 2 : blue - 2, round)
  const r = widened(red, isOdd ? red + 2 : red - 2, round)
  const rb = i8x16.narrow_i16x8_u(redOf(bright, r), blueOf(bright, b))
  const g = i8x16.narrow_i16x8_u(greenOf(bright, b, r), bright)
  const rg = low8(rb, g)
  const bx = high8(rb, g)
  if (isOdd) {
    storePixels(v128.load(evens), low16(rg, bx), out)
    storePixels(v128.load(evens, 16), high16(rg, bx), out + 24)
  } else {
    v128.store(evens, low16(rg, bx))
    v128.store(evens, high16(rg, bx), 16)
  }
}

/** Eight pixels from their brightness and their differences, stored at full size. */
@inline
export function jpegFullPixels(luma: usize, blue: usize, red: usize, out: usize): void {
  const middle = v128.load(constants, 160)
  const bright = v128.load_ext<u8>(luma)
  const b = i16x8.sub(v128.load_ext<u8>(blue), middle)
  const r = i16x8.sub(v128.load_ext<u8>(red), middle)
  const rb = i8x16.narrow_i16x8_u(redOf(bright, r), blueOf(bright, b))
  const g = i8x16.narrow_i16x8_u(greenOf(bright, b, r), bright)
  const rg = low8(rb, g)
  const bx = high8(rb, g)
  storeFour(low16(rg, bx), out)
  storeFour(high16(rg, bx), out + 12)
}

/** Differences in the middle between sums and those beside them; 128 less is part of `round`. */
@inline
function widened(sums: usize, beside: usize, round: v128): v128 {
  const sum = v128.load(sums)
  const threefold = i16x8.add(sum, i16x8.shl(sum, 1))
  return i16x8.shr_s(i16x8.add(i16x8.add(threefold, v128.load(beside)), round), 4)
}

/** 1.402 times, in 16 bits of fraction, is the value and 0.402 of it. */
@inline
function redOf(luma: v128, red: v128): v128 {
  return i16x8.add(i16x8.add(luma, red), i16x8.q15mulr_sat_s(red, v128.load(constants, 32)))
}

/** 1.772 times is twice the value, less 0.228 of it. */
@inline
function blueOf(luma: v128, blue: v128): v128 {
  return i16x8.add(i16x8.add(luma, i16x8.add(blue, blue)), i16x8.q15mulr_sat_s(blue, v128.load(constants, 48)))
}

/** 0.34414 of blue and 0.71414 of red less, in 15 bits of fraction. */
@inline
function greenOf(luma: v128, blue: v128, red: v128): v128 {
  const factors = v128.load(constants)
  const round = v128.load(constants, 16)
  const low = i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low16(blue, red), factors), round), 15)
  const high = i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high16(blue, red), factors), round), 15)
  return i16x8.add(luma, i16x8.narrow_i32x4_s(low, high))
}

/** Stores four even and four odd pixels of four bytes each as eight of three. */
@inline
function storePixels(even: v128, odd: v128, out: usize): void {
  storeFour(v128.shuffle<i32>(even, odd, 0, 4, 1, 5), out)
  storeFour(v128.shuffle<i32>(even, odd, 2, 6, 3, 7), out + 12)
}

@inline
function storeFour(pixels: v128, out: usize): void {
  v128.store(out, i8x16.swizzle(pixels, v128.load(constants, 144)))
}
