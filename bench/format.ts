import type { Unit } from './measure.ts'

/** An amount as people read it: `15.9 ns`, `1.15 us`, `62.1 ms`, `3.2 MB`, `0.6%`. */
export function formatAmount(amount: number, unit: Unit): string {
  // Growth of a few bytes less than none is none.
  if (unit === 'bytes') return `${(amount / 1e6).toFixed(1).replace(/^-0\.0$/, '0.0')} MB`
  if (unit === 'percent') return `${amount.toFixed(amount < 10 ? 2 : 1)}%`
  if (amount < 1e3) return `${amount.toFixed(1)} ns`
  if (amount < 1e6) return `${(amount / 1e3).toFixed(2)} us`
  if (amount < 1e9) return `${(amount / 1e6).toFixed(1)} ms`
  return `${(amount / 1e9).toFixed(2)} s`
}

/** A ratio as people read it: two places below 10, one below 100, none above; one digit below 0.1. */
export function formatRatio(ratio: number): string {
  if (ratio >= 99.95) return Math.round(ratio).toLocaleString('en')
  if (ratio < 0.095) return ratio.toPrecision(1)
  return ratio.toFixed(ratio >= 9.995 ? 1 : 2)
}
