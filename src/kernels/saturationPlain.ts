const { abs, fround, max, min, trunc } = Math

/** Multiplies the saturation of RGB pixels, in place, as TensorFlow's `adjust_saturation`: what `scaleSaturation` is held to. */
export function saturationPlain(values: Float32Array, factor: number): void {
  const scale = fround(factor)
  for (let i = 0; i < values.length; i += 3) {
    const r = values[i]
    const g = values[i + 1]
    const b = values[i + 2]
    const value = max(r, g, b)
    const range = fround(value - min(r, g, b))
    const saturation = value > 0 ? fround(range / value) : 0
    const hue = hueOf(r, g, b, value, range)
    const chroma = fround(min(1, max(0, fround(saturation * scale))) * value)
    const least = fround(value - chroma)
    const turned = fround(hue * 6)
    const sector = trunc(turned)
    const middle = fround(chroma * fround(1 - abs(fround(within2(turned) - 1))))
    values[i] = part(sector, 0, 5, 1, 4, chroma, middle) + least
    values[i + 1] = part(sector, 1, 2, 0, 3, chroma, middle) + least
    values[i + 2] = part(sector, 3, 4, 2, 5, chroma, middle) + least
  }
}

/** The hue from 0 to 1. */
function hueOf(r: number, g: number, b: number, value: number, range: number): number {
  if (!(range > 0)) return 0
  const norm = fround(1 / fround(6 * range))
  // Sums with thirds are made in float64 and rounded once, as the constants there are double.
  const hue =
    r === value
      ? fround(norm * fround(g - b))
      : g === value
        ? fround(fround(norm * fround(b - r)) + 2 / 6)
        : fround(fround(norm * fround(r - g)) + 4 / 6)
  return hue < 0 ? fround(hue + 1) : hue
}

/** A number brought into 0 up to 2; 0 itself becomes 2 first and 0 again. */
function within2(value: number): number {
  let at = value
  while (at <= 0) at = fround(at + 2)
  while (at >= 2) at = fround(at - 2)
  return at
}

/** A channel's share of the colour: all in the sectors of `a` and `b`, the middle one in those of `c` and `d`. */
function part(sector: number, a: number, b: number, c: number, d: number, chroma: number, middle: number): number {
  return sector === a || sector === b ? chroma : sector === c || sector === d ? middle : 0
}
