import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'

/** One operation on given inputs, and what must come out. */
export interface OperationRow {
  /** Name of the function in `src/ops`, and of the method of Dataset. */
  readonly operation: string
  /** What is particular about this row. */
  readonly title: string
  /** Elements of each input. */
  readonly inputs: readonly (readonly unknown[])[]
  readonly build: (...inputs: readonly Dataset<unknown>[]) => Dataset<unknown>
  /** The elements, in the form of `plain`. */
  readonly expected: readonly unknown[]
  /** Whether the operation waits for something by itself, so that even a sync input gives promises. */
  readonly async?: true
  /** Whether each element of the input gives one of the output, so that a failing one costs itself alone. */
  readonly elementwise?: true
  /** Elements that are read of the first input; all of them by default. */
  readonly reads?: number
}

const numbers = [1, 2, 3, 4, 5, 6, 7]
const float32 = (...values: number[]) => ({ dtype: 'float32', shape: [values.length], values })
const int32 = (shape: number[], ...values: number[]) => ({ dtype: 'int32', shape, values })
const double = (x: unknown) => (x as number) * 2
const parity = (x: unknown) => (x as number) % 2
const isLate = (x: unknown) => ((x as number) > 4 ? 1 : 0)
const later = (fn: (x: unknown) => number) => (x: unknown) => Promise.resolve(fn(x))
const isOdd = (x: unknown) => (x as number) % 2 === 1

function row(
  operation: string,
  title: string,
  build: OperationRow['build'],
  rest: Partial<OperationRow>,
): OperationRow {
  return { operation, title, inputs: [numbers], build, expected: numbers, ...rest }
}

const sampled = [
  [1, 2, 3],
  [10, 11, 12, 13, 14],
]
const turns = () =>
  Dataset.fromTensorSlices([
    [0, 1],
    [2, 0],
  ]).repeat()

