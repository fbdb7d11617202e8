import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Permutation } from '../../src/core/permutation.ts'
import { foldIn, keyOf } from '../../src/core/random.ts'

const orderOf = (seed: number, length: number): number[] => {
  const order = new Permutation(foldIn(keyOf(3), seed), length)
  return Array.from({ length }, (_, place) => order.at(place))
}

/** How far counts are from equal, in standard deviations of the chi-square distribution. */
function deviation(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  const freedom = counts.length - 1
  return (chiSquare - freedom) / Math.sqrt(2 * freedom)
}

describe('a permutation', () => {
  it('holds each number once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 3000 }), (seed, length) => {
        expect(orderOf(seed, length).sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i))
      }),
    )
  })

  it.each([1, 2, 3, 4, 5, 16, 17, 1000, 4096, 65_536])('of %i numbers holds each once', (length) => {
    expect(new Set(orderOf(1, length)).size).toBe(length)
  })

  it('stays below any length', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 48 }), fc.maxSafeNat(), (seed, length, place) => {
        const number = new Permutation(keyOf(seed), length).at(place % length)
        expect(Number.isSafeInteger(number) && number >= 0 && number < length).toBe(true)
      }),
    )
  })

  it('puts the same numbers into an array', () => {
    const length = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 40))
    fc.assert(
      fc.property(
        fc.nat(),
        length,
        fc.maxSafeNat(),
        fc.nat({ max: 70 }),
        fc.nat({ max: 3 }),
        (seed, n, some, count, from) => {
          const order = new Permutation(keyOf(seed), n)
          const place = some % n
          const to = from + Math.min(count, n - place)
          const out = new Array<number>(80).fill(-1)
          order.fill(out, from, to, place)
          const expected = out.map((_, at) => (at >= from && at < to ? order.at(place + at - from) : -1))
          expect(out).toEqual(expected)
        },
      ),
    )
  })

  it.each([2, 3, 4, 5])('has every order of %i numbers equally often', (length) => {
    const seen = new Map<string, number>()
    let orders = 1
    for (let i = 2; i <= length; i++) orders *= i
    for (let seed = 0; seed < 500 * orders; seed++) {
      const order = orderOf(seed, length).join()
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    expect(seen.size).toBe(orders)
    expect(Math.abs(deviation([...seen.values()]))).toBeLessThan(4)
  })

  it.each([10, 64, 100])('has every number of %i equally often at every place', (length) => {
    const counts = new Array<number>(length * length).fill(0)
    for (let seed = 0; seed < 100 * length; seed++) {
      orderOf(seed, length).forEach((number, place) => counts[place * length + number]++)
    }
    // Rows and columns sum to a constant, which takes some freedom away: the sum of squares is a little less.
    expect(Math.abs(deviation(counts))).toBeLessThan(4)
  })

  it('has every pair of neighbours equally often', () => {
    const counts = new Map<number, number>()
    const length = 40
    for (let a = 0; a < length; a++) for (let b = 0; b < length; b++) if (a !== b) counts.set(a * length + b, 0)
    for (let seed = 0; seed < 4000; seed++) {
      const order = orderOf(seed, length)
      for (let i = 1; i < length; i++) {
        const pair = order[i - 1] * length + order[i]
        counts.set(pair, (counts.get(pair) ?? 0) + 1)
      }
    }
    expect(Math.abs(deviation([...counts.values()]))).toBeLessThan(4)
  })

  it('is pinned', () => {
    expect(orderOf(0, 10)).toEqual([1, 0, 2, 3, 4, 6, 8, 5, 9, 7])
  })

  it.each([
    [757, [40, 739, 92, 501, 433]],
    [1_000_000, [63_801, 735_749, 741_797, 434_523, 226_495]],
    [2 ** 31 - 1, [824_246_788, 1_867_397_998, 661_530_441, 1_075_656_757, 1_932_637_236]],
    [2 ** 31, [824_246_788, 1_867_397_998, 661_530_441, 1_078_225_360, 1_300_695_798]],
    [2 ** 40, [131_630_268_550, 403_163_296_815, 140_292_493_853, 1_005_439_277_638, 1_084_498_556_994]],
  ])('is pinned at its beginning, middle and end, of %i numbers', (length, numbers) => {
    const order = new Permutation({ a: 5, b: 7 }, length)
    expect([0, 1, 2, Math.floor(length / 2), length - 1].map((place) => order.at(place))).toEqual(numbers)
  })
})
