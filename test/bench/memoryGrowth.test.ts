import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median } from '../../bench/median.ts'
import { memoryGrowth } from '../../bench/memoryGrowth.ts'

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1], 3],
    [[9, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ])('%j: %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })
})

describe('memoryGrowth', () => {
  it.each([
    ['nothing', [7, 7, 7, 7], 0],
    ['a buffer that fills at the start', [1, 5, 7, 7, 7, 7, 7, 7, 7, 7], 0],
    ['a leak', [10, 20, 30, 40, 50, 60], 30],
    ['a step in the second half', [10, 10, 10, 10, 30, 30, 30, 30], 20],
    ['a look at a bad moment', [10, 10, 10, 10, 10, 90, 10, 10], 0],
    ['memory given back', [30, 30, 10, 10], -20],
  ])('%s', (_, bytes, growth) => {
    expect(memoryGrowth(bytes)).toBe(growth)
  })

  it('is half of what leaks in a run, wherever it began', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(1e6), fc.nat(1e9), (half, step, start) => {
        const bytes = Array.from({ length: 2 * half }, (_, i) => start + i * step)
        expect(memoryGrowth(bytes)).toBe(half * step)
      }),
    )
  })

  it('needs two looks', () => {
    expect(() => memoryGrowth([5])).toThrow('Growth needs two looks at the memory, and there are 1.')
  })
})
