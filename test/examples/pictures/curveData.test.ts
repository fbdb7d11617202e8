import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  accuracyAxis,
  isLogMark,
  lossAxis,
  quantile,
  smooth,
  smoothingRadius,
  stepAxis,
} from '../../../examples/pictures/curveData.ts'

const closeTo = (value: number): unknown => expect.closeTo(value, 12)

describe('smooth', () => {
  const rows: [values: number[], radius: number, expected: number[]][] = [
    [[], 2, []],
    [[5], 2, [5]],
    [[0, 6, 0, 0], 0, [0, 6, 0, 0]],
    [[0, 3, 0], 1, [0, 5 / 6, 1.25]],
    [[0, NaN, 4], 1, [0, NaN, 4]],
  ]
  it.each(rows)('%j with radius %i', (values, radius, expected) => {
    expect(smooth(values, radius)).toEqual(expected.map((mean) => (Number.isNaN(mean) ? NaN : closeTo(mean))))
  })

  it('keeps the first value, the range, and the gaps', () => {
    const value = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -1000, max: 1000 }) }, fc.constant(NaN))
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.nat(20), (values, radius) => {
        const means = smooth(values, radius)
        expect(means[0]).toBe(values[0])
        expect(means.map(Number.isNaN)).toEqual(values.map(Number.isNaN))
        for (const mean of means.filter(Number.isFinite)) {
          expect(mean).toBeGreaterThanOrEqual(quantile(values, 0) - 1e-6)
          expect(mean).toBeLessThanOrEqual(quantile(values, 1) + 1e-6)
        }
      }),
    )
  })

  it('is asked for from 30 measures on', () => {
    expect([0, 29, 30, 2400].map(smoothingRadius)).toEqual([0, 0, 2, 20])
  })
})

describe('axes', () => {
  it('take the loss linear from 0 where it changes little, and as it comes where it is negative', () => {
    expect(lossAxis([], [2, 0.5])).toEqual({ type: 'linear', min: 0 })
    expect(lossAxis([], [2, 0])).toEqual({ type: 'linear', min: 0 })
    expect(lossAxis([], [2, -1])).toEqual({ type: 'linear' })
    expect(lossAxis([NaN], [NaN])).toEqual({ type: 'linear' })
  })

  it('take the loss logarithmic where it falls far, from and to a round number', () => {
    expect(lossAxis([], [2.3, 0.03])).toEqual({ type: 'logarithmic', min: 0.02, max: 5 })
    expect(lossAxis([1, 0.004], [2, 0.05])).toEqual({ type: 'logarithmic', min: 0.002, max: 2 })
    expect(lossAxis([1, 0], [2, 0.05])).toEqual({ type: 'logarithmic', min: 0.05, max: 2 })
  })

  it.each([
    [[10, 50, 90], 0],
    [[72, 90], 70],
    [[91, 97], 90],
    [[97.5, 99], 96],
    [[100], 98],
    [[], 0],
  ])('take the accuracy %j from %i to 100 percent', (clean, min) => {
    expect(accuracyAxis([], clean)).toEqual({ type: 'linear', min, max: 100 })
  })

  it.each([
    [[], 0, 1],
    [[5], 4, 6],
    [[0], -1, 1],
    [[1, 400], 0, 400],
    [[300, 400], 300, 400],
  ])('hold the steps %j from %i to %i', (steps, min, max) => {
    expect(stepAxis(steps)).toEqual({ min, max })
  })

  it('mark powers of ten, and twice and five times one', () => {
    const values = [0.001, 0.002, 0.005, 0.3, 1, 4, 1000, 2000]
    expect(values.filter((value) => isLogMark(value, [1, 2, 5]))).toEqual([0.001, 0.002, 0.005, 1, 1000, 2000])
  })
})
