import { AUTOTUNE } from '../../src/core/tuner.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import type { OperationRow } from './operations.ts'

const numbers = [1, 2, 3, 4, 5, 6, 7]

function row(
  operation: string,
  title: string,
  build: OperationRow['build'],
  rest: Partial<OperationRow>,
): OperationRow {
  return { operation, title, inputs: [numbers], build, expected: numbers, ...rest }
}

const counts = (x: unknown) => Dataset.range(x as number)

const two = { cycleLength: 2 }

const float32 = (values: readonly number[]) => ({ dtype: 'float32', shape: [values.length], values })
const windows = [
  [[1, 2, 3], [4, 5, 6], [7]],
  [[1, 2, 3], [3, 4, 5], [5, 6, 7], [7]],
  [
    [1, 2, 3],
    [6, 7],
  ],
  [[1, 3, 5], [3, 5, 7], [5, 7], [7]],
  [[1, 2, 3]],
]

const batches = [[1, 2, 3, 4], [5], [], [6, 7]].map((values) => ndarray(Float32Array.from(values)))
const sum = (total: number, x: unknown): [number, number] => [total + (x as number), total + (x as number)]
const remember = (
  { last, text }: { last: NdArray; text: string },
  x: unknown,
): [{ last: NdArray; text: string }, string] => {
  const seen = { last: ndarray([x as number]), text: `${text}${text === '' ? '' : ','}${String(last.data[0])}` }
  return [seen, seen.text]
}

