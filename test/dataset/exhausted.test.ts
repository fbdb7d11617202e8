import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { closeWorkers, Dataset, workerFn } from '../../src/index.ts'
import * as functions from '../parallel/fixtures/functions.ts'
import * as pipelines from '../parallel/fixtures/pipelines.ts'

/** Numbers from 0, that count how many of them were asked for, the end included. */
function counted(count: number): { readonly numbers: Dataset<number>; readonly asked: () => number } {
  let asked = 0
  const numbers = Dataset.fromGenerator(function* () {
    for (let i = 0; i < count; i++) {
      asked++
      yield i
    }
    asked++
  })
  return { numbers, asked: () => asked }
}

const double = workerFn<typeof functions.double>(functions.here, 'double')

/** Pipelines over a source of 12 numbers, and whether they can tell before the end that it gave them all. */
const tells: readonly (readonly [string, (numbers: Dataset<number>) => Dataset<unknown>, boolean])[] = [
  ['the source alone', (numbers) => numbers, false],
  ['map', (numbers) => numbers.map((x) => x + 1), false],
  ['shuffle, which holds all of it', (numbers) => numbers.shuffle(100, { seed: 1 }), false],
  ['shuffle, batch', (numbers) => numbers.shuffle(100, { seed: 1 }).batch(2), false],
  ['prefetch', (numbers) => numbers.prefetch(4), true],
  ['prefetch, map', (numbers) => numbers.prefetch(4).map((x) => x + 1), true],
  [
    'prefetch, map, batch',
    (numbers) =>
      numbers
        .prefetch(4)
        .map((x) => x + 1)
        .batch(2),
    true,
  ],
  ['prefetch, batch', (numbers) => numbers.prefetch(4).batch(2), true],
  ['async map', (numbers) => numbers.map(async (x) => Promise.resolve(x), { numParallelCalls: 3 }), true],
  ['map in workers', (numbers) => numbers.map(double, { blockSize: 2 }), true],
  ['map in workers, batch', (numbers) => numbers.map(double).batch(2), true],
]

describe('exhausted', () => {
  it.each(tells)('%s: nothing is read after it', async (_name, build, tellsBefore) => {
    const { numbers, asked } = counted(12)
    await using iterator = build(numbers).iterator()
    expect(iterator.exhausted).toBe(false)
    let told: number | undefined
    for (;;) {
      const { done } = await iterator.next()
      await setImmediate()
      if (iterator.exhausted) told ??= asked()
      if (done === true) break
      if (told !== undefined) expect(iterator.exhausted).toBe(true)
    }
    expect(asked()).toBe(13)
    expect(told !== undefined).toBe(tellsBefore)
    if (tellsBefore) expect(told).toBe(13)
  })

  it.each([1, 2])('is known of a pipeline in %i workers once all of it is made', async (workers) => {
    const inner = workerFn<typeof pipelines.inner>(pipelines.here, 'inner')
    const dataset = Dataset.fromWorkers(inner, { args: [6], workers, bufferSize: 8 })
    await using iterator = dataset.iterator()
    expect(iterator.exhausted).toBe(false)
    await iterator.next()
    // The buffer has room for all of it.
    while (!iterator.exhausted) await setImmediate()
    for (let taken = 1; taken < 6; taken++) expect(await iterator.next()).toMatchObject({ done: false })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('leaves the thread of a pipeline to the next pass, which begins at once', async () => {
    await closeWorkers()
    const slow = workerFn<typeof pipelines.slowToClose>(pipelines.here, 'slowToClose')
    const dataset = Dataset.fromWorkers(slow, { args: [6], workers: 1, bufferSize: 8 })
    await using first = dataset.iterator()
    await first.next()
    while (!first.exhausted) await setImmediate()
    let started = 0
    const count = (): number => started++
    process.on('worker', count)
    try {
      await using second = dataset.iterator()
      expect(await second.next()).toMatchObject({ done: false })
      expect(await first.next()).toMatchObject({ done: false })
      expect(started).toBe(0)
    } finally {
      process.off('worker', count)
    }
  })
})
