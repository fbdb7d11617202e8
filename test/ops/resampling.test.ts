import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { probe } from '../contract/probe.ts'
import { drain, open, pull, stored } from '../contract/run.ts'
import { expectShares } from './shares.ts'

const range = (...bounds: Parameters<typeof Dataset.range>) => Dataset.range(...bounds)

/** Endless numbers of which each class has its share, in an order without a pattern. */
function classes(...weights: number[]): Dataset<number> {
  const each = weights.map((_, i) => Dataset.fromTensors(i).repeat())
  return Dataset.sampleFromDatasets(each, { weights, seed: 99 })
}
const same = (x: number) => x
const one = () => 0

describe('at the edges', () => {
  const resample = (d: Dataset<number>) =>
    d.rejectionResample({ classFunc: (x) => x % 2, targetDist: [1, 3], initialDist: [1, 1], seed: 1 })
  const kept = (d: Dataset<number>) => d.balance({ classFunc: one })

  it.each([
    ['nothing', range(0), 0],
    ['one', range(1), undefined],
    ['an unknown number', range(2).filter(() => true), undefined],
    ['what is endless', range(Infinity), undefined],
  ] as const)('of %s', async (_what, dataset, cardinality) => {
    const elements = await dataset.take(5).toArray()
    expect(await kept(dataset).take(5).toArray()).toEqual(elements)
    expect(kept(dataset).cardinality()).toBe(cardinality)
    expect(resample(dataset).cardinality()).toBe(cardinality)
    for (const [found, x] of await resample(dataset).take(5).toArray()) {
      expect(found).toBe(x % 2)
      expect(x).toBeLessThan(40)
    }
  })

  it('is as long as the input where there is nothing to change, which is opened once', async () => {
    const { dataset, log } = probe([1, 2, 3])
    const resampled = dataset.rejectionResample({ classFunc: one, targetDist: [2], initialDist: [5] })
    expect(resampled.cardinality()).toBe(3)
    expect(await resampled.toArray()).toEqual([1, 2, 3].map((x) => [0, x]))
    expect(log.opened).toBe(1)
  })

  it('accepts a class that the data is said not to have, where it is wanted', async () => {
    const options = { classFunc: same, targetDist: [1, 1, 0], initialDist: [1, 0, 0] }
    expect(await range(3).rejectionResample(options).toArray()).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
  })

  it('have the spec of the elements', () => {
    const scalar = new TensorSpec([], 'int32')
    expect(resample(range(3)).elementSpec).toEqual([scalar, scalar])
    expect(kept(range(3)).elementSpec).toEqual(scalar)
    expect(resample(range(3).map((x) => x)).elementSpec).toBeUndefined()
  })

  it('depend on the seed and the epoch', async () => {
    const build = (seed?: number) =>
      classes(1, 9)
        .take(60)
        .enumerate()
        .balance({ classFunc: ([, x]) => x, numClasses: 2, ...(seed === undefined ? {} : { seed }) })
    const order = await build(3).toArray({ epoch: 0 })
    expect(await build(3).toArray({ epoch: 0 })).toEqual(order)
    expect(await build(3).toArray({ epoch: 1 })).not.toEqual(order)
    expect(await build(4).toArray({ epoch: 0 })).not.toEqual(order)
    expect(await build().withOptions({ seed: 5 }).toArray({ epoch: 0 })).not.toEqual(
      await build().toArray({ epoch: 0 }),
    )
  })
})

describe('the shares of the classes', () => {
  const targets = [
    [1, 1],
    [9, 1],
    [0, 1],
    [1, 4],
  ]

  it.each(targets.map((target) => [target]))('are the target %j from a known distribution', async (target) => {
    for (const seed of [1, 2]) {
      const options = { classFunc: same, targetDist: target, initialDist: [3, 7], seed }
      const drawn = await classes(3, 7).rejectionResample(options).take(5000).toArray()
      expectShares(
        drawn.map(([found]) => found),
        target,
      )
    }
  })

  it('are the target from an estimate, once it has settled', async () => {
    const options = { classFunc: same, targetDist: [1, 1, 2], seed: 1 }
    const drawn = await classes(5, 3, 2).rejectionResample(options).skip(5000).take(5000).toArray()
    expectShares(
      drawn.map(([found]) => found),
      [1, 1, 2],
    )
  })

  it.each([[[1, 9]], [[5, 3, 2]], [[1, 1, 1]]])('%j are equal after balance', async (weights) => {
    for (const numClasses of [undefined, weights.length]) {
      const balanced = classes(...weights).balance({ classFunc: same, seed: 2, ...(numClasses && { numClasses }) })
      expectShares(
        await balanced.skip(3000).take(5000).toArray(),
        weights.map(() => 1),
      )
    }
  })

  it('of balance lose none of the rarest class', async () => {
    const given = await classes(1, 9).take(2000).enumerate().toArray()
    const balanced = await classes(1, 9)
      .take(2000)
      .enumerate()
      .balance({ classFunc: ([, x]) => x, numClasses: 2 })
      .toArray()
    const rare = (pairs: readonly (readonly [number, number])[]) => pairs.filter(([, x]) => x === 0)
    expect(rare(balanced).length).toBeGreaterThan(rare(given).length * 0.98)
    expect(rare(balanced).length / balanced.length).toBeGreaterThan(0.45)
  })
})

