import * as tf from '@tensorflow/tfjs'
import { from, range as ixRange } from 'ix/iterable'
import { from as asyncFrom } from 'ix/asynciterable'
import { buffer as asyncBuffer, filter as asyncFilter, map as asyncMap } from 'ix/asynciterable/operators'
import { buffer as ixBuffer, filter as ixFilter, map as ixMap } from 'ix/iterable/operators'
import { Dataset } from 'millrace'
import { pythonSides } from '../python/python.ts'
import type { Case, Side } from '../measure.ts'

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
      { name: 'tfjs-data', run: () => tfjsData(few) },
    ]
    return { sides: [...sides, ...(await pythonSides({ tf_chain: 'tf.data' }, few))] }
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
