import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { ShuffleOptions } from '../../src/ops/shuffle.ts'
import { probe } from '../contract/probe.ts'
import { drain, open, pull, stored } from '../contract/run.ts'

const ten = Array.from({ length: 10 }, (_, i) => i)
const sorted = (elements: readonly number[]) => [...elements].sort((a, b) => a - b)
const shuffled = (bufferSize: number, options?: ShuffleOptions) => Dataset.range(10).shuffle(bufferSize, options)

describe('shuffle', () => {
  it.each([
    ['a buffer of 1 keeps the order', 1, (order: number[]) => expect(order).toEqual(ten)],
    [
      'a buffer of 2 moves nothing far ahead',
      2,
      (order: number[]) => order.forEach((x, i) => expect(x).toBeLessThan(i + 2)),
    ],
    ['a buffer as large as the input', 10, (order: number[]) => expect(order).not.toEqual(ten)],
    ['a buffer larger than the input', 1000, (order: number[]) => expect(order).not.toEqual(ten)],
    ['an endless buffer', Infinity, (order: number[]) => expect(order).not.toEqual(ten)],
  ] as const)('%s', async (_what, bufferSize, check) => {
    const order = await shuffled(bufferSize, { seed: 1 }).toArray()
    expect(sorted(order)).toEqual(ten)
    check(order)
  })

  it('gives the same order through every buffer that holds all', async () => {
    const orders = await Promise.all([10, 11, Infinity].map((size) => shuffled(size, { seed: 1 }).toArray()))
    expect(orders[1]).toEqual(orders[0])
    expect(orders[2]).toEqual(orders[0])
  })

  it('shuffles nothing', async () => {
    expect(await Dataset.range(0).shuffle(5).toArray()).toEqual([])
  })

  it('reads no further than its buffer', async () => {
    const { dataset, log } = probe(ten)
    const iterator = dataset.shuffle(4).iterator()
    await iterator.next()
    expect(log.reads).toBe(4)
    await iterator.next()
    expect(log.reads).toBe(5)
    await iterator.return()
  })
})

describe('the order of shuffle', () => {
  it.each([
    ['has another seed', shuffled(10, { seed: 1 }), shuffled(10, { seed: 2 })],
    [
      'is at another place in the pipeline',
      shuffled(10),
      Dataset.range(10)
        .map((x) => x)
        .shuffle(10),
    ],
    ['has another seed of the pipeline', shuffled(10).withOptions({ seed: 1 }), shuffled(10).withOptions({ seed: 2 })],
    ['is in another branch', shuffled(10), Dataset.zip([Dataset.range(10), shuffled(10)]).map(([, x]) => x)],
  ])('differs where it %s', async (_what, a, b) => {
    expect(await a.toArray()).not.toEqual(await b.toArray())
  })

  it.each([
    [
      'of the pipeline',
      (seed: number) =>
        shuffled(10)
          .map((x) => x)
          .withOptions({ seed }),
    ],
    ['of its own', (seed: number) => shuffled(10, { seed })],
  ])('is the same for the same seed %s', async (_what, build) => {
    expect(await build(7).toArray()).toEqual(await build(7).toArray())
  })

  it('is decided by its own seed before that of the pipeline, and by the nearest of those', async () => {
    const own = await shuffled(10, { seed: 1 }).toArray()
    expect(await shuffled(10, { seed: 1 }).withOptions({ seed: 5 }).toArray()).toEqual(own)
    const nearest = await shuffled(10).withOptions({ seed: 5 }).toArray()
    expect(await shuffled(10).withOptions({ seed: 5 }).withOptions({ seed: 6 }).toArray()).toEqual(nearest)
  })

  it('differs from iteration to iteration', async () => {
    const dataset = shuffled(10, { seed: 1 })
    expect(await dataset.toArray()).not.toEqual(await dataset.toArray())
  })

  it('stays from iteration to iteration where it is told to', async () => {
    const dataset = shuffled(10, { seed: 1, reshuffleEachIteration: false })
    const order = await dataset.toArray()
    expect(await dataset.toArray()).toEqual(order)
    expect(await dataset.repeat(2).toArray()).toEqual([...order, ...order])
  })

  it.each([true, false])('is that of n iterations in repeat(n), reshuffled: %s', async (reshuffleEachIteration) => {
    const build = () => shuffled(4, { seed: 3, reshuffleEachIteration })
    const dataset = build()
    const iterations: number[] = []
    for (let i = 0; i < 4; i++) iterations.push(...(await dataset.toArray()))
    expect(await build().repeat(4).toArray()).toEqual(iterations)
    expect(await build().repeat(2).repeat(2).toArray()).toEqual(iterations)
    expect(await build().repeat().take(40).toArray()).toEqual(iterations)
  })

  it('differs in each pass over an endless repeat that is itself repeated', async () => {
    const passes = await shuffled(10)
      .repeat()
      .take(20)
      .repeat(2)
      .batch(10)
      .map((batch) => batch.data.join())
      .toArray()
    expect(new Set(passes).size).toBe(4)
  })

  it('of two shuffles in one pipeline differs, and each element comes once', async () => {
    const dataset = shuffled(10)
    const twice = await dataset.shuffle(10).toArray()
    expect(sorted(twice)).toEqual(ten)
    expect(twice).not.toEqual(await dataset.toArray())
  })
})

