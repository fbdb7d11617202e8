import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AUTOTUNE, Dataset, workerFn } from '../../src/index.ts'
import { busyWorkers } from '../../src/parallel/processPool.ts'
import { allFree } from './fixtures/allFree.ts'
import { plain } from './fixtures/digest.ts'
import { blockUntil, sharedFlags } from './fixtures/flags.ts'
import * as functions from './fixtures/functions.ts'

const url = functions.here
const inTurns = workerFn<typeof functions.inTurns>(url, 'inTurns')
const nextBytes = workerFn<typeof functions.nextBytes>(url, 'nextBytes')
const picture = workerFn<typeof functions.picture>(url, 'picture')
const mapping = fc.record({
  workers: fc.constantFrom(0, 1, 2, 3),
  blockSize: fc.integer({ min: 1, max: 12 }),
  numParallelCalls: fc.integer({ min: 1, max: 6 }),
})

describe('a map in workers with blocks in flight', () => {
  it('goes on from a state with other workers and blocks, and in this thread', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(50), fc.nat(50), mapping, mapping, async (length, taken, before, after) => {
        const input = Dataset.range(length).shuffle(9, { seed: 2 })
        const expected = await input.map(functions.inTurns).toArray({ epoch: 0 })
        const iterator = input.map(inTurns, before).iterator({ epoch: 0 })
        const given: unknown[] = []
        for (let i = 0; i < taken; i++) {
          const { done, value } = await iterator.next()
          if (done !== true) given.push(value)
        }
        const state = JSON.parse(JSON.stringify(iterator.save())) as ReturnType<typeof iterator.save>
        await iterator.return()
        for (const again of [input.map(inTurns, after), input.map(functions.inTurns)]) {
          expect([...given, ...(await again.toArray({ state }))]).toEqual(expected)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('goes on from a state of the map in this thread', async () => {
    const plainMap = Dataset.range(20).map(functions.inTurns)
    const iterator = plainMap.iterator({ epoch: 0 })
    for (let i = 0; i < 7; i++) await iterator.next()
    const state = iterator.save()
    const rest = await Dataset.range(20).map(inTurns, { workers: 2, blockSize: 3 }).toArray({ state })
    expect(rest).toEqual((await plainMap.toArray({ epoch: 0 })).slice(7))
  })

  it('gives the same where calls and blocks are AUTOTUNE, and says how its workers are used', async () => {
    const expected = await Dataset.range(3000).map(functions.inTurns).toArray({ epoch: 0 })
    const tuned = Dataset.range(3000).map(inTurns, { workers: 2, numParallelCalls: AUTOTUNE, blockSize: AUTOTUNE })
    expect(await tuned.toArray({ epoch: 0 })).toEqual(expected)
    const iterator = tuned.iterator({ epoch: 0, profile: true })
    for (let i = 0; i < 200; i++) await iterator.next()
    const { nodes } = iterator.stats()
    expect(nodes.find(({ workers }) => workers !== undefined)?.workers?.workers).toBe(2)
    await iterator.return()
  })

  it.each([0, 2])('holds no more than the memory of the pipeline with %i workers', async (workers) => {
    const size = 1000
    let read = 0
    const input = Dataset.fromGenerator(function* () {
      for (let x = 0; x < 100; x++) {
        read++
        yield new Uint8Array(size).fill(x)
      }
    })
    const mapped = input.map(nextBytes, { workers, blockSize: 4, numParallelCalls: 4 })
    for (const dataset of [mapped, mapped.batch(3).unbatch()]) {
      read = 0
      let taken = 0
      let ahead = 0
      for await (const bytes of dataset.withOptions({ memory: 10 * size })) {
        expect(bytes).toEqual(new Uint8Array(size).fill(++taken))
        ahead = Math.max(ahead, read - taken)
      }
      expect(taken).toBe(100)
      // As many as fit, and those that a batch cannot do without.
      expect(ahead).toBeLessThanOrEqual(13)
    }
  })

  it('names an element that is larger than the memory', async () => {
    const input = Dataset.range(3).map((x) => new Uint8Array(x * 100))
    const mapped = input.map(nextBytes, { workers: 1, blockSize: 1 }).withOptions({ memory: 150 })
    await expect(mapped.toArray()).rejects.toThrow(
      'element 2 takes 200 bytes, but the pipeline may hold 150 at a time.',
    )
  })

  it('gives every element once where it goes on out of order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), mapping, mapping, async (taken, before, after) => {
        const input = Dataset.range(40)
        const loose = { deterministic: false }
        const iterator = input.map(inTurns, { ...before, ...loose }).iterator({ epoch: 0 })
        const given: (readonly [number, number])[] = []
        for (let i = 0; i < taken; i++) given.push((await iterator.next()).value as readonly [number, number])
        const state = iterator.save()
        await iterator.return()
        const rest = await input.map(inTurns, { ...after, ...loose }).toArray({ state })
        const all = [...given, ...rest].toSorted(([a], [b]) => a - b)
        expect(all).toEqual(await input.map(functions.inTurns).toArray({ epoch: 0 }))
      }),
      { numRuns: 25 },
    )
  })

  it('has the states of the plan as it was written, where the workers stack its batches', async () => {
    const build = (workers: number) => Dataset.range(30).map(picture, { workers }).batch(4)
    const whole = (await Dataset.range(30).map(functions.picture).batch(4).toArray()).map(plain)
    for (const [before, after] of [
      [2, 0],
      [0, 2],
      [1, 3],
    ]) {
      const iterator = build(before).iterator({ epoch: 0 })
      for (let step = 0; step < whole.length; step++) {
        const state = iterator.save()
        const inThisThread = Dataset.range(30).map(functions.picture).batch(4)
        expect((await build(after).toArray({ state })).map(plain)).toEqual(whole.slice(step))
        expect((await inThisThread.toArray({ state })).map(plain)).toEqual(whole.slice(step))
        await iterator.next()
      }
      await iterator.return()
    }
  })
})

