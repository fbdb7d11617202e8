import { jpegFullPixels, jpegHalfPixels, jpegRounding, jpegSums } from './jpegColour'
import { across, blue, colourStride, components, down, height, luma, red, rowMask, stride, width } from './jpegPlanes'

/*
 * Rows of planes that wait to become pixels. They do so while the codes of the next row of units are read, 16 pixels at a time
 * and in two steps.
 *
 *   state  how far it is | luma | blue | red | pixels | rounding: of the row that is being made. The places are those of its
 *          end, and how far it is goes from a number below 0, 16 pixels at a time, up to 0; 0 where no row is being made. Blue
 *          and red are sums, or differences at full size where rounding is 0.
 *   evens  8 pixels of four bytes: the even ones of the 16 whose odd ones come next
 */

const state = memory.data(24, 16)
const lumaAt: usize = 4
const blueAt: usize = 8
const redAt: usize = 12
const pixelsAt: usize = 16
const roundingAt: usize = 20
const evens = memory.data(32, 16)

/** A byte for each row of pixels, 0 where it is not wanted; or 0 where all are. */
let wanted: usize = 0
/** Memory for the sums of a row. */
let sums: usize = 0
/** Where pixels go; the rows whose numbers differ in other bits than those of `mask` lie at the same place. */
let output: usize = 0
let mask = 0
/** The next row, and the end of those that wait. */
let row = 0
let end = 0

/** Begins with the first row of a picture; none waits. */
export function jpegPixels(wantedRows: usize, scratch: usize): void {
  wanted = wantedRows
  sums = scratch + 16
  row = 0
  end = 0
  store<i32>(state, 0)
}

/** Says where pixels go from now on. */
export function jpegOutput(pixels: usize, pixelMask: i32): void {
  output = pixels
  mask = pixelMask
}

/** Has the rows up to one wait. */
export function jpegAddRows(upTo: i32): void {
  end = upTo
  if (load<i32>(state) == 0) beginRow()
}

/** Makes the even ones of 16 pixels, where some wait; of a row that is not widened the first eight. */
@inline
export function jpegTakeEvenPixels(): void {
  take(false)
}

/** Makes the others, with which the 16 are done. */
@inline
export function jpegTakeOddPixels(): void {
  take(true)
}

@inline
function take(isOdd: bool): void {
  const at = load<i32>(state)
  if (at < 0) {
    const bright = load<usize>(state, lumaAt) + at
    const blues = load<usize>(state, blueAt) + at
    const reds = load<usize>(state, redAt) + at
    const out = load<usize>(state, pixelsAt) + 3 * at
    const rounding = load<usize>(state, roundingAt)
    if (rounding != 0) jpegHalfPixels(isOdd, bright, blues, reds, rounding, evens, out)
    else if (isOdd) jpegFullPixels(bright + 8, blues + 8, reds + 8, out + 24)
    else jpegFullPixels(bright, blues, reds, out)
    if (isOdd) {
      store<i32>(state, at + 16)
      if (at == -16) beginRow()
    }
  }
}

/** Makes all rows that wait. */
export function jpegFinishRows(): void {
  while (load<i32>(state) < 0) {
    jpegTakeEvenPixels()
    jpegTakeOddPixels()
  }
}

/** Begins with the next row that is wanted. One of brightness alone is made at once. */
function beginRow(): void {
  for (; row < end; row++) {
    if (wanted != 0 && load<u8>(wanted + row) == 0) continue
    const bright = luma + (row & (rowMask * down + down - 1)) * stride
    const out = output + (row & mask) * (width * components)
    if (components == 1) {
      memory.copy(out, bright, width)
      continue
    }
    if (across == 1) {
      const offset = (row & rowMask) * colourStride
      wait(bright, blue + offset, red + offset, 0, out)
    } else widen(bright, out)
    row++
    return
  }
}

/** Sums up the differences of the row, which are stored at half the size, and has its pixels wait. */
function widen(bright: usize, out: usize): void {
  const half = (width + 1) >> 1
  let near = row
  let far = row
  if (down == 2) {
    near = row >> 1
    far = min(max((row & 1) == 0 ? near - 1 : near + 1, 0), ((height + 1) >> 1) - 1)
  }
  near &= rowMask
  far &= rowMask
  const redSums = sums + (half << 1) + 64
  jpegSums(blue + near * colourStride, blue + far * colourStride, down == 2, half, sums)
  jpegSums(red + near * colourStride, red + far * colourStride, down == 2, half, redSums)
  wait(bright, sums, redSums, jpegRounding(down == 2), out)
}

/** Has the pixels of a row wait. */
function wait(bright: usize, blues: usize, reds: usize, rounding: usize, out: usize): void {
  const length = (width + 15) & -16
  store<i32>(state, -length)
  store<usize>(state, bright + length, lumaAt)
  store<usize>(state, blues + length, blueAt)
  store<usize>(state, reds + length, redAt)
  store<usize>(state, out + 3 * length, pixelsAt)
  store<usize>(state, rounding, roundingAt)
}
