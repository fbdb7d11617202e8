import type { Affine, PixelData } from './pixels.ts'

const { fround } = Math

/**
 * (value + delta - subtract) * multiply + add of each value, with the numbers of its channel, in plain TypeScript: what
 * `affine` is held to. Every step rounds to float32.
 *
 * @param target takes as many values as `source` has; may be `source`
 */
export function affinePlain(source: PixelData, { delta, subtract, multiply, add }: Affine, target: Float32Array): void {
  const channels = subtract.length
  const brighter = fround(delta)
  for (let i = 0, c = 0; i < source.length; i++) {
    const shifted = fround(fround(fround(source[i]) + brighter) - subtract[c])
    target[i] = fround(shifted * multiply[c]) + add[c]
    if (++c === channels) c = 0
  }
}