describe('arguments', () => {
  type Loose = Readonly<Record<'balance' | 'rejectionResample', (...args: readonly unknown[]) => unknown>>
  const d = range(3) as unknown as Loose
  const refused: readonly (readonly [message: string, call: () => unknown])[] = [
    ['balance: options must be an object, got undefined.', () => d.balance()],
    ['balance: classFunc must be a function, got undefined.', () => d.balance({})],
    [
      'balance: numClasses must be a whole number of at least 1, got 0.',
      () => d.balance({ classFunc: one, numClasses: 0 }),
    ],
    ['balance: seed must be a whole number of at least 0, got -1.', () => d.balance({ classFunc: one, seed: -1 })],
    [
      'balance: there is no option classes. It takes classFunc, numClasses, seed.',
      () => d.balance({ classFunc: one, classes: 2 }),
    ],
    ['rejectionResample: options must be an object, got a function.', () => d.rejectionResample(one)],
    ['rejectionResample: classFunc must be a function, got 3.', () => d.rejectionResample({ classFunc: 3 })],
    [
      'rejectionResample: targetDist must be a list of numbers of at least 0, not all 0, got undefined.',
      () => d.rejectionResample({ classFunc: one }),
    ],
    ...[[], [0, 0], [1, -1], [NaN], ['1']].map(
      (targetDist) =>
        [
          'rejectionResample: targetDist must be a list of numbers of at least 0, not all 0, got an array.',
          () => d.rejectionResample({ classFunc: one, targetDist }),
        ] as const,
    ),
    [
      'rejectionResample: initialDist must be a list of 2 numbers of at least 0, not all 0, got an array.',
      () => d.rejectionResample({ classFunc: one, targetDist: [1, 1], initialDist: [1] }),
    ],
    [
      'rejectionResample: seed must be a whole number of at least 0, got 0.5.',
      () => d.rejectionResample({ classFunc: one, targetDist: [1], seed: 0.5 }),
    ],
    [
      'rejectionResample: there is no option target. It takes classFunc, targetDist, initialDist, seed.',
      () => d.rejectionResample({ classFunc: one, target: [1] }),
    ],
  ]

  it.each(refused)('%s', (message, call) => {
    expect(call).toThrow(InvalidArgumentError)
    expect(call).toThrow(expect.objectContaining({ message }))
  })
})

describe('a class that is none', () => {
  const failing: readonly (readonly [string, Dataset<unknown>, string])[] = [
    [
      'in balance',
      range(3).balance({ classFunc: (x) => x - 1 }),
      'range.balance: the class of element 0 must be a whole number of at least 0, got -1.',
    ],
    [
      'in balance of two',
      range(3).balance({ classFunc: (x) => Promise.resolve(x + 2), numClasses: 2 }),
      'range.balance: the class of element 0 must be a whole number from 0 to 1, got 2.',
    ],
    [
      'in rejectionResample',
      range(3).rejectionResample({ classFunc: (x) => x + 0.5, targetDist: [1, 1] }),
      'range.rejectionResample: the class of element 0 must be a whole number from 0 to 1, got 0.5.',
    ],
    [
      'of a function that throws',
      range(3).rejectionResample({ classFunc: () => expect.fail('boom'), targetDist: [1, 1] }),
      'range.rejectionResample: the function threw at element 0: boom',
    ],
  ]

  it.each(failing)('%s is named', async (_what, dataset, message) => {
    await expect(dataset.toArray()).rejects.toMatchObject({ message, index: 0, path: dataset.node.path })
  })
})

describe('any resampling', () => {
  const weights = fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }).filter((list) => list.some((x) => x > 0))

  it('goes on from the state after every element', async () => {
    await fc.assert(
      fc.asyncProperty(weights, fc.option(weights), fc.nat(), fc.nat(30), async (target, initial, seed, length) => {
        const input = classes(1, 2, 3).take(length)
        const initialDist = initial === null ? {} : { initialDist: initial }
        const options = { classFunc: same, targetDist: target, seed, ...initialDist }
        for (const { node } of [input.rejectionResample(options), input.balance({ classFunc: same, seed })]) {
          const expected = await drain(open<unknown>(node))
          const cursor = open<unknown>(node)
          for (let step = 0; step <= expected.length; step++) {
            expect(await drain(open<unknown>(node, stored(cursor.state())))).toEqual(expected.slice(step))
            await pull(cursor, 1)
          }
          await cursor.close()
        }
      }),
      { numRuns: 60 },
    )
  })

  it('by balance gives elements of the input, once each and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3)), fc.nat(), async (found, seed) => {
        const kept = await range(found.length)
          .balance({ classFunc: (x) => found[x], seed })
          .toArray()
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b))
        const counts = found.map((one, i) => found.slice(0, i + 1).filter((other) => other === one).length)
        // The first of each class is always kept.
        counts.forEach((count, i) => expect(count > 1 || kept.includes(i)).toBe(true))
      }),
    )
  })
})
