/*
 * Hands each gradient of the output to the largest of its four values, the first of equal ones, and zero to the others:
 * windows of 2 x 2 that lie side by side. `channels` is a multiple of four; pixels of the input beyond the last window are
 * left as they are.
 *
 *   window   | a | b |     a, b: of the row at `x`; c, d: of the row below
 *            | c | d |
 */
export function maxPoolGrad(
  x: usize,
  dy: usize,
  dx: usize,
  images: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  const pixel = (<usize>channels) << 2
  const below = <usize>inWidth * pixel
  const zero = f32x4.splat(0)
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < outHeight; row++) {
      let at = (<usize>image * inHeight + 2 * row) * below
      for (let column = 0; column < outWidth; column++) {
        for (const end = at + pixel; at < end; at += 16) {
          const right = at + pixel
          const low = at + below
          const lowRight = low + pixel
          const a = v128.load(x + at)
          const b = v128.load(x + right)
          const c = v128.load(x + low)
          const d = v128.load(x + lowRight)
          const isRight = f32x4.gt(b, a)
          const isLowRight = f32x4.gt(d, c)
          const isLow = f32x4.gt(v128.bitselect(d, c, isLowRight), v128.bitselect(b, a, isRight))
          const gradient = v128.load(dy)
          const upper = v128.andnot(gradient, isLow)
          const lower = v128.and(gradient, isLow)
          v128.store(dx + at, v128.bitselect(zero, upper, isRight))
          v128.store(dx + right, v128.and(upper, isRight))
          v128.store(dx + low, v128.bitselect(zero, lower, isLowRight))
          v128.store(dx + lowRight, v128.and(lower, isLowRight))
          dy += 16
        }
        at += pixel
      }
    }
  }
}
