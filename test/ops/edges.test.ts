import { describe, expect, it } from 'vitest'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { plain } from '../contract/run.ts'

const range = (...bounds: Parameters<typeof Dataset.range>) => Dataset.range(...bounds)
const int32 = (...values: number[]) => ({ dtype: 'int32', shape: [values.length], values })
const none = Dataset.range(0)

/** A dataset, what it gives (the first few elements of an endless one), and its cardinality. */
type Row = readonly [what: string, dataset: Dataset<unknown>, elements: readonly unknown[], cardinality?: number]

const rows: Readonly<Record<string, readonly Row[]>> = {
  batch: [
    ['of nothing', none.batch(3), [], 0],
    ['of one', range(1).batch(3), [int32(0)], 1],
    ['of an exact multiple', range(4).batch(2), [int32(0, 1), int32(2, 3)], 2],
    ['of one short', range(3).batch(2), [int32(0, 1), int32(2)], 2],
    ['larger than the input', range(2).batch(100), [int32(0, 1)], 1],
    ['larger than the input, without it', range(2).batch(100, { dropRemainder: true }), [], 0],
    [
      'of an exact multiple, without a remainder',
      range(4).batch(2, { dropRemainder: true }),
      [int32(0, 1), int32(2, 3)],
      2,
    ],
    ['of one short, without it', range(3).batch(2, { dropRemainder: true }), [int32(0, 1)], 1],
    ['of 1', range(2).batch(1), [int32(0), int32(1)], 2],
    [
      'of an endless input',
      range(Infinity)
        .map((x) => x)
        .batch(2),
      [0, 2].map((x) => ({ ...int32(x, x + 1), dtype: 'float32' })),
      Infinity,
    ],
    ['of batches', range(4).batch(2).batch(2), [{ dtype: 'int32', shape: [2, 2], values: [0, 1, 2, 3] }], 1],
    [
      'of a float64 range',
      range(2 ** 40, 2 ** 40 + 1).batch(1),
      [{ dtype: 'float64', shape: [1], values: [2 ** 40] }],
      1,
    ],
  ],
  cache: [
    ['of nothing', none.cache(), [], 0],
    ['of nothing, twice', none.cache().repeat(2), [], 0],
    ['of one, twice', range(1).cache().repeat(2), [0, 0], 2],
    ['for ever', range(2).cache().repeat(), [0, 1, 0, 1, 0], Infinity],
    ['of an endless input', range(Infinity).cache(), [0, 1, 2], Infinity],
    [
      'of an unknown number, twice',
      range(3)
        .filter((x) => x > 0)
        .cache()
        .repeat(2),
      [1, 2, 1, 2],
    ],
    ['of a cache', range(2).cache().cache().repeat(2), [0, 1, 0, 1], 4],
    ['without its first and last', range(4).cache().skip(1).take(2).repeat(2), [1, 2, 1, 2], 4],
  ],
  take: [
    ['none', range(3).take(0), [], 0],
    ['some', range(3).take(2), [0, 1], 2],
    ['just all', range(3).take(3), [0, 1, 2], 3],
    ['more than there are', range(3).take(4), [0, 1, 2], 3],
    ['all by -1', range(3).take(-1), [0, 1, 2], 3],
    ['all by -5', range(3).take(-5), [0, 1, 2], 3],
    ['all by Infinity', range(3).take(Infinity), [0, 1, 2], 3],
    ['some of an endless input', range(Infinity).take(2), [0, 1], 2],
    [
      'none of an unknown number',
      range(3)
        .filter(() => true)
        .take(0),
      [],
    ],
  ],
  skip: [
    ['none', range(3).skip(0), [0, 1, 2], 3],
    ['some', range(3).skip(2), [2], 1],
    ['just all', range(3).skip(3), [], 0],
    ['more than there are', range(3).skip(4), [], 0],
    ['all by -1', range(3).skip(-1), [], 0],
    ['all by Infinity', range(3).skip(Infinity), [], 0],
    ['some of an endless input', range(Infinity).skip(5), [5, 6, 7], Infinity],
    ['all of an endless input', range(Infinity).skip(-1), [], 0],
    ['twice', range(9).skip(2).skip(3), [5, 6, 7, 8], 4],
  ],
  repeat: [
    ['0 times', range(3).repeat(0), [], 0],
    ['once', range(2).repeat(1), [0, 1], 2],
    ['3 times', range(2).repeat(3), [0, 1, 0, 1, 0, 1], 6],
    ['for ever', range(2).repeat(), [0, 1, 0, 1, 0], Infinity],
    ['for ever by -1', range(1).repeat(-1), [0, 0, 0], Infinity],
    ['nothing, for ever', none.repeat(), [], 0],
    [
      'nothing of an unknown number, for ever',
      range(3)
        .filter(() => false)
        .repeat(),
      [],
    ],
    ['nothing, 3 times', none.repeat(3), [], 0],
    ['what is repeated', range(2).repeat(2).repeat(2), [0, 1, 0, 1, 0, 1, 0, 1], 8],
    ['what is endless', range(Infinity).repeat(3), [0, 1, 2], Infinity],
  ],
  concatenate: [
    ['of nothings', none.concatenate(none), [], 0],
    ['with nothing before', none.concatenate(range(2)), [0, 1], 2],
    ['with nothing after', range(2).concatenate(none), [0, 1], 2],
    ['with itself', range(2).concatenate(range(2)), [0, 1, 0, 1], 4],
    ['behind an endless one', range(Infinity).concatenate(range(2)), [0, 1, 2], Infinity],
    [
      'of an unknown number and an endless one',
      range(1)
        .filter(() => true)
        .concatenate(range(Infinity)),
      [0, 0, 1],
      Infinity,
    ],
  ],
  zip: [
    ['of unequal lengths', Dataset.zip([range(3), range(5)]), [0, 1, 2].map((x) => [x, x]), 3],
    ['with nothing', Dataset.zip([range(3), none]), [], 0],
    ['with an endless one', Dataset.zip({ a: range(Infinity), b: range(2) }), [0, 1].map((x) => ({ a: x, b: x })), 2],
    ['of one', Dataset.zip([range(2)]), [[0], [1]], 2],
    ['of an unknown number and nothing', Dataset.zip([range(3).filter(() => true), none]), [], 0],
    ['of an unknown number and some', Dataset.zip([range(3).filter(() => true), range(2)]), [0, 1].map((x) => [x, x])],
    ['of zips', Dataset.zip({ a: Dataset.zip([range(1), range(1)]), b: range(1) }), [{ a: [0, 0], b: 0 }], 1],
    [
      'of a nested structure',
      Dataset.zip([range(2), { a: [range(5, 8)], b: {} }]),
      [
        [0, { a: [5], b: {} }],
        [1, { a: [6], b: {} }],
      ],
      2,
    ],
    ['of a nested structure with nothing in it', Dataset.zip([range(2), [none]]), [], 0],
    ['of one by itself', Dataset.zip(range(2)), [0, 1], 2],
    ['of a key named __proto__', Dataset.zip({ ['__proto__']: range(1) }), [Object.fromEntries([['__proto__', 0]])], 1],
    ['of a key named node', Dataset.zip({ node: range(1) }), [{ node: 0 }], 1],
  ],
  enumerate: [
    [
      'from 0',
      range(5, 7).enumerate(),
      [
        [0, 5],
        [1, 6],
      ],
      2,
    ],
    [
      'from -2',
      range(2).enumerate(-2),
      [
        [-2, 0],
        [-1, 1],
      ],
      2,
    ],
    ['in a batch', range(2).enumerate().batch(2), [[int32(0, 1), int32(0, 1)]], 1],
    [
      'from beyond int32, in a batch',
      range(1)
        .enumerate(2 ** 31)
        .batch(1),
      [[{ dtype: 'float64', shape: [1], values: [2 ** 31] }, int32(0)]],
      1,
    ],
  ],
  filter: [
    ['nothing', none.filter(() => true), [], 0],
    ['all', range(2).filter(() => true), [0, 1]],
    ['none', range(2).filter(() => false), []],
    [
      'an endless input',
      range(Infinity)
        .filter((x) => x % 10 === 1)
        .take(3),
      [1, 11, 21],
    ],
  ],
  map: [
    ['nothing', none.map((x) => x), [], 0],
    ['to null', range(2).map(() => null), [null, null], 2],
    [
      'by index',
      range(5, 7).map((x, { index }) => [index, x]),
      [
        [0, 5],
        [1, 6],
      ],
      2,
    ],
    [
      'by epoch',
      range(1)
        .map((_, { epoch }) => epoch)
        .repeat(3),
      [0, 1, 2],
      3,
    ],
    [
      'by a thenable',
      range(1).map((x) => ({ then: (done: (value: string) => void) => done(`t${x}`) }) as PromiseLike<string>),
      ['t0'],
      1,
    ],
    ['with more calls than elements', range(2).map((x) => Promise.resolve(x), { numParallelCalls: 9 }), [0, 1], 2],
    [
      'with a spec, in a batch',
      range(2)
        .map((x) => x, { outputSignature: new TensorSpec([], 'int32') })
        .batch(2),
      [int32(0, 1)],
      1,
    ],
  ],
  prefetch: [
    ['0', range(3).prefetch(0), [0, 1, 2], 3],
    ['nothing', none.prefetch(2), [], 0],
    ['an endless input', range(Infinity).prefetch(2), [0, 1, 2], Infinity],
  ],
  unbatch: [
    ['nothing', none.batch(2).unbatch(), [], 0],
    ['what was batched', range(5).batch(2).unbatch(), [0, 1, 2, 3, 4]],
    ['empty batches', Dataset.fromGenerator([ndarray(new Int32Array(0)), ndarray(new Int32Array(0))]).unbatch(), []],
    [
      'matrices',
      Dataset.fromTensors([
        [1, 2],
        [3, 4],
      ]).unbatch(),
      [int32(1, 2), int32(3, 4)],
      2,
    ],
    ['an endless input', range(Infinity).batch(2).unbatch(), [0, 1, 2], Infinity],
  ],
  withOptions: [['without any', range(2).withOptions({}), [0, 1], 2]],
}

describe.each(Object.entries(rows))('%s', (_operation, table) => {
  const named = table.map(([what, dataset, elements, cardinality]) => ({ what, dataset, elements, cardinality }))

  it.each(named)('$what', async ({ dataset, elements, cardinality }) => {
    expect(dataset.cardinality()).toBe(cardinality)
    const finite = cardinality === Infinity ? dataset.take(elements.length) : dataset
    expect((await finite.toArray()).map(plain)).toEqual(elements)
  })
})
