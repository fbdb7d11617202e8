import { Readable } from 'node:stream'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { workerFn } from '../../src/parallel/workerFunction.ts'
import { freshFolder } from './freshFolder.ts'
import type { squares } from './workerPipeline.ts'

/** One source with given arguments, and what must come out. */
export interface SourceRow {
  /** Name of the function in `src/sources`, and of the static method of Dataset. */
  readonly source: string
  readonly title: string
  readonly build: () => Dataset<unknown>
  /** The elements, in the form of `plain`. */
  readonly expected: readonly unknown[]
  /** Whether elements come behind promises. */
  readonly async?: true
}

const int32 = (shape: number[], ...values: number[]) => ({ dtype: 'int32', shape, values })

const saved = freshFolder()
await Dataset.range(5).save(saved, { shards: 2 })

/** At least one row for each source; a new source needs one too. */
export const sources: readonly SourceRow[] = [
  { source: 'range', title: 'up', build: () => Dataset.range(4), expected: [0, 1, 2, 3] },
  { source: 'range', title: 'down', build: () => Dataset.range(5, 0, -2), expected: [5, 3, 1] },
  { source: 'range', title: 'of nothing', build: () => Dataset.range(3, 3), expected: [] },
  { source: 'counter', title: 'upward', build: () => Dataset.counter(5, 2).take(3), expected: [5, 7, 9] },
  { source: 'counter', title: 'standing still', build: () => Dataset.counter(5, 0).take(2), expected: [5, 5] },
  {
    source: 'random',
    title: 'with a seed',
    build: () => Dataset.random({ seed: 7 }).take(6),
    expected: [911216622, 3377014597, 327848435, 1789060405, 153884223, 2889471669],
  },
  { source: 'load', title: 'of two shards', build: () => Dataset.load(saved), expected: [0, 1, 2, 3, 4], async: true },
  {
    source: 'fromTensors',
    title: 'of an object',
    build: () => Dataset.fromTensors({ x: [1, 2], y: 5, z: 'a' }),
    expected: [{ x: int32([2], 1, 2), y: 5, z: 'a' }],
  },
  {
    source: 'fromTensorSlices',
    title: 'of an object',
    build: () =>
      Dataset.fromTensorSlices({
        x: [
          [1, 2],
          [3, 4],
        ],
        y: ['a', 'b'],
      }),
    expected: [
      { x: int32([2], 1, 2), y: 'a' },
      { x: int32([2], 3, 4), y: 'b' },
    ],
  },
  {
    source: 'fromTensorSlices',
    title: 'of a tuple of typed arrays',
    build: () => Dataset.fromTensorSlices([Float32Array.of(0.5, 1.5), BigInt64Array.of(1n, 2n)]),
    expected: [
      [0.5, 1n],
      [1.5, 2n],
    ],
  },
  {
    source: 'fromTensorSlices',
    title: 'of no rows',
    build: () => Dataset.fromTensorSlices(ndarray(new Float32Array(0), [0, 3])),
    expected: [],
  },
  {
    source: 'fromGenerator',
    title: 'of an array',
    build: () => Dataset.fromGenerator(['a', 'b']),
    expected: ['a', 'b'],
  },
  { source: 'fromGenerator', title: 'of a set', build: () => Dataset.fromGenerator(new Set([1, 2])), expected: [1, 2] },
  {
    source: 'fromGenerator',
    title: 'of a generator function',
    build: () =>
      Dataset.fromGenerator(function* () {
        yield* [1, 2, 3]
      }),
    expected: [1, 2, 3],
  },
  {
    source: 'fromGenerator',
    title: 'of an async generator function',
    build: () =>
      Dataset.fromGenerator(async function* () {
        yield 1
        await Promise.resolve()
        yield 2
      }),
    expected: [1, 2],
    async: true,
  },
  {
    source: 'fromGenerator',
    title: 'of promises',
    build: () => Dataset.fromGenerator([Promise.resolve(1), Promise.resolve(2)]),
    expected: [1, 2],
    async: true,
  },
  {
    source: 'fromGenerator',
    title: 'of Node streams',
    build: () => Dataset.fromGenerator(() => Readable.from(['a', 'b', 'c']) as AsyncIterable<string>),
    expected: ['a', 'b', 'c'],
    async: true,
  },
  {
    source: 'fromGenerator',
    title: 'of web streams',
    build: () => Dataset.fromGenerator(() => Readable.toWeb(Readable.from(['a', 'b'])) as AsyncIterable<string>),
    expected: ['a', 'b'],
    async: true,
  },
  {
    // Threads are tested in test/parallel; here the same cursor runs in this one.
    source: 'fromWorkers',
    title: 'without workers',
    build: () => {
      const fn = workerFn<typeof squares>(new URL('./workerPipeline.ts', import.meta.url), 'squares')
      return Dataset.fromWorkers(fn, { args: [4], workers: 0 })
    },
    expected: [0, 1, 4, 9],
    async: true,
  },
]
