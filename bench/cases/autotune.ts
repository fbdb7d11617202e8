import { AUTOTUNE, Dataset, type IteratorOptions } from 'millrace'
import type { Case, Side } from '../measure.ts'

/** As I/O: a call takes some time, and no processor. */
function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

async function count(dataset: Dataset<unknown>, options?: IteratorOptions): Promise<number> {
  let elements = 0
  await dataset.forEach(() => elements++, options)
  return elements
}

/** Calls of 5 ms, of which a server takes 64 at a time: AUTOTUNE beside fixed numbers of calls in flight. */
const latency: Case = {
  name: 'AUTOTUNE of a map that waits 5 ms, 64 at a time at most',
  element: 'element',
  open(quick) {
    const elements = quick ? 4_000 : 30_000
    const map = (numParallelCalls: number) => count(Dataset.range(elements).map(server(), { numParallelCalls }))
    const fixed = [4, 16, 64, 128].map((calls): Side => ({ name: `${calls} calls`, run: () => map(calls) }))
    return Promise.resolve({ sides: [{ name: 'AUTOTUNE', run: () => map(AUTOTUNE) }, ...fixed] })
  },
}

/** A server that takes 64 calls at a time; further ones queue. */
function server(): (x: number) => Promise<number> {
  const queue: (() => void)[] = []
  let free = 64
  return async (x) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => queue.push(resolve))
    await wait(5)
    const next = queue.shift()
    if (next === undefined) free++
    else next()
    return x
  }
}

/** One of a hundred calls takes 50 times as long. */
const slowOnes: Case = {
  name: 'map with 16 calls in flight, 1% of them 50 times slower',
  element: 'element',
  open(quick) {
    const elements = quick ? 2_000 : 10_000
    const slow = async (x: number): Promise<number> => {
      await wait((x * 7919) % 100 === 0 ? 100 : 2)
      return x
    }
    const map = (options: { deterministic?: boolean; reorderWindow?: number }) =>
      count(Dataset.range(elements).map(slow, { numParallelCalls: 16, ...options }))
    const sides: Side[] = [
      { name: 'in order', run: () => map({}) },
      { name: 'in any order', run: () => map({ deterministic: false }) },
      { name: 'in order, within as many as there are calls', run: () => map({ reorderWindow: 16 }) },
    ]
    return Promise.resolve({ sides })
  },
}

/** What it costs to measure, to watch, to tune and to count bytes. */
const overhead: Case = {
  name: 'overhead: map of 2 us, batch(32), prefetch(4)',
  element: 'element',
  open(quick) {
    const elements = quick ? 20_000 : 200_000
    const work = (x: number): Float32Array => new Float32Array(256).fill(x).sort()
    const dataset = Dataset.range(elements)
      .map(work)
      .filter(() => true)
      .batch(32)
    const fixed = dataset.prefetch(4)
    const run = async (options: IteratorOptions, of = fixed): Promise<number> => 32 * (await count(of, options))
    const sides: Side[] = [
      { name: 'as it is', run: () => run({}) },
      { name: 'AUTOTUNE', run: () => run({}, dataset.prefetch(AUTOTUNE)) },
      { name: 'memory', run: () => run({ memory: 2 ** 28 }) },
      { name: 'profile', run: () => run({ profile: true }) },
      { name: 'watchdog', run: () => run({ watchdogMs: 10_000 }) },
    ]
    return Promise.resolve({ sides })
  },
}

export const autotune: readonly Case[] = [latency, slowOnes, overhead]
