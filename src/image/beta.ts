import type { Rng } from '../core/random.ts'

const { log, max, sqrt } = Math

/** A number from 0 to 1 with the distribution Beta(alpha, alpha): a share of two gamma variates. */
export function symmetricBeta(rng: Rng, alpha: number): number {
  const a = logGamma(rng, alpha)
  const b = logGamma(rng, alpha)
  // By logarithms: for a small alpha both variates may be too small for a float.
  const most = max(a, b)
  const [x, y] = [Math.exp(a - most), Math.exp(b - most)]
  return x / (x + y)
}

/** The logarithm of a variate of Gamma(alpha, 1) (Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", 2000). */
function logGamma(rng: Rng, alpha: number): number {
  if (alpha < 1) return logGamma(rng, alpha + 1) + log(1 - rng.uniform()) / alpha
  const d = alpha - 1 / 3
  const c = 1 / sqrt(9 * d)
  for (;;) {
    const x = rng.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && log(1 - rng.uniform()) < x * x * 0.5 + d - d * v + d * log(v)) return log(d * v)
  }
}