/** At least one row for each operation; a new operation needs one too. */
export const operations: readonly OperationRow[] = [
  row('balance', 'of classes that come up', (d) => d.balance({ classFunc: double, seed: 1 }), {}),
  row('balance', 'of two classes', (d) => d.balance({ classFunc: isLate, numClasses: 2, seed: 1 }), {
    expected: [3, 4, 5, 6, 7],
  }),
  row('balance', 'by an async function', (d) => d.balance({ classFunc: later(isLate), numClasses: 2, seed: 1 }), {
    expected: [3, 4, 5, 6, 7],
    async: true,
  }),
  row('batch', 'with a remainder', (d) => d.batch(3), {
    expected: [float32(1, 2, 3), float32(4, 5, 6), float32(7)],
  }),
  row('batch', 'without the remainder', (d) => d.batch(3, { dropRemainder: true }), {
    expected: [float32(1, 2, 3), float32(4, 5, 6)],
  }),
  row('chooseFromDatasets', 'that passes over what ended', (a, b) => choose([a, b], [0, 1, 1, 0, 0, 0, 1], false), {
    inputs: [
      [1, 2],
      [10, 11, 12],
    ],
    expected: [1, 10, 11, 2, 12],
  }),
  row('chooseFromDatasets', 'that ends with the first that does', (a, b) => choose([a, b], [1, 0, 0, 0, 1], true), {
    inputs: [
      [1, 2],
      [10, 11, 12],
    ],
    expected: [10, 1, 2],
  }),
  row('chooseFromDatasets', 'by a probe', (choices, a, b) => Dataset.chooseFromDatasets([a, b], choices as never), {
    inputs: [
      [1, 0, 1, 1],
      [1, 2],
      [10, 11, 12],
    ],
    expected: [10, 1, 11, 12],
  }),
  row('concatenate', 'of two', (a, b) => a.concatenate(b), {
    inputs: [
      [1, 2, 3],
      [4, 5],
    ],
    expected: [1, 2, 3, 4, 5],
  }),
  row('concatenate', 'with an empty first', (a, b) => a.concatenate(b), { inputs: [[], [4, 5]], expected: [4, 5] }),
  row('enumerate', 'from 5', (d) => d.enumerate(5), {
    expected: numbers.map((x, i) => [5 + i, x]),
    elementwise: true,
  }),
  row('filter', 'by a sync predicate', (d) => d.filter(isOdd), { expected: [1, 3, 5, 7] }),
  row('filter', 'by an async predicate', (d) => d.filter((x) => Promise.resolve(isOdd(x))), {
    expected: [1, 3, 5, 7],
    async: true,
  }),
  row('filter', 'by index', (d) => d.filter((_, { index }) => index % 3 !== 1), { expected: [1, 3, 4, 6, 7] }),
  row('filter', 'that keeps nothing', (d) => d.filter(() => false), { expected: [] }),
  row('globalShuffle', 'by a seed', (d) => d.globalShuffle({ seed: 1 }), { expected: [5, 7, 6, 4, 3, 1, 2] }),
  row('globalShuffle', 'of one', (d) => d.globalShuffle(), { inputs: [[5]], expected: [5] }),
  row('globalShuffle', 'of nothing', (d) => d.globalShuffle(), { inputs: [[]], expected: [] }),
  row('map', 'by a sync function', (d) => d.map(double), { expected: numbers.map(double), elementwise: true }),
  row('map', 'by an async function', (d) => d.map((x) => Promise.resolve(double(x))), {
    expected: numbers.map(double),
    elementwise: true,
    async: true,
  }),
  row('map', 'to null', (d) => d.map(() => null), { expected: numbers.map(() => null) }),
  row('map', 'with random numbers', (d) => d.map((_, { rng }) => rng.integer(100)).withOptions({ seed: 3 }), {
    expected: [19, 90, 5, 93, 78, 84, 48],
  }),
  row('map', 'with 3 async calls', (d) => d.map((x) => Promise.resolve(double(x)), { numParallelCalls: 3 }), {
    expected: numbers.map(double),
    elementwise: true,
    async: true,
  }),
  row('map', 'with 3 sync calls', (d) => d.map(double, { numParallelCalls: 3 }), {
    expected: numbers.map(double),
    elementwise: true,
  }),
  row('map', 'with 3 calls to null', (d) => d.map(() => null, { numParallelCalls: 3 }), {
    expected: numbers.map(() => null),
  }),
  row(
    'map',
    'with 3 calls in any order',
    (d) => d.map((x) => Promise.resolve(double(x)), { numParallelCalls: 3, deterministic: false }),
    { expected: numbers.map(double), elementwise: true, async: true },
  ),
  row('prefetch', 'of 2', (d) => d.prefetch(2), { elementwise: true }),
  row('prefetch', 'of nothing', (d) => d.prefetch(0), { elementwise: true }),
  row('prefetch', 'of more than there is', (d) => d.prefetch(100), { elementwise: true }),
  row(
    'rejectionResample',
    'from a distribution',
    (d) => d.rejectionResample({ classFunc: parity, targetDist: [0.5, 0.5], initialDist: [0.3, 0.7], seed: 1 }),
    {
      expected: [
        [1, 1],
        [0, 2],
        [0, 4],
        [0, 2],
        [1, 3],
        [0, 4],
        [1, 5],
        [0, 6],
        [1, 7],
      ],
    },
  ),
  row(
    'rejectionResample',
    'from an estimate',
    (d) => d.rejectionResample({ classFunc: later(parity), targetDist: [7, 3], seed: 1 }),
    {
      expected: [
        [1, 1],
        [0, 2],
        [0, 4],
        [0, 2],
        [1, 3],
        [0, 4],
        [1, 5],
        [0, 6],
        [1, 7],
        [0, 6],
      ],
      async: true,
    },
  ),
  row(
    'rejectionResample',
    'to what it is',
    (d) => d.rejectionResample({ classFunc: parity, targetDist: [1, 2], initialDist: [2, 4] }),
    { expected: numbers.map((x) => [x % 2, x]), elementwise: true },
  ),
  row(
    'rejectionResample',
    'to one class',
    (d) => d.rejectionResample({ classFunc: parity, targetDist: [0, 1], initialDist: [1, 1] }),
    { expected: [1, 3, 5, 7].map((x) => [1, x]) },
  ),
  row('repeat', 'of 2', (d) => d.repeat(2), { inputs: [[1, 2, 3]], expected: [1, 2, 3, 1, 2, 3] }),
  row('repeat', 'of none', (d) => d.repeat(0), { expected: [], reads: 0 }),
  row('repeat', 'of nothing, for ever', (d) => d.repeat(), { inputs: [[]], expected: [] }),
  row('sampleFromDatasets', 'of two', (a, b) => Dataset.sampleFromDatasets([a, b], { seed: 4 }), {
    inputs: sampled,
    expected: [1, 2, 3, 10, 11, 12, 13, 14],
  }),
  row('sampleFromDatasets', 'by weight', (a, b) => Dataset.sampleFromDatasets([a, b], { seed: 4, weights: [1, 3] }), {
    inputs: sampled,
    expected: [10, 1, 11, 2, 12, 3, 13, 14],
  }),
  row(
    'sampleFromDatasets',
    'that ends with the first that does',
    (a, b) => Dataset.sampleFromDatasets([a, b], { weights: [3, 1], stopOnEmptyDataset: true, seed: 6 }),
    { inputs: sampled, expected: [1, 2, 3] },
  ),
  row('sampleFromDatasets', 'by lists of weights', (a, b) => Dataset.sampleFromDatasets([a, b], { weights: turns() }), {
    inputs: sampled,
    expected: [10, 1, 11, 2, 12, 3, 13, 14],
  }),
  row('shuffle', 'through a buffer of 3', (d) => d.shuffle(3, { seed: 1 }), { expected: [2, 1, 5, 4, 7, 3, 6] }),
  row('shuffle', 'of all', (d) => d.shuffle(Infinity, { seed: 1 }), { expected: [3, 1, 5, 6, 7, 2, 4] }),
  row('shuffle', 'through a buffer of 1', (d) => d.shuffle(1), { elementwise: true }),
  row('skip', 'of 2', (d) => d.skip(2), { expected: [3, 4, 5, 6, 7] }),
  row('skip', 'of more than there is', (d) => d.skip(20), { expected: [] }),
  row('skip', 'of all', (d) => d.skip(-1), { expected: [], reads: 0 }),
  row('take', 'of 3', (d) => d.take(3), { expected: [1, 2, 3], reads: 3 }),
  row('take', 'of all', (d) => d.take(-1), { elementwise: true }),
  row('take', 'of more than there is', (d) => d.take(20), { elementwise: true }),
  row('unbatch', 'of vectors', (d) => d.unbatch(), {
    inputs: [[ndarray([1, 2]), ndarray(new Int32Array(0)), ndarray([3])]],
    expected: [1, 2, 3],
  }),
  row('unbatch', 'of objects of matrices', (d) => d.unbatch(), {
    inputs: [
      [
        {
          x: ndarray([
            [1, 2],
            [3, 4],
          ]),
          y: ndarray(['a', 'b']),
        },
        { x: ndarray([[5, 6]]), y: ndarray(['c']) },
      ],
    ],
    expected: [
      { x: int32([2], 1, 2), y: 'a' },
      { x: int32([2], 3, 4), y: 'b' },
      { x: int32([2], 5, 6), y: 'c' },
    ],
  }),
  row('withOptions', 'a seed', (d) => d.shuffle(7).withOptions({ seed: 4 }), { expected: [5, 3, 7, 2, 4, 6, 1] }),
  row('zip', 'a tuple of unequal length', (a, b) => zip([a, b]), {
    inputs: [
      [1, 2, 3, 4],
      ['a', 'b', 'c'],
    ],
    expected: [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ],
  }),
  row('zip', 'an object', (a, b) => zip({ a, b }), {
    inputs: [
      [1, 2],
      ['a', 'b', 'c'],
    ],
    expected: [
      { a: 1, b: 'a' },
      { a: 2, b: 'b' },
    ],
  }),
]

function zip(inputs: readonly Dataset<unknown>[] | Record<string, Dataset<unknown>>): Dataset<unknown> {
  return Dataset.zip(inputs)
}

function choose(inputs: readonly Dataset<unknown>[], choices: readonly number[], stopOnEmptyDataset: boolean) {
  return Dataset.chooseFromDatasets(inputs, Dataset.fromTensorSlices(Int32Array.from(choices)), { stopOnEmptyDataset })
}
