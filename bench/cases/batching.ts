import { Dataset, NdArray, ndarray } from 'millrace'
import type { Case, Side } from '../measure.ts'

/** Operations on sequences of unequal length, and on what fails, beside plain loops that do the same work. */

let used = 0
/** Keeps results in use, so that no side's work is left out by the compiler. */
function use(element: unknown): void {
  used += element instanceof NdArray ? element.size : 1
}

export const usedSoFar = () => used

type Sequence = NdArray<'int32', 1>

/** Sequences of 1 to 64 numbers. */
function sequencesOf(count: number): Sequence[] {
  return Array.from({ length: count }, (_, i) => ndarray(new Int32Array(1 + ((i * 7919) % 64)).fill(i)))
}

function versus(
  name: string,
  dataset: (sequences: readonly Sequence[]) => Dataset<unknown>,
  loop: (sequences: readonly Sequence[], visit: (element: unknown) => void) => void,
): Case {
  return {
    name: `operation ${name}`,
    element: 'sequence',
    open(quick) {
      const count = quick ? 10_000 : 100_000
      const sequences = sequencesOf(count)
      const ours = dataset(sequences)
      const sides: Side[] = [
        {
          name: 'millrace',
          run: async () => {
            await ours.forEach(use)
            return count
          },
        },
        {
          name: 'plain loop',
          run: () => {
            loop(sequences, use)
            return count
          },
        },
      ]
      return Promise.resolve({ sides })
    },
  }
}

const from = (sequences: readonly Sequence[]): Dataset<Sequence> => Dataset.fromGenerator(sequences)
const batchSize = 32

/** Rows of one length, the shorter ones filled up with 0. */
function padded(rows: readonly Sequence[], length: number): NdArray<'int32', 2> {
  const data = new Int32Array(rows.length * length)
  rows.forEach((row, i) => data.set(row.data, i * length))
  return new NdArray('int32', [rows.length, length], data)
}

const longest = (rows: readonly Sequence[]): number => rows.reduce((most, row) => Math.max(most, row.size), 0)

function inBatches(sequences: readonly Sequence[], make: (rows: readonly Sequence[]) => void): void {
  for (let start = 0; start < sequences.length; start += batchSize) make(sequences.slice(start, start + batchSize))
}

/** Groups by key, handed on when they are full, and at the end. */
function grouped(
  sequences: readonly Sequence[],
  keyOf: (row: Sequence) => number,
  make: (rows: readonly Sequence[], key: number) => void,
): void {
  const groups = new Map<number, Sequence[]>()
  for (const row of sequences) {
    const key = keyOf(row)
    const group = groups.get(key) ?? []
    groups.set(key, group)
    if (group.push(row) < batchSize) continue
    make(group, key)
    groups.delete(key)
  }
  for (const key of [...groups.keys()].sort((a, b) => a - b)) make(groups.get(key) ?? [], key)
}

const boundaries = [16, 32, 48]
const bucketOf = (row: Sequence): number => boundaries.filter((bound) => row.size >= bound).length

export const batching: readonly Case[] = [
  versus(
    `paddedBatch(${batchSize})`,
    (sequences) => from(sequences).paddedBatch(batchSize),
    (sequences, visit) => inBatches(sequences, (rows) => visit(padded(rows, longest(rows)))),
  ),
  versus(
    `raggedBatch(${batchSize})`,
    (sequences) => from(sequences).raggedBatch(batchSize),
    (sequences, visit) =>
      inBatches(sequences, (rows) => {
        const splits = new Int32Array(rows.length + 1)
        rows.forEach((row, i) => (splits[i + 1] = splits[i] + row.size))
        const values = new Int32Array(splits[rows.length])
        rows.forEach((row, i) => values.set(row.data, splits[i]))
        visit({ values: ndarray(values), rowSplits: ndarray(splits) })
      }),
  ),
  versus(
    'bucketBySequenceLength, 4 buckets',
    (sequences) =>
      from(sequences).bucketBySequenceLength({
        elementLengthFunc: (row) => row.size,
        bucketBoundaries: boundaries,
        bucketBatchSizes: [batchSize, batchSize, batchSize, batchSize],
      }),
    (sequences, visit) => grouped(sequences, bucketOf, (rows) => visit(padded(rows, longest(rows)))),
  ),
  versus(
    `groupByWindow, 4 keys of ${batchSize}`,
    (sequences) =>
      from(sequences).groupByWindow({
        keyFunc: (row) => bucketOf(row),
        reduceFunc: (_key, window) => window.paddedBatch(batchSize),
        windowSize: batchSize,
      }),
    (sequences, visit) => grouped(sequences, bucketOf, (rows) => visit(padded(rows, longest(rows)))),
  ),
  versus(
    'ignoreErrors, one of 100 fails',
    (sequences) => from(sequences).map(checked).ignoreErrors(),
    (sequences, visit) => {
      for (const row of sequences) {
        try {
          visit(checked(row))
        } catch {
          // It is left out.
        }
      }
    },
  ),
  versus(
    'enumerate, repeat(2), unbatch of batches',
    (sequences) =>
      from(sequences)
        .map(({ size }) => size)
        .repeat(2)
        .batch(batchSize)
        .unbatch()
        .enumerate(),
    (sequences, visit) => {
      let index = 0
      for (let pass = 0; pass < 2; pass++) {
        for (let start = 0; start < sequences.length; start += batchSize) {
          const batch = Float32Array.from(sequences.slice(start, start + batchSize), ({ size }) => size)
          for (const size of batch) visit([index++, size])
        }
      }
    },
  ),
  versus(
    'cache, read',
    (sequences) => from(sequences).cache(),
    (sequences, visit) => {
      for (const row of sequences) visit(row)
    },
  ),
]

function checked(row: Sequence): Sequence {
  if (row.data[0] % 100 === 99) throw new Error('a bad one')
  return row
}
