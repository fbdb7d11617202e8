import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { expectSame } from '../dataset/expectSame.ts'
import { drain, open, pull, stored } from '../contract/run.ts'

/** The plan as written asks its input for each number, the one that runs computes those of a batch in one loop. */
const dataset = (length: number, start = 0, step = 1): Dataset<number> => {
  const shuffled = Dataset.range(start, start + step * length, step).globalShuffle({ seed: 5 })
  expect(shuffled.optimized.stage.name).toBe('globallyShuffledNumbers')
  return shuffled
}

const starts = fc.integer({ min: -9, max: 9 })
const steps = fc.constantFrom(1, 2, 3, -1, -2)

describe('numbers shuffled globally in one loop', () => {
  it('come in the order, and with the states, of numbers that are asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 40 }), starts, steps, async (length, start, step) => {
        await expectSame(() => dataset(length, start, step), 60)
      }),
      { numRuns: 60 },
    )
  })

  it('make the same batches over several passes, each in its order', async () => {
    const counts = fc.constantFrom(1, 2, 3, Infinity)
    await fc.assert(
      fc.asyncProperty(
        ...([fc.integer({ min: 1, max: 40 }), starts, steps, counts, fc.integer({ min: 1, max: 50 })] as const),
        async (length, start, step, count, batchSize) => {
          await expectSame(() => dataset(length, start, step).repeat(count).batch(batchSize), 12)
          await expectSame(() => dataset(length, start, step).batch(batchSize, { dropRemainder: true }).repeat(2), 12)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are shuffled anew in each pass, and by the seed of the pipeline where they have none', async () => {
    const make = () => Dataset.fromTensorSlices(Int32Array.from({ length: 100 }, (_, i) => i)).globalShuffle()
    const { node, optimized } = make().repeat(2).batch(30)
    for (const seed of [0, 1]) {
      const [written, runs] = [node, optimized].map((plan) => open(plan, undefined, 0, seed))
      expect(await drain(runs)).toEqual(await drain(written))
    }
    expect(await drain(open(make().optimized, undefined, 0, 1))).not.toEqual(await drain(open(make().optimized)))
    expect(await drain(open(make().optimized, undefined, 1))).not.toEqual(await drain(open(make().optimized)))
  })

  it('are passed over without being computed', async () => {
    const { optimized } = dataset(1000, 7, 3)
    const expected = await drain(open(optimized), 1000)
    for (const count of [0, 1, 255, 700, 1000]) {
      const cursor = open(optimized)
      expect(await cursor.skip?.(count)).toBe(count)
      expect(await drain(cursor, 1000)).toEqual(expected.slice(count))
    }
    const beyond = open(optimized)
    expect(await beyond.skip?.(1001)).toBe(1000)
    expect(await beyond.next()).toBe(END)
  })

  it('are put into an array as far as there are any', async () => {
    const { optimized } = dataset(10)
    const expected = await drain(open(optimized))
    const cursor = open(optimized)
    const out = new Array<number>(12).fill(-1)
    expect(await pull(cursor, 2)).toEqual(expected.slice(0, 2))
    expect(cursor.nextInto?.(out, 1, 4)).toBe(3)
    expect(out.slice(0, 5)).toEqual([-1, ...expected.slice(2, 5), -1])
    expect(stored(cursor.state())).toEqual({ position: 5 })
    expect(cursor.nextInto?.(out, 0, 12)).toBe(5)
    expect(out.slice(0, 5)).toEqual(expected.slice(5))
    expect(cursor.nextInto?.(out, 0, 12)).toBe(0)
    expect(await cursor.next()).toBe(END)
    expect(cursor.state()).toEqual({ position: 10 })
  })

  it('end where a state is beyond them, and once they are closed', async () => {
    const beyond = open(dataset(10).optimized, { position: 12 })
    expect(beyond.nextInto?.([], 0, 4)).toBe(0)
    expect(await beyond.next()).toBe(END)
    expect(beyond.state()).toEqual({ position: 12 })
    const closed = open(dataset(10).optimized)
    await pull(closed, 3)
    await closed.close()
    expect([await closed.next(), closed.nextInto?.([], 0, 4), closed.skip?.(2)]).toEqual([END, 0, 0])
    expect(closed.state()).toEqual({ position: 3 })
  })
})
