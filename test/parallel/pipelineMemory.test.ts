import { describe, expect, it } from 'vitest'
import { Dataset, type NdArray, ndarray, release, workerFn } from '../../src/index.ts'
import { plain } from './fixtures/digest.ts'
import { blockUntil, sharedFlags } from './fixtures/flags.ts'
import * as pipelines from './fixtures/pipelines.ts'

const url = pipelines.here

const inner = (count: number, bufferSize = 2): Dataset<NdArray<'int32', 1>> =>
  Dataset.fromWorkers(workerFn<typeof pipelines.inner>(url, 'inner'), { args: [count], bufferSize })

const counted = (flags: Int32Array, bufferSize: number, workers = 1): Dataset<NdArray<'int32', 1>> =>
  Dataset.fromWorkers(workerFn<typeof pipelines.counted>(url, 'counted'), { args: [flags], bufferSize, workers })

describe('elements from a worker', () => {
  it('never change where they are kept', async () => {
    const expected = (await pipelines.inner(20).toArray()).map(plain)
    expect((await inner(20).toArray()).map(plain)).toEqual(expected)
    const shuffled = (await inner(20).shuffle(20, { seed: 1 }).toArray()).map(plain)
    expect(shuffled).toHaveLength(20)
    expect(new Set(shuffled.map((element) => JSON.stringify(element)))).toEqual(
      new Set(expected.map((element) => JSON.stringify(element))),
    )
    expect((await inner(20).batch(4).toArray()).map(plain)).toEqual(
      (await pipelines.inner(20).batch(4).toArray()).map(plain),
    )
  })

  it('never change where only some of them are given back', async () => {
    const kept: NdArray[] = []
    let x = 0
    for await (const element of inner(30)) {
      expect(plain(element)).toEqual(plain(ndarray(Int32Array.of(x, x))))
      if (x++ % 3 === 0) release(element)
      else kept.push(element)
    }
    expect(kept.map(({ data }) => data[0])).toEqual(Array.from({ length: 30 }, (_, i) => i).filter((i) => i % 3 !== 0))
  })

  it('lie in shared memory, which is used again once they are given back', async () => {
    const buffers = new Set<unknown>()
    for await (const element of inner(30)) {
      expect(element.data.buffer).toBeInstanceOf(SharedArrayBuffer)
      buffers.add(element.data.buffer)
      release(element)
      release(element)
    }
    expect(buffers.size).toBeLessThanOrEqual(3)
  })

  it('are copied out while an earlier one is kept, so that the worker goes on', async () => {
    const elements = await inner(12, 1).toArray()
    expect(elements.map(({ data }) => data.buffer instanceof SharedArrayBuffer)).toEqual([
      true,
      ...new Array<boolean>(11).fill(false),
    ])
  })
})

describe('a worker that is ahead', () => {
  it.each([1, 3])('makes %i elements beyond the one that the consumer has, and no more', async (bufferSize) => {
    const flags = sharedFlags()
    const iterator = counted(flags, bufferSize).iterator()
    for (let taken = 1; taken <= 12; taken++) {
      const { value } = await iterator.next()
      // This thread sleeps until the ring is full: the worker needs nothing of it.
      blockUntil(flags, 0, taken + bufferSize)
      expect(Atomics.load(flags, 0)).toBe(taken + bufferSize)
      release(value)
      blockUntil(flags, 0, taken + bufferSize + 1)
      expect(Atomics.load(flags, 0)).toBe(taken + bufferSize + 1)
    }
    await iterator.return()
  })

  it('gives what it made at once, while this thread never lets its event loop run', async () => {
    const flags = sharedFlags()
    const iterator = counted(flags, 4).iterator()
    await iterator.next()
    blockUntil(flags, 0, 5)
    const pulled = [1, 2, 3].map(() => iterator.pull())
    expect(pulled.map(plain)).toEqual([1, 2, 3].map((x) => plain(ndarray(Int32Array.of(x)))))
    await iterator.return()
  })

  it('has one buffer of its own, where there are several', async () => {
    const flags = sharedFlags()
    const iterator = counted(flags, 2, 2).iterator()
    await iterator.next()
    await iterator.next()
    blockUntil(flags, 0, 6)
    expect(Atomics.load(flags, 0)).toBe(6)
    await iterator.return()
  })
})
