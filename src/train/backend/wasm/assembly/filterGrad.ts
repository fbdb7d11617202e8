/*
 * The gradient of a convolution of stride 1 with respect to its filter, added up directly: for each place of the filter
 * and each channel of the input, what it saw times the gradient of the output. `outChannels` is a multiple of four. Each
 * row of the output is summed for itself first, which keeps the sums of a batch exact to more places.
 *
 * x [images, inHeight, inWidth, inChannels], dy [images, outHeight, outWidth, outChannels],
 * dw [filterHeight, filterWidth, inChannels, outChannels]
 */
export function filterGrad(
  x: usize,
  dy: usize,
  dw: usize,
  images: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const pixel = (<usize>inChannels) << 2
  const sums = (<usize>outChannels) << 2
  memory.fill(dw, 0, <usize>(filterHeight * filterWidth * inChannels) * sums)
  for (let image = 0; image < images; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const gradients = dy + <usize>(image * outHeight + outRow) * outWidth * sums
      for (let fh = 0; fh < filterHeight; fh++) {
        const row = outRow + fh - padTop
        if (row < 0 || row >= inHeight) continue
        for (let fw = 0; fw < filterWidth; fw++) {
          const first = max<i32>(0, padLeft - fw)
          const count = min<i32>(outWidth, inWidth + padLeft - fw) - first
          if (count <= 0) continue
          let from = x + <usize>((image * inHeight + row) * inWidth + first + fw - padLeft) * pixel
          let to = dw + <usize>((fh * filterWidth + fw) * inChannels) * sums
          for (let channel = 0; channel < inChannels; channel++) {
            addRow(from, pixel, gradients + <usize>first * sums, sums, count, to)
            from += 4
            to += sums
          }
        }
      }
    }
  }
}

/** Adds to each of the sums: a value of each pixel times the gradient of each channel there. */
function addRow(from: usize, pixel: usize, gradients: usize, sums: usize, count: i32, to: usize): void {
  let at: usize = 0
  for (; at + 128 <= sums; at += 128) addThirtyTwo(from, pixel, gradients + at, sums, count, to + at)
  for (; at < sums; at += 16) addFour(from, pixel, gradients + at, sums, count, to + at)
}

function addThirtyTwo(from: usize, pixel: usize, gradient: usize, stride: usize, count: i32, to: usize): void {
  let s0 = f32x4.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let s4 = s0
  let s5 = s0
  let s6 = s0
  let s7 = s0
  for (let i = 0; i < count; i++) {
    const value = v128.load32_splat(from)
    s0 = f32x4.add(s0, f32x4.mul(value, v128.load(gradient)))
    s1 = f32x4.add(s1, f32x4.mul(value, v128.load(gradient, 16)))
    s2 = f32x4.add(s2, f32x4.mul(value, v128.load(gradient, 32)))
    s3 = f32x4.add(s3, f32x4.mul(value, v128.load(gradient, 48)))
    s4 = f32x4.add(s4, f32x4.mul(value, v128.load(gradient, 64)))
    s5 = f32x4.add(s5, f32x4.mul(value, v128.load(gradient, 80)))
    s6 = f32x4.add(s6, f32x4.mul(value, v128.load(gradient, 96)))
    s7 = f32x4.add(s7, f32x4.mul(value, v128.load(gradient, 112)))
    from += pixel
    gradient += stride
  }
  v128.store(to, f32x4.add(v128.load(to), s0))
  v128.store(to, f32x4.add(v128.load(to, 16), s1), 16)
  v128.store(to, f32x4.add(v128.load(to, 32), s2), 32)
  v128.store(to, f32x4.add(v128.load(to, 48), s3), 48)
  v128.store(to, f32x4.add(v128.load(to, 64), s4), 64)
  v128.store(to, f32x4.add(v128.load(to, 80), s5), 80)
  v128.store(to, f32x4.add(v128.load(to, 96), s6), 96)
  v128.store(to, f32x4.add(v128.load(to, 112), s7), 112)
}

function addFour(from: usize, pixel: usize, gradient: usize, stride: usize, count: i32, to: usize): void {
  let sum = f32x4.splat(0)
  for (let i = 0; i < count; i++) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(from), v128.load(gradient)))
    from += pixel
    gradient += stride
  }
  v128.store(to, f32x4.add(v128.load(to), sum))
}
