import { describe, expect, it } from 'vitest'
import { InvalidArgumentError, messageOf } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ContentHash } from '../../src/ndarray/contentHash.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import type { SplitKey } from '../../src/ops/index.ts'
import { open, pull } from '../contract/run.ts'

const halves = { a: 0.5, b: 0.5 }
const range = (...bounds: Parameters<typeof Dataset.range>) => Dataset.range(...bounds)
const numbers = [0, 1, 2, 3, 4, 5, 6, 7]

/** Which of eight elements are in the first half; a change here moves elements between the parts of users' data. */
const pinned: readonly (readonly [what: string, elements: readonly unknown[], first: readonly number[]])[] = [
  ['numbers', numbers, [1, 3, 5, 6]],
  ['fractions', numbers.map((i) => i + 0.5), [1, 2, 6]],
  ['bigints', numbers.map((i) => BigInt(i) * 7n), [2, 4, 5, 7]],
  ['strings', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], [1, 3, 4]],
  ['long strings', numbers.map((i) => `${'é'.repeat(200)}${i}`), [0, 2, 5, 7]],
  ['bytes', numbers.map((i) => Uint8Array.of(i)), [0, 5, 7]],
  ['booleans and null', [true, false, null, true, false, null, true, null], [0, 2, 0, 2, 0, 2]],
  ['objects', numbers.map((i) => ({ x: ndarray([i, 1]), y: `${i}` })), [0, 1, 2, 5, 6, 7]],
]

describe('split', () => {
  it.each(pinned)('puts %s where it always put them', async (_, elements, first) => {
    const { a, b } = Dataset.fromGenerator(elements).split(halves)
    expect((await a.toArray()).map((element) => elements.indexOf(element))).toEqual(first)
    expect(await b.toArray()).toHaveLength(8 - first.length)
  })

  it('puts numbers elsewhere by another seed, up to the largest', async () => {
    const first = async (seed: number) => await range(10).split(halves, { seed }).a.toArray()
    expect(await first(1)).toEqual([0, 2, 3, 5, 7, 8, 9])
    expect(await first(2 ** 32)).toEqual([4, 9])
    expect(await first(Number.MAX_SAFE_INTEGER)).toEqual([3, 4, 6, 8])
  })

  it('is the same under any seed of the pipeline, and in any epoch', async () => {
    const { a } = range(20).split(halves)
    const order = await a.toArray()
    expect(await a.withOptions({ seed: 9 }).toArray({ epoch: 3 })).toEqual(order)
    expect(await a.repeat(2).toArray()).toEqual([...order, ...order])
  })

  it.each<[string, Dataset<number>, number[], number | undefined]>([
    ['nothing', range(0).split(halves).a, [], 0],
    ['one', range(1).split(halves).a, [], undefined],
    ['one, for the other part', range(1).split(halves).b, [0], undefined],
    ['an endless input', range(Infinity).split(halves).a.take(3), [1, 3, 5], undefined],
    ['all to one part', range(3).split({ all: 1 }).all, [0, 1, 2], undefined],
    ['all to one part but for rounding', range(3).split({ all: 1 - 1e-10 }).all, [0, 1, 2], undefined],
    ['hardly anything', range(9).split({ few: 1e-12 }).few, [], undefined],
    ['by equal keys', range(3).split(halves, { key: () => 'a' }).b, [0, 1, 2], undefined],
    ['by -0 as by 0', range(3).split(halves, { key: (x) => x * -0 }).b, [0, 1, 2], undefined],
  ])('of %s', async (_, part, elements, cardinality) => {
    expect(part.cardinality()).toBe(cardinality)
    expect(await part.toArray()).toEqual(elements)
  })

  it('keeps what is known of an element, and the names of the parts', () => {
    const parts = range(3).split({ test: 0.1, train: 0.8 })
    expect(Object.keys(parts)).toEqual(['test', 'train'])
    expect(parts.train.elementSpec).toEqual(range(3).elementSpec)
    expect(parts.train.explain()).toContain('split(part: "train", fractions: {"test":0.1,"train":0.8}, seed: 0)')
  })

  it('refuses the state of another part', async () => {
    const parts = range(9).split(halves)
    const iterator = parts.a.iterator()
    const state = iterator.save()
    await iterator.return()
    expect(() => parts.b.iterator({ state })).toThrow(
      'iterator: state was saved by another pipeline: operation 1 was split(part: "a", fractions: {"a":0.5,"b":0.5}, seed: 0), and is split(part: "b", fractions: {"a":0.5,"b":0.5}, seed: 0). Restore it with the same operations and arguments.',
    )
  })

  it('gives each part its share, whatever the keys look like (chi square, 99.9 %)', () => {
    const kinds: ((i: number) => SplitKey)[] = [
      (i) => i,
      (i) => i / 1024,
      (i) => BigInt(i),
      (i) => `user ${i}`,
      (i) => Uint8Array.of(i, i >>> 8, i >>> 16),
    ]
    const [content, other] = [new ContentHash(0), new ContentHash(1)]
    const [words, others] = [new Uint32Array(4), new Uint32Array(4)]
    for (const key of kinds) {
      // Each byte of the hash, over 256 bins; the last are of half a byte each under two seeds.
      const bins = Array.from({ length: 17 }, () => new Float64Array(256))
      for (let i = 0; i < 25600; i++) {
        content.hash(words, key(i))
        new Uint8Array(words.buffer).forEach((byte, place) => bins[place][byte]++)
        other.hash(others, key(i))
        bins[16][(words[0] >>> 28) * 16 + (others[0] >>> 28)]++
      }
      for (const counts of bins)
        expect(counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)).toBeLessThan(357)
    }
  })

  it('gives each part its share of 20000 elements', async () => {
    const { train, validation } = range(20000).split({ train: 0.7, validation: 0.2 }, { seed: 5 })
    // Four standard deviations.
    expect(Math.abs((await train.toArray()).length - 14000)).toBeLessThan(4 * Math.sqrt(20000 * 0.7 * 0.3))
    expect(Math.abs((await validation.toArray()).length - 4000)).toBeLessThan(4 * Math.sqrt(20000 * 0.2 * 0.8))
  })
})

