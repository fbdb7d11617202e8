import { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as tf from '@tensorflow/tfjs'
import { from, range as ixRange } from 'ix/iterable'
import { from as asyncFrom } from 'ix/asynciterable'
import { buffer as asyncBuffer, filter as asyncFilter, map as asyncMap } from 'ix/asynciterable/operators'
import { buffer as ixBuffer, filter as ixFilter, map as ixMap } from 'ix/iterable/operators'
import { Dataset, type NdArray } from 'millrace'
import { pythonSides } from '../python/python.ts'
import type { Case, Side, Work } from '../measure.ts'

/** B1: the cost of an operation on a scalar. */
export const chain: Case = {
  name: 'B1 range, map, filter, batch(128)',
  element: 'number',
  async open(quick) {
    const numbers = quick ? 300_000 : 3_000_000
    const few = numbers / 100
    const sides: Side[] = [
      { name: 'millrace', run: () => millrace(numbers) },
      { name: 'hand-written loop', run: () => loop(numbers) },
      { name: 'generator functions', run: () => generators(numbers) },
      { name: 'ix (Iterable)', run: () => ix(numbers) },
      { name: 'ix (AsyncIterable)', run: () => ixAsync(few) },
      { name: 'Node streams', run: () => nodeStreams(few) },
      { name: 'tfjs-data', run: () => tfjsData(few) },
    ]
    return { sides: [...sides, ...(await pythonSides({ tf_chain: 'tf.data' }, few))] }
  },
}

/** B1: what one more map costs: the difference between a chain with nine and one with five, a fourth of it. */
export const furtherMap: Case = {
  name: 'B1 one further map of nine',
  element: 'number',
  open(quick) {
    const numbers = quick ? 300_000 : 1_000_000
    const mapped = (maps: number): Dataset<NdArray> => {
      let dataset = Dataset.range(numbers)
      for (let i = 0; i < maps; i++) dataset = dataset.map((x) => x + i)
      return dataset.batch(128)
    }
    const [five, nine] = [mapped(5), mapped(9)]
    const time = async (dataset: Dataset<NdArray>): Promise<number> => {
      const began = performance.now()
      await dataset.forEach((batch) => use(batch.data))
      return (performance.now() - began) * 1e6
    }
    const run = async (): Promise<Work> => {
      const less = await time(five)
      return { elements: numbers, amount: ((await time(nine)) - less) / 4 }
    }
    return Promise.resolve({ sides: [{ name: 'millrace', run }] })
  },
}

async function millrace(numbers: number): Promise<number> {
  const batches = Dataset.range(numbers)
    .map((x) => x * 2)
    .filter((x) => x % 3 === 0)
    .batch(128)
  await batches.forEach((batch) => use(batch.data))
  return numbers
}

function loop(numbers: number): number {
  let batch = new Int32Array(128)
  let filled = 0
  for (let x = 0; x < numbers; x++) {
    const doubled = x * 2
    if (doubled % 3 !== 0) continue
    batch[filled++] = doubled
    if (filled === 128) {
      use(batch)
      batch = new Int32Array(128)
      filled = 0
    }
  }
  use(batch.subarray(0, filled))
  return numbers
}

function generators(numbers: number): number {
  const doubled = function* () {
    for (let x = 0; x < numbers; x++) yield x * 2
  }
  const kept = function* () {
    for (const x of doubled()) if (x % 3 === 0) yield x
  }
  let batch: number[] = []
  for (const x of kept()) {
    if (batch.push(x) === 128) {
      use(Int32Array.from(batch))
      batch = []
    }
  }
  use(Int32Array.from(batch))
  return numbers
}

function ix(numbers: number): number {
  const batches = from(ixRange(0, numbers)).pipe(
    ixMap((x) => x * 2),
    ixFilter((x) => x % 3 === 0),
    ixBuffer(128),
  )
  for (const batch of batches) use(Int32Array.from(batch))
  return numbers
}

async function ixAsync(numbers: number): Promise<number> {
  const batches = asyncFrom(ixRange(0, numbers)).pipe(
    asyncMap((x) => x * 2),
    asyncFilter((x) => x % 3 === 0),
    asyncBuffer(128),
  )
  for await (const batch of batches) use(Int32Array.from(batch))
  return numbers
}

async function nodeStreams(numbers: number): Promise<number> {
  const objectMode = true
  const map = new Transform({ objectMode, transform: (x: number, _, done) => done(null, x * 2) })
  const filter = new Transform({
    objectMode,
    transform: (x: number, _, done) => (x % 3 === 0 ? done(null, x) : done()),
  })
  let batch: number[] = []
  const batches = new Transform({
    objectMode,
    transform(x: number, _, done) {
      if (batch.push(x) < 128) {
        done()
        return
      }
      done(null, Int32Array.from(batch))
      batch = []
    },
    flush: (done) => done(null, Int32Array.from(batch)),
  })
  const sink = new Writable({
    objectMode,
    write(data: Int32Array, _, done) {
      use(data)
      done()
    },
  })
  await pipeline(Readable.from(ixRange(0, numbers)), map, filter, batches, sink)
  return numbers
}

async function tfjsData(numbers: number): Promise<number> {
  let next = 0
  const source = { next: () => (next < numbers ? { value: next++, done: false } : { value: 0, done: true }) }
  const batches = tf.data
    .generator(() => source as Iterator<number>)
    .map((x) => x * 2)
    .filter((x) => x % 3 === 0)
    .batch(128)
  await batches.forEachAsync((batch) => tf.dispose(batch))
  return numbers
}

/** Keeps results in use, so that no side's work is left out by the compiler. */
let used = 0
function use(data: ArrayLike<unknown>): void {
  used += data.length
}
export const usedSoFar = () => used