describe('workers are free when a map is left', () => {
  const left = (name: 'spinning' | 'waiting', flags: Int32Array): Dataset<number> =>
    Dataset.range(100).map(workerFn<typeof functions.spinning>(url, name), {
      workers: 2,
      blockSize: 3,
      init: workerFn<typeof functions.keepFlags>(url, 'keepFlags'),
      args: [flags],
    })

  it.each(['spinning', 'waiting'] as const)('while its function is %s: by return', async (name) => {
    const flags = sharedFlags()
    const iterator = left(name, flags).iterator()
    const pending = iterator.next()
    while (Atomics.load(flags, 0) < 1) await new Promise(setImmediate)
    await iterator.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    await allFree()
  })

  it.each(['spinning', 'waiting'] as const)('while its function is %s: by a signal', async (name) => {
    const flags = sharedFlags()
    const controller = new AbortController()
    const iterator = left(name, flags).iterator({ signal: controller.signal })
    const pending = iterator.next()
    while (Atomics.load(flags, 0) < 1) await new Promise(setImmediate)
    controller.abort()
    await expect(pending).rejects.toThrow(expect.objectContaining({ name: 'CancelledError' }))
    await allFree()
  })

  it('by break, by a throw, and by await using', async () => {
    const dataset = Dataset.range(1000).map(inTurns, { workers: 2, blockSize: 4 })
    for await (const [x] of dataset) if (x === 3) break
    await expect(
      dataset.forEach(() => {
        throw new RangeError('enough')
      }),
    ).rejects.toThrow('enough')
    {
      await using iterator = dataset.iterator()
      await iterator.next()
    }
    await allFree()
  })

  it('and the blocks of others that waited behind it run', async () => {
    const flags = sharedFlags()
    const stuck = left('spinning', flags).iterator()
    const pending = stuck.next()
    while (Atomics.load(flags, 0) < 1) await new Promise(setImmediate)
    const other = Dataset.range(50).map(inTurns, { workers: 2, blockSize: 4 }).toArray({ epoch: 0 })
    await new Promise(setImmediate)
    expect(busyWorkers()).toBeGreaterThan(1)
    await stuck.return()
    await pending
    expect(await other).toEqual(await Dataset.range(50).map(functions.inTurns).toArray({ epoch: 0 }))
  })

  it('while this thread is blocked they fill the window, and no more', async () => {
    const flags = sharedFlags()
    const counting = workerFn<typeof functions.counted>(url, 'counted')
    const dataset = Dataset.range(1000).map(counting, {
      workers: 2,
      blockSize: 5,
      numParallelCalls: 4,
      init: workerFn<typeof functions.keepFlags>(url, 'keepFlags'),
      args: [flags],
    })
    const iterator = dataset.iterator()
    await iterator.next()
    blockUntil(flags, 0, 20)
    // 4 in flight and 8 read at most, and the first one is in use.
    expect(Atomics.load(flags, 0)).toBeLessThanOrEqual(45)
    await iterator.return()
  })
})