const d = range(3) as unknown as { split: (...args: readonly unknown[]) => unknown }
const share = 'must be a number above 0 and at most 1, got'

function refusal(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return messageOf(error)
  }
  return 'nothing was thrown'
}

describe('split refuses, when it is built,', () => {
  it.each<[string, () => unknown]>([
    ['split: fractions must be an object, got undefined.', () => d.split()],
    ['split: fractions must be an object, got null.', () => d.split(null)],
    ['split: fractions must be an object, got an array.', () => d.split([0.5, 0.5])],
    ['split: fractions must be an object, got 0.8.', () => d.split(0.8)],
    ['split: fractions names no part. As in { train: 0.8, test: 0.2 }.', () => d.split({})],
    [`split: fractions.test ${share} 0.`, () => d.split({ train: 0.8, test: 0 })],
    [`split: fractions.test ${share} -0.2.`, () => d.split({ train: 0.8, test: -0.2 })],
    [`split: fractions.train ${share} NaN.`, () => d.split({ train: NaN })],
    [`split: fractions.train ${share} 80.`, () => d.split({ train: 80, test: 20 })],
    [`split: fractions.train ${share} "0.8".`, () => d.split({ train: '0.8' })],
    ['split: the sum of fractions must be at most 1, got 1.5.', () => d.split({ a: 1, b: 0.5 })],
    ['split: options must be an object, got 7.', () => d.split(halves, 7)],
    ['split: there is no option sed. It takes seed, key.', () => d.split(halves, { sed: 1 })],
    ['split: seed must be a whole number of at least 0, got -1.', () => d.split(halves, { seed: -1 })],
    ['split: seed must be a whole number of at least 0, got "1".', () => d.split(halves, { seed: '1' })],
    ['split: key must be a function, got "id".', () => d.split(halves, { key: 'id' })],
  ])('%s', (message, call) => {
    expect(call).toThrow(InvalidArgumentError)
    expect(refusal(call)).toBe(message)
  })

  it('not a sum that only rounding takes above 1', () => {
    expect(() => d.split({ a: 0.1, b: 0.7, c: 0.2 + 1e-10 })).not.toThrow()
  })
})

const aMap: unknown = new Map()
const keyHint = 'A key is a string, a number, a bigint or a Uint8Array.'

describe('split refuses, as it runs,', () => {
  it.each<[message: string, key: (x: number) => unknown]>([
    [
      'range.split: the function returned undefined for element 1. Is a return missing?',
      (x) => (x < 1 ? x : undefined),
    ],
    [
      `range.split: the function returned an object {id} as key of element 1. ${keyHint}`,
      (x) => (x < 1 ? x : { id: x }),
    ],
    [`range.split: the function returned null as key of element 0. ${keyHint}`, () => null],
    [`range.split: the function returned a Promise as key of element 0. ${keyHint}`, (x) => Promise.resolve(x)],
    [
      'range.split: the function threw at element 0: boom',
      () => {
        throw new Error('boom')
      },
    ],
  ])('%s', async (message, key) => {
    const { a } = range(3).split(halves, { key: key as (x: number) => number })
    expect(messageOf(await a.toArray().catch((error: unknown) => error))).toBe(message)
  })

  it('an element by its index, in which one that failed before it counts', async () => {
    const failing = range(3).map((x) => {
      if (x === 0) throw new Error('boom')
      return { x: x === 2 ? aMap : x }
    })
    const cursor = open(failing.split({ all: 1 }).all.node)
    expect(() => cursor.next()).toThrow('boom')
    expect(await pull(cursor, 1)).toEqual([{ x: 1 }])
    expect(cursor.state()).toMatchObject({ index: 2 })
    expect(() => cursor.next()).toThrow('no key can be made of the content at element 2')
    await cursor.close()
  })

  it('an element without content', async () => {
    const { a } = range(3)
      .map((x) => (x === 2 ? { x: aMap } : { x }))
      .split(halves)
    await expect(a.toArray()).rejects.toThrow(
      'range.map.split: no key can be made of the content at element 2: x is a Map, which an element cannot hold. It holds plain objects and arrays of numbers, bigints, booleans, strings, Uint8Arrays and NdArrays.',
    )
  })
})
