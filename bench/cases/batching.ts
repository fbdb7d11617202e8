import { Dataset, NdArray, ndarray, SkippedReport } from 'millrace'
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

type Loop = (sequences: readonly Sequence[], visit: (element: unknown) => void) => void

/** @param loops by name; the first one does the same work */
function versus(
  name: string,
  dataset: (sequences: readonly Sequence[]) => Dataset<unknown>,
  loops: Readonly<Record<string, Loop>> | Loop,
): Case {
  return {
    name: `operation ${name}`,
    element: 'sequence',
    open(quick) {
      const count = quick ? 10_000 : 100_000
      const sequences = sequencesOf(count)
      const ours = dataset(sequences)
      const beside = typeof loops === 'function' ? { 'plain loop': loops } : loops
      const sides: Side[] = [
        {
          name: 'millrace',
          run: async () => {
            await fromDeep(() => ours.forEach(use))
            return count
          },
        },
        ...Object.entries(beside).map(([name, loop]) => ({
          name,
          run: () => {
            fromDeep(() => loop(sequences, use))
            return count
          },
        })),
      ]
      return Promise.resolve({ sides })
    },
  }
}

/**
 * Calls a function from as deep in a program as V8 looks: it records ten frames of the stack for an error, which is what an
 * error costs, and a loop that lies right below the benchmark would be spared half of them.
 */
function fromDeep<R>(call: () => R, depth = 10): R {
  return depth === 0 ? call() : fromDeep(call, depth - 1)
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
    (sequences) =>
      from(sequences)
        .map(checked)
        .ignoreErrors({ report: new SkippedReport({ keep: 10 }) }),
    { 'plain loop that reports': reportingLoop(10), 'plain loop that forgets': forgettingLoop },
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

/** What is to be said of an element that failed: which one, at what, and why. */
class Failure extends Error {
  override readonly name = 'Failure'
  readonly path = 'loop.checked'
  readonly index: number

  constructor(index: number, cause: Error) {
    super(`loop.checked: element ${index} failed: ${cause.message}`, { cause })
    this.index = index
  }
}

/** Leaves out what fails, says of each where and why, counts them, and keeps the first ones. */
function reportingLoop(keep: number): Loop {
  const report = { count: 0, first: [] as Failure[] }
  return (sequences, visit) => {
    for (let index = 0; index < sequences.length; index++) {
      try {
        visit(checked(sequences[index]))
      } catch (error) {
        const failure = failureOf(index, error as Error)
        report.count++
        if (report.first.length < keep) report.first.push(failure)
      }
    }
  }
}

/** Without a stack of its own, as ours: that of its cause says where. */
function failureOf(index: number, cause: Error): Failure {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return new Failure(index, cause)
  } finally {
    Error.stackTraceLimit = limit
  }
}

/** Leaves out what fails, and nobody hears of it. */
function forgettingLoop(sequences: readonly Sequence[], visit: (element: unknown) => void): void {
  for (const row of sequences) {
    try {
      visit(checked(row))
    } catch {
      // It is left out.
    }
  }
}
