import { sinFloat32 } from './sinFloat32.ts'
import type { Filter } from './weightedSampling.ts'

const { exp, fround } = Math

/** TensorFlow's constant for pi, as float32. */
const pi = fround(3.14159265359)

/** A sinc in a window of another one. */
function lanczos(radius: number): Filter {
  return {
    radius,
    weight: (x) => {
      if (x > radius) return 0
      if (x <= fround(1e-3)) return 1
      const turned = fround(pi * x)
      const numerator = fround(fround(radius * sinFloat32(turned)) * sinFloat32(fround(turned / radius)))
      return fround(numerator / fround(fround(fround(pi * pi) * x) * x))
    },
  }
}

/** The filters of resizing, by the method's name; each computes in float32 as TensorFlow's sampling kernel. */
export const filters: Readonly<Record<string, Filter>> = {
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  /** A standard deviation of 0.5. */
  gaussian: { radius: 1.5, weight: (x) => (x >= 1.5 ? 0 : fround(exp(-fround(x * x) / 0.5))) },
  /** Linear interpolation. */
  triangle: { radius: 1, weight: (x) => (x < 1 ? fround(1 - x) : 0) },
  /** R. G. Keys, "Cubic convolution interpolation for digital image processing" (1981). */
  keyscubic: {
    radius: 2,
    weight: (x) => {
      if (x >= 2) return 0
      return x >= 1 ? cubic(x, -0.5, 2.5, -4, 2) : cubic(x, 1.5, -2.5, 0, 1)
    },
  },
  /** Mitchell and Netravali, "Reconstruction filters in computer graphics" (1988). */
  mitchellcubic: {
    radius: 2,
    weight: (x) => {
      if (x >= 2) return 0
      return x >= 1
        ? cubic(x, fround(-7 / 18), 2, fround(-10 / 3), fround(16 / 9))
        : cubic(x, fround(7 / 6), -2, 0, fround(8 / 9))
    },
  },
}

function cubic(x: number, a: number, b: number, c: number, d: number): number {
  const first = fround(fround(a * x) + b)
  const second = fround(fround(first * x) + c)
  return fround(fround(second * x) + d)
}
