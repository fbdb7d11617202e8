import { expect, it } from 'vitest'
import { formatAmount, formatRatio } from '../../bench/format.ts'

it.each([
  [15.94, 'nanoseconds', '15.9 ns'],
  [999.9, 'nanoseconds', '999.9 ns'],
  [1_150, 'nanoseconds', '1.15 us'],
  [62.14e6, 'nanoseconds', '62.1 ms'],
  [4.891e9, 'nanoseconds', '4.89 s'],
  [0, 'bytes', '0.0 MB'],
  [-20_000, 'bytes', '0.0 MB'],
  [-2.5e6, 'bytes', '-2.5 MB'],
  [18.44e6, 'bytes', '18.4 MB'],
  [0.612, 'percent', '0.61%'],
  [34.56, 'percent', '34.6%'],
] as const)('%d %s: %s', (amount, unit, expected) => {
  expect(formatAmount(amount, unit)).toBe(expected)
})

it.each([
  [0.0034, '0.003'],
  [0.18, '0.18'],
  [1, '1.00'],
  [9.994, '9.99'],
  [9.996, '10.0'],
  [99.94, '99.9'],
  [99.96, '100'],
  [2662.4, '2,662'],
])('ratio %d: %s', (ratio, expected) => {
  expect(formatRatio(ratio)).toBe(expected)
})
