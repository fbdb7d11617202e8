const { fround, max, min, trunc } = Math

/** Turns the hue of RGB pixels by a share of the circle, in place, as TensorFlow's `adjust_hue`: what `turnHue` is held to. */
export function huePlain(values: Float32Array, delta: number): void {
  const turn = fround(fround(delta) * 6)
  for (let i = 0; i < values.length; i += 3) {
    const r = values[i]
    const g = values[i + 1]
    const b = values[i + 2]
    const most = max(r, g, b)
    const least = min(r, g, b)
    let hue = fround(hueOf(r, g, b, most, least) + turn)
    while (hue < 0) hue = fround(hue + 6)
    while (hue >= 6) hue = fround(hue - 6)
    const sector = trunc(hue)
    const along = fround(hue - sector)
    const part = sector % 2 === 0 ? along : fround(1 - along)
    const middle = fround(least + fround(part * fround(most - least)))
    values[i] = sector === 0 || sector === 5 ? most : sector === 1 || sector === 4 ? middle : least
    values[i + 1] = sector === 1 || sector === 2 ? most : sector === 0 || sector === 3 ? middle : least
    values[i + 2] = sector === 3 || sector === 4 ? most : sector === 2 || sector === 5 ? middle : least
  }
}

/** The hue from 0 to 6: the sector between two of the six pure colours, and how far along it. */
function hueOf(r: number, g: number, b: number, most: number, least: number): number {
  if (most === least) return 0
  const sector = r < g ? (b < r ? 1 : b > g ? 3 : 2) : b < g ? 0 : b > r ? 4 : 5
  const middle = sector === 1 || sector === 4 ? r : sector === 0 || sector === 3 ? g : b
  const part = fround(fround(middle - least) / fround(most - least))
  return fround(sector + (sector % 2 === 0 ? part : fround(1 - part)))
}
