import { AUTOTUNE } from '../../src/core/tuner.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { flowRows } from './flowRows.ts'
import { freshFolder } from './freshFolder.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import { workerFn } from '../../src/parallel/workerFunction.ts'
import type { twice } from './workerPipeline.ts'

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
  /** Whether a failing element of the input is left out. */
  readonly recovers?: true
  /** Whether elements come in any order, and so do failures among them. */
  readonly unordered?: true
  /** Elements that are read of the first input; all of them by default. */
  readonly reads?: number
}

const numbers = [1, 2, 3, 4, 5, 6, 7]
const float32 = (...values: number[]) => ({ dtype: 'float32', shape: [values.length], values })
const int32 = (shape: number[], ...values: number[]) => ({ dtype: 'int32', shape, values })
/** Vectors 0, 1, ... of these lengths. */
const lengths = (...all: number[]) => all.map((n) => ndarray(Int32Array.from({ length: n }, (_, i) => i)))
const packed = (x: number[], segmentIds: number[], positions: number[]) => ({
  x: int32([x.length], ...x),
  x_segment_ids: int32([x.length], ...segmentIds),
  x_positions: int32([x.length], ...positions),
})
const loose = (d: Dataset<unknown>) => d as Dataset<{ x: number[] }>
const double = (x: unknown) => (x as number) * 2
const doubleInWorker = workerFn<typeof twice>(new URL('./workerPipeline.ts', import.meta.url), 'twice')
const parity = (x: unknown) => (x as number) % 2
const isLate = (x: unknown) => ((x as number) > 4 ? 1 : 0)
const later = (fn: (x: unknown) => number) => (x: unknown) => Promise.resolve(fn(x))
const isOdd = (x: unknown) => (x as number) % 2 === 1

