import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { drain, open, pull, stored } from '../contract/run.ts'
import { modes, probe } from '../contract/probe.ts'

const whole = <T>(window: Dataset<T>) => window
const byParity = { keyFunc: (x: number) => x % 2, reduceFunc: (_: number, window: Dataset<number>) => whole(window) }

/** Windows on plain arrays. */
function windows(values: readonly number[], keyOf: (x: number) => number, size: number): number[][] {
  const groups = new Map<number, number[]>()
  const done: number[][] = []
  for (const value of values) {
    const group = [...(groups.get(keyOf(value)) ?? []), value]
    if (group.length === size) done.push(group)
    groups.set(keyOf(value), group.length === size ? [] : group)
  }
  const rest = [...groups].sort(([a], [b]) => a - b).map(([, group]) => group)
  return [...done, ...rest.filter((group) => group.length > 0)]
}

describe('groupByWindow', () => {
  it('gives what plain arrays give, and goes on from the state at every step', async () => {
    const values = fc.array(fc.nat(20), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 5 }), fc.constantFrom(...modes), async (all, size, mode) => {
        const { node } = probe(all, { mode }).dataset.groupByWindow({
          keyFunc: (x) => x % 4,
          reduceFunc: (_, window) => window,
          windowSize: size,
        })
        const expected = windows(all, (x) => x % 4, size).flat()
        expect(await drain(open(node))).toEqual(expected)
        const cursor = open(node)
        for (let step = 0; step <= expected.length; step++) {
          const state = stored(cursor.state())
          expect(await drain(open(node, state))).toEqual(expected.slice(step))
          const again = open(node, state)
          await pull(again, 2)
          expect(await drain(open(node, stored(again.state())))).toEqual(expected.slice(step + 2))
          await again.close()
          await pull(cursor, 1)
        }
        await cursor.close()
      }),
      { numRuns: 60 },
    )
  })

  it('takes bigints and strings as keys, an endless input, and datasets that give nothing', async () => {
    const by = (keyFunc: (x: number) => bigint | string) =>
      Dataset.range(5).groupByWindow({ keyFunc, reduceFunc: (_, window) => window, windowSize: 9 })
    expect(await by((x) => -BigInt(x)).toArray()).toEqual([4, 3, 2, 1, 0])
    expect(await by((x) => (x < 2 ? 'b' : 'a')).toArray()).toEqual([2, 3, 4, 0, 1])
    const endless = Dataset.range(Infinity).groupByWindow({ ...byParity, windowSize: 2 })
    expect(await endless.take(4).toArray()).toEqual([0, 2, 1, 3])
    const odd = { ...byParity, reduceFunc: (key: number, window: Dataset<number>) => window.filter(() => key === 1) }
    expect(
      await Dataset.range(6)
        .groupByWindow({ ...odd, windowSize: 2 })
        .toArray(),
    ).toEqual([1, 3, 5])
  })

  it('leaves an element whose size is not to be had out of its group, also in a state', async () => {
    const fragile = () => {
      let calls = 0
      return Dataset.range(6)
        .groupByWindow({
          ...byParity,
          windowSizeFunc: () => {
            if (calls++ === 2) throw new Error('no size')
            return 3
          },
        })
        .ignoreErrors()
    }
    expect(await fragile().toArray()).toEqual([1, 3, 5, 0, 4])
    const cursor = open(fragile().node)
    expect(await pull(cursor, 1)).toEqual([1])
    const again = Dataset.range(6)
      .groupByWindow({ ...byParity, windowSizeFunc: () => 3 })
      .ignoreErrors()
    expect(await drain(open(again.node, stored(cursor.state())))).toEqual([3, 5, 0, 4])
  })

  it('knows that nothing comes of nothing', () => {
    expect(
      Dataset.range(0)
        .groupByWindow({ ...byParity, windowSize: 2 })
        .cardinality(),
    ).toBe(0)
    expect(
      Dataset.range(3)
        .groupByWindow({ ...byParity, windowSize: 2 })
        .cardinality(),
    ).toBeUndefined()
  })

  it.each<[string, object]>([
    ['the window size of key 0 must be a whole number of at least 1, got 0.', { ...byParity, windowSizeFunc: () => 0 }],
    ['the function returned no Dataset for element 0.', { ...byParity, reduceFunc: () => [1], windowSize: 2 }],
    [
      'the function returned undefined for element 0. Is a return missing?',
      { ...byParity, keyFunc: () => undefined, windowSize: 2 },
    ],
    ...[
      [{}, 'an object'] as const,
      [null, 'null'] as const,
      [true, 'true'] as const,
      [0.5, '0.5'] as const,
      [NaN, 'NaN'] as const,
    ].map(([key, shown]): [string, object] => [
      `the function returned ${shown} as key of element 0. A key is a whole number, a bigint or a string.`,
      { ...byParity, keyFunc: () => key, windowSize: 2 },
    ]),
    [
      'the function returned null as key of element 0. A key is a whole number, a bigint or a string.',
      { ...byParity, keyFunc: () => Promise.resolve(null), windowSize: 2 },
    ],
    [
      'windowSizeFunc threw at element 0: no size',
      {
        ...byParity,
        windowSizeFunc: () => {
          throw new Error('no size')
        },
      },
    ],
    [
      'the window size of key 0 must be a whole number of at least 1, got undefined.',
      { ...byParity, windowSizeFunc: () => undefined },
    ],
  ])('fails: %s', async (message, options) => {
    const dataset = Dataset.range(3).groupByWindow(options as never)
    await expect(dataset.toArray()).rejects.toThrow(`range.groupByWindow: ${message}`)
  })

  it.each<[string, object]>([
    ['groupByWindow: keyFunc must be a function, got undefined.', {}],
    ['groupByWindow: reduceFunc must be a function, got 1.', { keyFunc: (x: number) => x, reduceFunc: 1 }],
    ['groupByWindow: either windowSize or windowSizeFunc must be given, and not both, got undefined.', byParity],
    ['groupByWindow: windowSize must be a whole number of at least 1, got 0.', { ...byParity, windowSize: 0 }],
    [
      'groupByWindow: there is no option size. It takes keyFunc, reduceFunc, windowSize, windowSizeFunc.',
      { ...byParity, size: 1 },
    ],
  ])('refuses: %s', (message, options) => {
    expect(() => Dataset.range(3).groupByWindow(options as never)).toThrow(message)
  })
})

