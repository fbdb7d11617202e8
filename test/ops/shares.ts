import { expect } from 'vitest'

/** What chi-square exceeds once in a thousand, by degrees of freedom from 1. */
const critical = [10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32, 26.12, 27.88]

/** Holds counts of classes to their weights by a chi-square test: the seeds are fixed, so that it fails always or never. */
export function expectShares(drawn: readonly number[], weights: readonly number[]): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const counts = weights.map((_, i) => drawn.filter((x) => x === i).length)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(drawn.length)
  const possible = weights.flatMap((weight, i) => (weight > 0 ? [i] : []))
  for (const [i, weight] of weights.entries()) if (weight === 0) expect(counts[i]).toBe(0)
  if (possible.length === 1) return
  const square = possible.reduce((sum, i) => {
    const expected = (drawn.length * weights[i]) / total
    return sum + (counts[i] - expected) ** 2 / expected
  }, 0)
  expect(square, `counts ${counts.join(', ')}`).toBeLessThan(critical[possible.length - 2])
}
