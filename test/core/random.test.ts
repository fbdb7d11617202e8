import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldIn, keyOf, philox, randomBelow, randomUnit, Rng } from '../../src/core/random.ts'

const hex = (words: Uint32Array) => Array.from(words, (word) => word.toString(16).padStart(8, '0')).join(' ')

describe('philox', () => {
  // Known answers published with the Random123 library (kat_vectors, philox4x32 10 rounds).
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[-1, -1, -1, -1], [-1, -1], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as [[number, number, number, number], [number, number], string][])(
    'counter %j, key %j',
    (counter, [a, b], expected) => {
      const out = new Uint32Array(4)
      philox(out, { a, b }, ...counter)
      expect(hex(out)).toBe(expected)
    },
  )
})

describe('keys', () => {
  it('keeps the whole of a seed beyond 32 bits', () => {
    expect(keyOf(2 ** 40 + 5)).toEqual({ a: 5, b: 256 })
  })

  it('folds different numbers into different keys', () => {
    const keys = new Set(Array.from({ length: 10_000 }, (_, i) => JSON.stringify(foldIn(keyOf(1), i))))
    expect(keys.size).toBe(10_000)
  })
})

describe('randomBelow', () => {
  it('stays in range and depends on key and index alone', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 0xffffffff }), (seed, index, bound) => {
        const drawn = randomBelow(keyOf(seed), index, bound)
        expect(drawn).toBeGreaterThanOrEqual(0)
        expect(drawn).toBeLessThan(bound)
        expect(randomBelow(keyOf(seed), index, bound)).toBe(drawn)
      }),
    )
  })

  it.each([2, 3, 7, 100])('is uniform below %i by a chi-square test', (bound) => {
    const counts = new Array<number>(bound).fill(0)
    const draws = 20_000
    for (let i = 0; i < draws; i++) counts[randomBelow(keyOf(42), i, bound)]++
    const expected = draws / bound
    const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // Mean bound - 1, variance 2 (bound - 1); five standard deviations.
    expect(chi2).toBeLessThan(bound - 1 + 5 * Math.sqrt(2 * (bound - 1)))
  })
})

describe('Rng', () => {
  const draw = <T>(length: number, next: () => T) => Array.from({ length }, next)

  it('repeats itself for the same key', () => {
    const a = new Rng(keyOf(3))
    const b = new Rng(keyOf(3))
    expect(draw(50, () => a.uint32())).toEqual(draw(50, () => b.uint32()))
  })

  it('keeps its seeded sequence from release to release', () => {
    const rng = new Rng(keyOf(1))
    expect([rng.uint32(), rng.integer(1000), rng.uniform(), rng.normal()]).toMatchInlineSnapshot(`
      [
        310111809,
        117,
        0.2832667309040977,
        -0.04533418572987399,
      ]
    `)
  })

  it('has uniform and normal moments', () => {
    const rng = new Rng(keyOf(9))
    const uniform = draw(20_000, () => rng.uniform(-1, 3))
    const normal = draw(20_000, () => rng.normal(5, 2))
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
    const variance = (values: number[]) => mean(values.map((v) => (v - mean(values)) ** 2))
    expect(mean(uniform)).toBeCloseTo(1, 1)
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...uniform)).toBeLessThan(3)
    expect(mean(normal)).toBeCloseTo(5, 1)
    expect(Math.abs(variance(normal.slice(0, 2000)) - 4)).toBeLessThan(0.5)
  })
})

describe('randomUnit', () => {
  it('depends on key and index alone, whatever was drawn between', () => {
    const [key, other] = [keyOf(7), keyOf(8)]
    const inOrder = Array.from({ length: 9 }, (_, i) => randomUnit(key, i))
    for (const i of [8, 0, 3, 3, 1, 7]) {
      randomUnit(other, i)
      expect(randomUnit(key, i)).toBe(inOrder[i])
    }
    expect(new Set(inOrder).size).toBe(9)
    expect(randomUnit(other, 0)).not.toBe(inOrder[0])
  })

  it('is uniform in [0, 1)', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 20_000; i++) tenths[Math.floor(randomUnit(keyOf(1), 2 ** 33 + i) * 10)]++
    expect(tenths).toHaveLength(10)
    // The limit that chi-square of nine degrees of freedom exceeds once in a thousand.
    expect(tenths.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(27.88)
  })
})