describe('bucketBySequenceLength', () => {
  const base = {
    elementLengthFunc: (x: unknown) => (x as { size: number }).size,
    bucketBoundaries: [3],
    bucketBatchSizes: [2, 1],
  }
  const vectors = Dataset.fromGenerator([1, 4].map((n) => ndarray(new Int32Array(n))))

  it.each<[string, object]>([
    ['bucketBySequenceLength: elementLengthFunc must be a function, got 3.', { ...base, elementLengthFunc: 3 }],
    [
      'bucketBySequenceLength: bucketBoundaries must be a list of numbers, got an array.',
      { ...base, bucketBoundaries: [] },
    ],
    [
      'bucketBySequenceLength: bucketBoundaries[1] must be a whole number of at least 4, got 3.',
      { ...base, bucketBoundaries: [3, 3], bucketBatchSizes: [1, 1, 1] },
    ],
    [
      'bucketBySequenceLength: bucketBatchSizes must be a list of 2, one more than bucketBoundaries, got an array.',
      { ...base, bucketBatchSizes: [1] },
    ],
    [
      'bucketBySequenceLength: bucketBatchSizes[0] must be a whole number of at least 1, got 0.',
      { ...base, bucketBatchSizes: [0, 1] },
    ],
    [
      'bucketBySequenceLength: noPadding goes with neither padToBucketBoundary nor paddedShapes.',
      { ...base, noPadding: true, padToBucketBoundary: true },
    ],
  ])('refuses: %s', (message, options) => {
    expect(() => vectors.bucketBySequenceLength(options as never)).toThrow(message)
  })

  it('fails at an element as long as the last boundary where it pads to boundaries', async () => {
    await expect(vectors.bucketBySequenceLength({ ...base, padToBucketBoundary: true }).toArray()).rejects.toThrow(
      'fromGenerator.bucketBySequenceLength: element 1 is as long as the last boundary 3, or longer.',
    )
  })

  it.each<[unknown, string]>([
    [undefined, 'got undefined. Is a return missing?'],
    [Promise.resolve(undefined), 'got undefined. Is a return missing?'],
    ['3', 'got "3".'],
    [-1, 'got -1.'],
    [1.5, 'got 1.5.'],
  ])('fails at a length of %s', async (length, message) => {
    const dataset = vectors.bucketBySequenceLength({ ...base, elementLengthFunc: () => length as number })
    await expect(dataset.toArray()).rejects.toThrow(
      'fromGenerator.bucketBySequenceLength: the function threw at element 0: ' +
        `elementLengthFunc must return a whole number of at least 0, ${message}`,
    )
  })

  it('stacks without padding', async () => {
    const same = Dataset.range(4).map(() => ndarray([1, 2]))
    const batches = await same.bucketBySequenceLength({ ...base, noPadding: true }).toArray()
    expect(batches.map(({ shape }) => shape)).toEqual([[2, 2], [2, 2]]) // prettier-ignore
  })
})
