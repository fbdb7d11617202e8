import fc from 'fast-check'
import { expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { Memory } from '../../src/core/memory.ts'
import { openPlan, type PlanNode } from '../../src/core/stage.ts'
import { AUTOTUNE } from '../../src/core/tuner.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { elementSize } from '../../src/ndarray/elementSize.ts'
import { turn } from './virtualCalls.ts'

const kilobyte = 1024
const megabyte = 1024 * kilobyte
const limit = 48 * megabyte
/** All elements are views of it: what counts is what they say they take. */
const shared = new ArrayBuffer(8 * megabyte)
const bytes = (size: number) => new Uint8Array(shared, 0, size)

const sizes = fc.array(
  fc.oneof(fc.constant(kilobyte), fc.constant(8 * megabyte), fc.integer({ min: kilobyte, max: 8 * megabyte })),
  { minLength: 1, maxLength: 60 },
)
const several = fc.constantFrom(2, 5, 16, AUTOTUNE)

/** After some turns of the event loop, another number of them for each element. */
async function later<T>(value: T, index: number): Promise<T> {
  for (let i = 0; i < (index * 7) % 5; i++) await turn()
  return value
}

/** Runs a plan under the cap; gives the elements' sizes, in order. */
async function run(node: PlanNode<Uint8Array>, pause: boolean) {
  const memory = new Memory(limit, elementSize)
  const cursor = openPlan(node, { seed: 0, epoch: 0, signal: new AbortController().signal, memory })
  const given: number[] = []
  for (;;) {
    const element = await cursor.next()
    if (element === END) break
    given.push(element.byteLength)
    if (pause) for (let i = 0; i < 3; i++) await turn()
  }
  const { held, expected } = memory
  await cursor.close()
  expect([held, expected, memory.held, memory.expected]).toEqual([0, 0, 0, 0])
  return { given, peak: memory.peak }
}

const byNumber = (a: number, b: number) => a - b

it('holds at most 1.1 times the cap, whatever sizes come in which order', async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes,
      several,
      fc.boolean(),
      fc.constantFrom(0, 4, 30, AUTOTUNE),
      fc.boolean(),
      async (list, numParallelCalls, deterministic, ahead, pause) => {
        const { node } = Dataset.range(list.length)
          .map((i) => later(bytes(list[i]), i), { numParallelCalls, deterministic })
          .prefetch(ahead)
        const { given, peak } = await run(node, pause)
        if (deterministic) expect(given).toEqual(list)
        else expect(given.toSorted(byNumber)).toEqual(list.toSorted(byNumber))
        expect(peak).toBeLessThanOrEqual(1.1 * limit)
      },
    ),
    { numRuns: 60 },
  )
})

it('holds that also through two maps, a shuffle and an interleave', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, several, fc.integer({ min: 1, max: 3 }), async (list, numParallelCalls, cycleLength) => {
      const { node } = Dataset.range(list.length)
        .interleave((i) => Dataset.range(1).map(() => later(bytes(list[i]), i)), { cycleLength, numParallelCalls })
        .shuffle(2, { seed: 1 })
        .map((element, { index }) => later(element, index), { numParallelCalls })
        .prefetch(AUTOTUNE)
      const { given, peak } = await run(node, false)
      expect(given.toSorted(byNumber)).toEqual(list.toSorted(byNumber))
      expect(peak).toBeLessThanOrEqual(1.1 * limit)
    }),
    { numRuns: 40 },
  )
})

it('counts what there is between a source and the consumer', async () => {
  let live = 0
  let most = 0
  function* source() {
    for (let i = 0; i < 200; i++) {
      const size = i % 3 === 0 ? 4 * megabyte : kilobyte
      live += size
      most = Math.max(most, live)
      yield bytes(size)
    }
  }
  const dataset = Dataset.fromGenerator(source).prefetch(1000).withOptions({ memory: limit })
  await dataset.forEach(async (element) => {
    live -= element.byteLength
    for (let i = 0; i < 30; i++) await turn()
  })
  expect(live).toBe(0)
  expect(most).toBeGreaterThan(limit / 2)
  expect(most).toBeLessThanOrEqual(limit)
})