const failAt =
  (...values: number[]) =>
  (x: unknown) => {
    if (values.includes(x as number)) throw new Error(`${String(x)} is bad`)
    return x
  }

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
  ...flowRows,
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
  row('cache', 'in memory', (d) => d.cache(), {}),
  row('cache', 'in memory, of which a pass is kept', (d) => d.cache().repeat(2), {
    expected: [...numbers, ...numbers],
  }),
  row('cache', 'on disk', (d) => d.cache(freshFolder()), { async: true }),
  row('cache', 'on disk, of which a pass is kept', (d) => d.cache(freshFolder()).repeat(2), {
    expected: [...numbers, ...numbers],
    async: true,
  }),
  row(
    'bucketBySequenceLength',
    'of two buckets',
    (d) =>
      (d as Dataset<NdArray>).bucketBySequenceLength({
        elementLengthFunc: (x) => x.size,
        bucketBoundaries: [2],
        bucketBatchSizes: [2, 2],
      }),
    {
      inputs: [lengths(1, 3, 0, 2, 1)],
      expected: [int32([2, 1], 0, 0), int32([2, 3], 0, 1, 2, 0, 1, 0), int32([1, 1], 0)],
    },
  ),
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
  row(
    'groupByWindow',
    'by parity',
    (d) =>
      (d as Dataset<number>).groupByWindow({
        keyFunc: (x) => x % 2,
        reduceFunc: (key, window) => window.map((x) => [key, x]),
        windowSize: 2,
      }),
    {
      expected: [
        [1, 1],
        [1, 3],
        [0, 2],
        [0, 4],
        [1, 5],
        [1, 7],
        [0, 6],
      ],
    },
  ),
  row('ignoreErrors', 'where nothing fails', (d) => d.ignoreErrors(), { recovers: true }),
  row('ignoreErrors', 'of a map', (d) => d.map(failAt(1, 2, 7)).ignoreErrors(), {
    expected: [3, 4, 5, 6],
    recovers: true,
  }),
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
  row('map', 'with AUTOTUNE', (d) => d.map((x) => Promise.resolve(double(x)), { numParallelCalls: AUTOTUNE }), {
    expected: numbers.map(double),
    elementwise: true,
    async: true,
  }),
  row(
    'map',
    'with 3 calls in a window of 2',
    (d) => d.map((x) => Promise.resolve(double(x)), { numParallelCalls: 3, reorderWindow: 2 }),
    { expected: numbers.map(double), elementwise: true, async: true },
  ),
  row('map', 'with 3 calls to null', (d) => d.map(() => null, { numParallelCalls: 3 }), {
    expected: numbers.map(() => null),
  }),
  row(
    'map',
    'with 3 calls in any order',
    (d) => d.map((x) => Promise.resolve(double(x)), { numParallelCalls: 3, deterministic: false }),
    { expected: numbers.map(double), elementwise: true, async: true, unordered: true },
  ),
  ...[0, 2].flatMap((workers) => [
    row('map', `in ${workers} workers`, (d) => d.map(doubleInWorker, { workers, blockSize: 2 }), {
      expected: numbers.map(double),
      elementwise: true,
      async: true,
    }),
    row('map', `in ${workers} workers, then batched there`, (d) => d.map(doubleInWorker, { workers }).batch(3), {
      expected: [float32(2, 4, 6), float32(8, 10, 12), float32(14)],
      async: true,
    }),
  ]),
  row('paddedBatch', 'with a remainder', (d) => (d as Dataset<NdArray>).paddedBatch(2, { paddingValues: 9 }), {
    inputs: [lengths(1, 3, 0)],
    expected: [int32([2, 3], 0, 9, 9, 0, 1, 2), int32([1, 0])],
  }),
  row('packSequences', 'into two rows at a time', (d) => loose(d).packSequences({ x: 4 }, { numPackingBins: 2 }), {
    inputs: [[[1, 2, 3], [4, 5], [6], [7, 8, 9], [], [10], [11, 12]].map((x) => ({ x }))],
    expected: [
      packed([1, 2, 3, 6], [1, 1, 1, 2], [0, 1, 2, 0]),
      packed([4, 5, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0]),
      packed([7, 8, 9, 10], [1, 1, 1, 3], [0, 1, 2, 0]),
      packed([11, 12, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0]),
    ],
  }),
  row(
    'packSequences',
    'into one row',
    (d) => loose(d).packSequences({ x: 2 }, { paddingValue: -1, dropTooLong: true }),
    {
      inputs: [[{ x: [1] }, { x: [2, 3, 4] }]],
      expected: [packed([1, -1], [1, 0], [0, 0])],
    },
  ),
  row('prefetch', 'of 2', (d) => d.prefetch(2), { elementwise: true }),
  row('prefetch', 'of AUTOTUNE', (d) => d.prefetch(AUTOTUNE), { elementwise: true }),
  row('prefetch', 'of nothing', (d) => d.prefetch(0), { elementwise: true }),
  row('prefetch', 'of more than there is', (d) => d.prefetch(100), { elementwise: true }),
  row('raggedBatch', 'with a remainder', (d) => d.raggedBatch(2, { rowSplitsDtype: 'int32' }), {
    inputs: [lengths(1, 3, 2)],
    expected: [
      { values: int32([4], 0, 0, 1, 2), rowSplits: int32([3], 0, 1, 4) },
      { values: int32([2], 0, 1), rowSplits: int32([2], 0, 2) },
    ],
  }),
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
  row('snapshot', 'in 3 shards', (d) => d.snapshot(freshFolder(), { shards: 3 }), { async: true }),
  row('split', 'by content', (d) => d.split({ a: 0.5, b: 0.3 }).a, { expected: [1, 3, 5, 6] }),
  row('split', 'by a key', (d) => d.split({ a: 0.5, b: 0.5 }, { key: (x) => (x as number) % 3 }).b, {
    expected: [2, 3, 5, 6],
  }),
  row('split', 'into one part', (d) => d.split({ all: 1 }).all, { elementwise: true }),
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
  row(
    'withOptions',
    'of the run',
    (d) => d.shuffle(1).prefetch(2).withOptions({ memory: 100, autotune: false, watchdogMs: 60_000 }),
    { elementwise: true },
  ),
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
  row('zip', 'a nested structure', (a, b) => Dataset.zip([a, { pair: [b, a.map((x) => [x])], none: [] }]), {
    inputs: [
      [1, 2],
      ['a', 'b', 'c'],
    ],
    expected: [
      [1, { pair: ['a', [1]], none: [] }],
      [2, { pair: ['b', [2]], none: [] }],
    ],
  }),
  row('zip', 'one by itself', (a) => Dataset.zip(a), { inputs: [[1, 2]], expected: [1, 2] }),
]

function zip(inputs: readonly Dataset<unknown>[] | Record<string, Dataset<unknown>>): Dataset<unknown> {
  return Dataset.zip(inputs)
}

function choose(inputs: readonly Dataset<unknown>[], choices: readonly number[], stopOnEmptyDataset: boolean) {
  return Dataset.chooseFromDatasets(inputs, Dataset.fromTensorSlices(Int32Array.from(choices)), { stopOnEmptyDataset })
}
