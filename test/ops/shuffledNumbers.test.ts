import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { expectSame } from '../dataset/expectSame.ts'
import { drain, open, pull, stored } from '../contract/run.ts'

/** The plan as written reads numbers one by one, the one that runs has them in an array: the same order, and states. */
const plans = (length: number, bufferSize: number, start = 0, step = 1) => {
  const dataset = Dataset.range(start, start + step * length, step).shuffle(bufferSize, { seed: 5 })
  expect(dataset.optimized.stage.name).toBe('shuffledNumbers')
  return { written: dataset.node, runs: dataset.optimized }
}

describe('numbers shuffled in one array', () => {
  it('come in the order, and with the states, of numbers that are read one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 20 }),
        fc.oneof(fc.integer({ min: 1, max: 24 }), fc.constant(Infinity)),
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: 1, max: 3 }).chain((step) => fc.constantFrom(step, -step)),
        async (length, bufferSize, start, step) => {
          await expectSame(() => Dataset.range(start, start + step * length, step).shuffle(bufferSize, { seed: 5 }), 30)
        },
      ),
      { numRuns: 100 },
    )
  })

  it.each([1, 2, 255, 256, 257, 600, 1999, 2000, Infinity])(
    "go on from each other's states over many strides and draws, through a buffer of %d",
    async (bufferSize) => {
      const length = 2000
      const { written, runs } = plans(length, bufferSize)
      const expected = await drain(open(written), length)
      const [slow, fast] = [open(written), open(runs)]
      let delivered = 0
      for (const step of [0, 1, 254, 1, 1, 300, 700, 400, 342, 1]) {
        delivered += step
        expect(await pull(fast, step)).toEqual(await pull(slow, step))
        const state = stored(fast.state())
        expect(state).toEqual(stored(slow.state()))
        const again = open(runs, state)
        expect(await pull(again, 3)).toEqual(expected.slice(delivered, delivered + 3))
        expect(await drain(open(written, stored(again.state())), length)).toEqual(expected.slice(delivered + 3))
        expect(await drain(again, length)).toEqual(expected.slice(delivered + 3))
      }
      expect([await fast.next(), await fast.next()]).toEqual([END, END])
      expect(fast.state()).toEqual({
        delivered: length,
        read: length,
        anchor: length,
        failed: [],
        upstream: { position: length },
      })
    },
  )

  it('make the same batches as numbers that are read one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...([fc.nat({ max: 900 }), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 300 })] as const),
        async (length, bufferSize, batchSize) => {
          await expectSame(
            () =>
              Dataset.range(7, 7 + 3 * length, 3)
                .shuffle(bufferSize, { seed: 5 })
                .batch(batchSize),
            8,
          )
        },
      ),
      { numRuns: 30 },
    )
  })

  it('are passed over without being made', async () => {
    const { runs } = plans(1000, 100, 7, 3)
    const expected = await drain(open(runs), 1000)
    for (const count of [0, 1, 255, 256, 700, 1000]) {
      const cursor = open(runs)
      expect(await cursor.skip?.(count)).toBe(count)
      expect(await drain(cursor, 1000)).toEqual(expected.slice(count))
    }
    const beyond = open(runs)
    expect(await beyond.skip?.(1001)).toBe(1000)
    expect(await beyond.next()).toBe(END)
  })

  it('give a state that was handed over until something is drawn, and none of them after they are closed', async () => {
    const { runs } = plans(50, 10)
    const cursor = open(runs)
    await pull(cursor, 20)
    const state = stored(cursor.state())
    const again = open(runs, state)
    expect(again.state()).toEqual(state)
    await again.next()
    await again.close()
    expect(again.state()).toMatchObject({ delivered: 21, read: 30 })
    expect(await again.next()).toBe(END)
  })

  it('name an input that has become too short', async () => {
    const cursor = open(plans(1000, 10).runs)
    await pull(cursor, 5)
    const short = open(plans(12, 10).runs, stored(cursor.state()))
    await expect(async () => short.next()).rejects.toThrow(
      'range.shuffle: the input ended after 12 elements, but 14 had been read when the state was saved. Restore it over the same data.',
    )
    expect(await short.next()).toBe(END)
  })

  it.each([
    ['where an element had failed', { delivered: 1, read: 4, anchor: 0, failed: [2], upstream: { position: 0 } }],
    [
      'where the input was ahead of the buffer',
      { delivered: 1, read: 4, anchor: 0, failed: [], upstream: { position: 3 } },
    ],
  ])('are read one by one from a state %s', async (_where, state) => {
    const { written, runs } = plans(20, 4)
    const expected = await drain(open(written, state), 20)
    expect(await drain(open(runs, state), 20)).toEqual(expected)
    expect(expected.length).toBeLessThan(19)
  })

  it('are read one by one under a cap on memory, and where 32 bits do not count them', async () => {
    const dataset = Dataset.range(100).shuffle(100, { seed: 1 })
    expect(await dataset.withOptions({ memory: 1e6 }).toArray()).toEqual(await dataset.toArray())
    await expect(dataset.withOptions({ memory: 80 }).toArray()).rejects.toThrow(
      'range.shuffle: the buffer of 100 elements takes more memory than the pipeline may hold, after 10.',
    )
    const many = Dataset.range(2 ** 40).shuffle(3, { seed: 1 })
    const fewer = Dataset.range(2 ** 20).shuffle(3, { seed: 1 })
    expect(await many.take(50).toArray()).toEqual(await fewer.take(50).toArray())
  })
})
