import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { probe } from '../contract/probe.ts'
import { drain, open, pull, stored } from '../contract/run.ts'
import { turn, VirtualCalls } from '../properties/virtualCalls.ts'

const rejections: unknown[] = []
const note = (reason: unknown) => void rejections.push(reason)
beforeEach(() => {
  rejections.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await turn()
  process.off('unhandledRejection', note)
  expect(rejections).toEqual([])
})

describe('map with calls in flight', () => {
  it('has as many in flight as it may, and starts one for each that is done or delivered', async () => {
    const calls = new VirtualCalls()
    const { dataset, log } = probe([0, 1, 2, 3, 4, 5, 6, 7, 8])
    const cursor = open(dataset.map((x) => calls.call(x), { numParallelCalls: 3 }).node)
    const first = cursor.next()
    expect(calls.open).toEqual([0, 1, 2])
    calls.finish(2)
    calls.finish(1)
    await turn()
    // 0 is waited for: calls go on behind it.
    expect(calls.open).toEqual([0, 3, 4])
    calls.finish(0)
    expect(await first).toBe(0)
    // 1 and 2 are there to be taken: no more than three are made ahead.
    expect(calls.open).toEqual([3, 4])
    expect(log.reads).toBe(5)
    expect(await pull(cursor, 2)).toEqual([1, 2])
    expect(calls.open).toEqual([3, 4, 5])
    await cursor.close()
  })

  it.each([true, false])(
    'goes on behind a slow call up to the reorder window, deterministic: %s',
    async (deterministic) => {
      const calls = new VirtualCalls()
      const { dataset } = probe(Array.from({ length: 40 }, (_, i) => i))
      const options = { numParallelCalls: 2, deterministic, reorderWindow: 10 }
      const cursor = open(dataset.map((x) => calls.call(x), options).node)
      const given: unknown[] = []
      const take = async (): Promise<void> => {
        while (given.length < 12) given.push(await cursor.next())
      }
      const taken = take()
      for (let step = 0; step < 50; step++) {
        await turn()
        for (const key of calls.open) if (key !== 0) calls.finish(key)
      }
      // Elements 1 to 9 are done, wherever they are; 0 and what would be beyond the window are not.
      expect(calls.open).toEqual([0])
      expect(given).toEqual(deterministic ? [] : [1, 2, 3, 4, 5, 6, 7, 8, 9])
      calls.finish(0)
      await turn()
      expect(given.slice(0, 10).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      await cursor.close()
      await taken
    },
  )

  it('lets results wait in memory up to 64 MiB', async () => {
    const memory = new ArrayBuffer(2 ** 20)
    const calls = new VirtualCalls()
    const big = (x: number) => calls.call(x).then(() => [...Array.from({ length: 16 }, () => new Uint8Array(memory))])
    const cursor = open(Dataset.range(100).map(big, { numParallelCalls: 2 }).node)
    const first = cursor.next()
    for (let step = 0; step < 50; step++) {
      await turn()
      for (const key of calls.open) if (key !== 0) calls.finish(key)
    }
    expect(calls.open).toEqual([0])
    calls.finish(0)
    await first
    // One does not count; four fill the 64 MiB, and one more goes beyond. Then no more calls are made.
    for (let i = 1; i <= 6; i++) expect(await cursor.next()).toHaveLength(16)
    expect(calls.open.at(0)).toBe(7)
    await cursor.close()
  })

  it('hands on what is done first where it is not deterministic', async () => {
    const calls = new VirtualCalls()
    const dataset = Dataset.range(5).map((x) => calls.call(x), { numParallelCalls: 3, deterministic: false })
    const cursor = open(dataset.node)
    const first = cursor.next()
    calls.finish(1)
    expect(await first).toBe(1)
    const second = cursor.next()
    calls.finish(3)
    expect(await second).toBe(3)
    const state = stored(cursor.state())
    expect(state).toMatchObject({ index: 0, done: [1, 3] })
    calls.finishAll()
    expect(await drain(cursor)).toEqual([0, 2, 4])
    await turn()
    expect(stored(open(dataset.node, state).state())).toEqual(state)
    // Restored, the calls for 0, 2 and 4 are made again, and no other.
    const again = open(dataset.node, state)
    const third = again.next()
    expect(calls.open).toEqual([0, 2, 4])
    calls.finishAll()
    expect([await third, ...(await drain(again))].toSorted()).toEqual([0, 2, 4])
  })

  it('gives the failure of a call in its turn, and goes on', async () => {
    const calls = new VirtualCalls()
    const cursor = open(Dataset.range(4).map((x) => calls.call(x), { numParallelCalls: 3 }).node)
    const first = cursor.next()
    calls.fail(1, new Error('one'))
    calls.finish(2)
    calls.finish(0)
    expect(await first).toBe(0)
    await expect((async () => cursor.next())()).rejects.toThrow('range.map: the function threw at element 1: one')
    calls.finishAll()
    expect(await drain(cursor)).toEqual([2, 3])
  })

  it.each(['resolve', 'reject'] as const)('is closed with calls in flight that %s later', async (how) => {
    const calls = new VirtualCalls()
    const { dataset, log } = probe([0, 1, 2, 3, 4])
    const iterator = dataset.map((x) => calls.call(x), { numParallelCalls: 3 }).iterator()
    const pending = iterator.next()
    await iterator.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(log).toMatchObject({ opened: 1, closed: 1, breaches: [] })
    for (const key of [...calls.open]) {
      if (how === 'resolve') calls.finish(key)
      else calls.fail(key, new Error('late'))
    }
    await turn()
    expect(log.reads).toBe(3)
  })

  it('calls nothing for an element that comes after it was closed', async () => {
    const seen: number[] = []
    const { dataset } = probe([0, 1], { mode: 'async' })
    const cursor = open(
      dataset.map(
        (x) => {
          seen.push(x)
          return x
        },
        { numParallelCalls: 2 },
      ).node,
    )
    const pending = cursor.next()
    await cursor.close()
    expect(await pending).toBe(END)
    await turn()
    expect(seen).toEqual([])
  })

  it('passes the index, and random numbers of the element alone', async () => {
    const build = (numParallelCalls: number) =>
      Dataset.range(20)
        .map((x, { index, rng }) => Promise.resolve([x, index, rng.integer(1000)]), { numParallelCalls })
        .toArray()
    expect(await build(4)).toEqual(await build(1))
  })
})

describe('interleave with pulls in flight', () => {
  it('reads the others on behind a slow one, up to their part of the window', async () => {
    const calls = new VirtualCalls()
    const inner = (x: number) => Dataset.range(10 * x, 10 * x + 9).map((y) => calls.call(y))
    const options = { cycleLength: 2, numParallelCalls: 2, reorderWindow: 8 }
    const cursor = open(Dataset.range(2).interleave(inner, options).node)
    const first = cursor.next()
    for (let step = 0; step < 20; step++) {
      await turn()
      for (const key of calls.open) if (key !== 0) calls.finish(key)
    }
    // Four of the other one are there: half of the window.
    expect(calls.open).toEqual([0])
    calls.finishAll()
    expect(await first).toBe(0)
    const state = stored(cursor.state())
    expect(await pull(cursor, 4)).toEqual([10, 1, 11, 2])
    await cursor.close()
    // Nothing of what was read ahead is in the state, and it is read again.
    const again = open(Dataset.range(2).interleave(inner, options).node, state)
    const next = pull(again, 3)
    for (let step = 0; step < 20; step++) {
      await turn()
      calls.finishAll()
    }
    expect(await next).toEqual([10, 1, 11])
    await again.close()
  })

  it.each([1, 3])(
    'goes on from a state behind an element that failed in it, with %i calls',
    async (numParallelCalls) => {
      const inner = () =>
        Dataset.range(4).map((y) => {
          if (y === 1) throw new Error('one')
          return y
        })
      const build = () => Dataset.range(1).interleave(inner, { numParallelCalls: 3 })
      const cursor = open(build().node)
      expect(await cursor.next()).toBe(0)
      await expect((async () => cursor.next())()).rejects.toThrow('one')
      expect(await cursor.next()).toBe(2)
      const state = stored(cursor.state())
      await cursor.close()
      expect(await drain(open(Dataset.range(1).interleave(inner, { numParallelCalls }).node, state))).toEqual([3])
    },
  )
})

describe('prefetch', () => {
  it('fills its buffer while the consumer lets the loop run, and no further', async () => {
    const { dataset, log } = probe([0, 1, 2, 3, 4, 5, 6])
    const cursor = open(dataset.prefetch(3).node)
    expect(await cursor.next()).toBe(0)
    for (let i = 0; i < 10; i++) await turn()
    expect(log.reads).toBe(4)
    expect(await pull(cursor, 2)).toEqual([1, 2])
    for (let i = 0; i < 10; i++) await turn()
    expect(log.reads).toBe(6)
    // Read up to 5, delivered up to 2: the state is that of what was delivered.
    expect(await drain(open(dataset.prefetch(3).node, stored(cursor.state())))).toEqual([3, 4, 5, 6])
    expect(await drain(cursor)).toEqual([3, 4, 5, 6])
    expect(log.breaches).toEqual([])
  })

  it('reads nothing ahead with 0', async () => {
    const { dataset, log } = probe([0, 1, 2])
    const cursor = open(dataset.prefetch(0).node)
    await cursor.next()
    for (let i = 0; i < 5; i++) await turn()
    expect(log.reads).toBe(1)
    await cursor.close()
  })

  it('gives an error in its turn, and goes on', async () => {
    const { dataset } = probe([0, 1, 2, 3], { failAt: [1] })
    const cursor = open(dataset.prefetch(5).node)
    expect(await cursor.next()).toBe(0)
    for (let i = 0; i < 10; i++) await turn()
    expect(() => cursor.next()).toThrow('probe failed at 1')
    expect(await drain(open(dataset.prefetch(5).node, stored(cursor.state())))).toEqual([2, 3])
    expect(await drain(cursor)).toEqual([2, 3])
  })

  it('keeps few snapshots however long it runs', async () => {
    const cursor = open(Dataset.range(Infinity).prefetch(3).node)
    await pull(cursor, 10_000)
    const { delivered } = cursor.state() as { delivered: number }
    expect(delivered).toBeLessThan(40)
    await cursor.close()
  })

  it('is closed while it reads ahead', async () => {
    const { dataset, log } = probe([0, 1, 2], { mode: 'async' })
    const cursor = open(dataset.prefetch(2).node)
    await cursor.next()
    await new Promise(setImmediate)
    await cursor.close()
    for (let i = 0; i < 5; i++) await turn()
    expect(log).toMatchObject({ opened: 1, closed: 1, breaches: [] })
  })
})

describe('zip', () => {
  it('reads no further once one input has ended, also by a skip', async () => {
    for (const skip of [false, true]) {
      const { dataset, log } = probe([0, 1, 2, 3, 4, 5])
      const cursor = open(Dataset.zip([dataset, Dataset.range(2)]).node)
      if (skip) await cursor.skip?.(3)
      else await drain({ next: () => cursor.next(), state: () => cursor.state(), close: () => undefined })
      const { reads } = log
      for (let i = 0; i < 3; i++) expect(await cursor.next()).toBe(END)
      expect(log.reads).toBe(reads)
      await cursor.close()
    }
  })
})
