import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ratioScale } from '../../../bench/report/ratioScale.ts'

describe('ratioScale', () => {
  it.each([
    [[1, 3.85, 0.18], false],
    [[1, 12], false],
    [[1, 13], true],
    [[1, 0.05], true],
  ])('of %j: logarithmic %s', (ratios, logarithmic) => {
    expect(ratioScale(ratios).logarithmic).toBe(logarithmic)
  })

  it.each([
    [
      [1, 2.2],
      [0, 0.5, 1, 1.5, 2, 2.5],
    ],
    [[1], [0, 0.25, 0.5, 0.75, 1]],
    [
      [1, 2662],
      [1, 10, 100, 1000, 10000],
    ],
    [
      [1, 0.02, 30],
      [0.01, 0.1, 1, 10, 100],
    ],
  ])('of %j has ticks %j', (ratios, ticks) => {
    expect(ratioScale(ratios).ticks).toEqual(ticks)
  })

  it('shows every ratio between its ends, in their order', () => {
    const ratio = fc.double({ min: 1e-4, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(ratio, { minLength: 1, maxLength: 12 }), (ratios) => {
        const scale = ratioScale(ratios)
        const places = [...ratios].sort((a, b) => a - b).map((one) => scale.at(one))
        expect(places).toEqual([...places].sort((a, b) => a - b))
        for (const place of [...places, scale.at(1)]) {
          expect(place).toBeGreaterThanOrEqual(0)
          expect(place).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