describe('the state of shuffle', () => {
  const count = 2000

  it.each([
    ['a small buffer', 10],
    ['a buffer beyond one stride', 600],
    ['a buffer of all', Infinity],
  ])('restores over many strides of the input through %s', async (_what, bufferSize) => {
    const { node } = Dataset.range(count).shuffle(bufferSize, { seed: 5 })
    const expected = await drain(open(node), count)
    const cursor = open(node)
    let delivered = 0
    for (const step of [0, 1, 255, 1, 300, 700, 400, 342, 1]) {
      await pull(cursor, step)
      delivered += step
      const again = open(node, stored(cursor.state()))
      await pull(again, 3)
      expect(await drain(open(node, stored(again.state())), count)).toEqual(expected.slice(delivered + 3))
      expect(await drain(again, count)).toEqual(expected.slice(delivered + 3))
    }
  })

  it('stays small, however long the iteration runs', async () => {
    const cursor = open(Dataset.range(Infinity).shuffle(50).node)
    await pull(cursor, 100_000)
    const state = cursor.state() as { read: number; anchor: number }
    expect(JSON.stringify(state).length).toBeLessThan(200)
    expect(state.read - state.anchor).toBeLessThan(50 * 50)
  })

  it('names an input that has become too short', async () => {
    const build = (length: number) => Dataset.fromGenerator(ten.slice(0, length)).shuffle(4)
    const iterator = build(10).iterator()
    for (let i = 0; i < 5; i++) await iterator.next()
    const restored = build(5).iterator({ state: iterator.save() })
    await expect(restored.next()).rejects.toThrow(
      'fromGenerator.shuffle: the input ended after 5 elements, but 8 had been read when the state was saved. Restore it over the same data.',
    )
  })
})

describe('the quality of shuffle', () => {
  it('puts each element at each place equally often through a full buffer', async () => {
    const places = 8
    const runs = 4000
    const counts = Array.from({ length: places }, () => new Array<number>(places).fill(0))
    const dataset = Dataset.range(places).shuffle(places)
    for (let run = 0; run < runs; run++) {
      const order = await dataset.toArray()
      order.forEach((element, place) => counts[element][place]++)
    }
    const expected = runs / places
    const chi2 = counts.flat().reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0)
    // (places - 1)^2 degrees of freedom; mean and variance of chi-square, five standard deviations.
    const freedom = (places - 1) ** 2
    expect(chi2).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom))
    expect(chi2).toBeGreaterThan(freedom - 5 * Math.sqrt(2 * freedom))
  })

  it('draws each of the permutations of four equally often', async () => {
    const runs = 6000
    const seen = new Map<string, number>()
    for (let seed = 0; seed < runs; seed++) {
      const order = (await Dataset.range(4).shuffle(4, { seed }).toArray()).join('')
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    const expected = runs / 24
    const chi2 = [...seen.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(seen.size).toBe(24)
    expect(chi2).toBeLessThan(23 + 5 * Math.sqrt(2 * 23))
  })
})