/** Rows of the operations that choose, count, expand and fold elements. */
export const flowRows: readonly OperationRow[] = [
  row('assertCardinality', 'of as many as there are', (d) => d.assertCardinality(7), { elementwise: true }),
  row('flatMap', 'to ranges', (d) => d.flatMap(counts), { inputs: [[2, 0, 3]], expected: [0, 1, 0, 1, 2] }),
  row('flatMap', 'to nothing', (d) => d.flatMap(() => Dataset.range(0)), { expected: [] }),
  row('flatMap', 'by an async function', (d) => d.flatMap((x) => Promise.resolve(counts(x))), {
    inputs: [[2, 0, 3]],
    expected: [0, 1, 0, 1, 2],
    async: true,
  }),
  row('flatMap', 'to async datasets', (d) => d.flatMap((x) => counts(x).map((y) => Promise.resolve(y))), {
    inputs: [[2, 0, 3]],
    expected: [0, 1, 0, 1, 2],
    async: true,
  }),
  row('flatMap', 'to shuffled datasets', (d) => d.flatMap(() => Dataset.range(3).shuffle(3)), {
    inputs: [[0, 0, 0]],
    expected: [2, 1, 0, 1, 2, 0, 2, 1, 0],
  }),
  row('flatMap', 'to what it was given', (d) => d.flatMap((x) => Dataset.fromGenerator([x])), { elementwise: true }),
  ...[1, 3, AUTOTUNE].flatMap((numParallelCalls) => [
    row('interleave', `with ${numParallelCalls} calls`, (d) => d.interleave(counts, { ...two, numParallelCalls }), {
      inputs: [[2, 0, 3, 1]],
      expected: [0, 1, 0, 1, 0, 2],
    }),
    row(
      'interleave',
      `of blocks by an async function, with ${numParallelCalls} calls`,
      (d) => d.interleave((x) => Promise.resolve(counts(x)), { cycleLength: 9, blockLength: 2, numParallelCalls }),
      { inputs: [[2, 0, 3, 1]], expected: [0, 1, 0, 1, 0, 2], async: true },
    ),
    row(
      'interleave',
      `of async datasets, with ${numParallelCalls} calls`,
      (d) => d.interleave((x) => counts(x).map((y) => Promise.resolve(y)), { ...two, numParallelCalls }),
      { inputs: [[2, 0, 3, 1]], expected: [0, 1, 0, 1, 0, 2], async: true },
    ),
    row(
      'interleave',
      `of what it was given, with ${numParallelCalls} calls`,
      (d) => d.interleave((x) => Dataset.fromGenerator([x]), { cycleLength: 4, numParallelCalls }),
      { elementwise: true },
    ),
  ]),
  row(
    'interleave',
    'of one at a time in any order',
    (d) => d.interleave(counts, { cycleLength: 1, numParallelCalls: 2, deterministic: false }),
    { inputs: [[2, 0, 3]], expected: [0, 1, 0, 1, 2] },
  ),
  row('shard', 'in the middle', (d) => d.shard(3, 1), { expected: [2, 5] }),
  row('shard', 'at the end', (d) => d.shard(7, 6), { expected: [7] }),
  row('shard', 'of one', (d) => d.shard(1, 0), { elementwise: true }),
  row('shard', 'of more than there are elements', (d) => d.shard(20, 9), { expected: [] }),
  row('takeWhile', 'by a sync predicate', (d) => d.takeWhile((x) => (x as number) < 4), {
    expected: [1, 2, 3],
    reads: 4,
  }),
  row('takeWhile', 'by an async predicate', (d) => d.takeWhile((x) => Promise.resolve((x as number) < 4)), {
    expected: [1, 2, 3],
    reads: 4,
    async: true,
  }),
  row('takeWhile', 'that keeps nothing', (d) => d.takeWhile(() => false), { expected: [], reads: 1 }),
  row('takeWhile', 'that keeps all', (d) => d.takeWhile((_, { index }) => index < 9), { elementwise: true }),
  row('zip', 'of equal lengths, strictly', (a, b) => Dataset.zip([a, b], { strict: true }), {
    inputs: [
      [1, 2, 3],
      ['a', 'b', 'c'],
    ],
    expected: [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ],
    elementwise: true,
  }),
  ...[{}, { shift: 2 }, { shift: 5 }, { shift: 2, stride: 2 }, { shift: 5, dropRemainder: true }].flatMap(
    (options, i) => [
      row('slidingBatch', JSON.stringify(options), (d) => d.slidingBatch(3, options), {
        expected: windows[i].map(float32),
      }),
      row(
        'window',
        JSON.stringify(options),
        (d) => d.window(3, options).flatMap((window) => (window as Dataset<unknown>).batch(3)),
        { expected: windows[i].map(float32) },
      ),
    ],
  ),
  row('window', 'of objects', (d) => d.window(2).flatMap((window) => Dataset.zip(window as never)), {
    inputs: [numbers.map((x) => ({ x, y: x * 2 }))],
    expected: numbers.map((x) => ({ x, y: x * 2 })),
  }),
  row('scan', 'by a sync function', (d) => d.scan(0, sum), { expected: [1, 3, 6, 10, 15, 21, 28] }),
  row('scan', 'by an async function', (d) => d.scan(0, (total, x) => Promise.resolve(sum(total, x))), {
    expected: [1, 3, 6, 10, 15, 21, 28],
    async: true,
  }),
  row('scan', 'of arrays and texts', (d) => d.scan({ last: ndarray([0]), text: '' }, remember), {
    expected: ['0', '0,1', '0,1,2', '0,1,2,3', '0,1,2,3,4', '0,1,2,3,4,5', '0,1,2,3,4,5,6'],
  }),
  row('scan', 'with random numbers', (d) => d.scan(0, (_, x, { rng }) => [0, [x, rng.integer(100)]]).take(2), {
    expected: [
      [1, 74],
      [2, 43],
    ],
    reads: 2,
  }),
  row('unique', 'of numbers', (d) => d.unique(), {
    inputs: [[1, 2, 1, 3, 2, 1, NaN, 0, NaN]],
    expected: [1, 2, 3, NaN, 0],
  }),
  row('unique', 'of bigints', (d) => d.unique(), { inputs: [[1n, 2n, 1n]], expected: [1n, 2n] }),
  row('unique', 'of structures', (d) => d.unique(), {
    inputs: [[{ a: [1, 'b'] }, { a: [1, 'b'] }, { a: [2, 'b'] }]],
    expected: [{ a: [1, 'b'] }, { a: [2, 'b'] }],
  }),
  row('unique', 'by a key', (d) => d.unique({ key: (x) => (x as number) % 3 }), { expected: [1, 2, 3] }),
  row('rebatch', 'to larger ones', (d) => d.rebatch(3), {
    inputs: [batches],
    expected: [[1, 2, 3], [4, 5, 6], [7]].map(float32),
  }),
  row('rebatch', 'to smaller ones', (d) => d.rebatch(2), {
    inputs: [batches],
    expected: [[1, 2], [3, 4], [5, 6], [7]].map(float32),
  }),
  row('rebatch', 'to several sizes, whole', (d) => d.rebatch([1, 3], { dropRemainder: true }), {
    inputs: [batches],
    expected: [[1], [2, 3, 4], [5]].map(float32),
  }),
  row('rebatch', 'of structures', (d) => d.rebatch(2), {
    inputs: [batches.map((x) => ({ x, y: [ndarray(Array.from(x.data, String), x.shape, 'string')] }))],
    expected: [[1, 2], [3, 4], [5, 6], [7]].map((values) => ({
      x: float32(values),
      y: [{ dtype: 'string', shape: [values.length], values: values.map(String) }],
    })),
  }),
]
