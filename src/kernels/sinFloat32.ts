/**
 * The sine of a float32 of moderate size as the C library's `sinf` rounds it, which TensorFlow's Lanczos filters use: the
 * sine computed in float64 and rounded once differs in the last bit for one number in eighty, and a small difference of
 * large weights shows it. Reduction by quarter turns and the polynomials are those of ARM's optimized routines (MIT
 * licence), where glibc has them from; the error is at most 0.56 units in the last place.
 */
export function sinFloat32(x: number): number {
  const quarters = Math.abs(x) < Math.PI / 4 ? 0 : Math.floor(x * (2 / Math.PI) + 0.5)
  const rest = x - quarters * (Math.PI / 2)
  const square = rest * rest
  const value = quarters % 2 === 0 ? sine(rest, square) : cosine(square)
  return Math.fround((quarters & 3) >= 2 ? -value : value)
}

function sine(x: number, square: number): number {
  const cube = x * square
  const last = 0.008332178146138854 + square * -0.00019517298981385725
  return x + cube * -0.16666654943701084 + cube * square * last
}

function cosine(square: number): number {
  const fourth = square * square
  const first = 1 + square * -0.49999999725108224
  return (
    first + fourth * 0.041666623324344516 + fourth * square * (-0.001388676379437604 + square * 0.000024390450703564542)
  )
}
