import { describe, expect, it } from 'vitest'
import { Dataset, type MillraceError, workerFn } from '../../src/index.ts'
import { allFree } from './fixtures/allFree.ts'
import { sharedFlags } from './fixtures/flags.ts'
import * as pipelines from './fixtures/pipelines.ts'

const url = pipelines.here
const divided = (count: number, workers: number, deterministic = true) =>
  Dataset.fromWorkers(workerFn<typeof pipelines.divided>(url, 'divided'), {
    args: [count],
    workers,
    shard: true,
    deterministic,
  })

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('workers that read a shard each', () => {
  it.each([0, 1, 2, 3])('give all of the data once, the same each time, with %i of them', async (workers) => {
    const first = await divided(20, workers).toArray()
    expect(first.map(([x]) => x).toSorted((a, b) => a - b)).toEqual(numbers(20))
    expect(await divided(20, workers).toArray()).toEqual(first)
    const loose = await divided(20, workers, false).toArray()
    expect(loose.toSorted(([a], [b]) => a - b)).toEqual(first.toSorted(([a], [b]) => a - b))
  })

  it('take turns, and leave them to the others at their end', async () => {
    const shards = (await divided(7, 3).toArray()).map(([x]) => x % 3)
    expect(shards).toEqual([0, 1, 2, 0, 1, 2, 0])
  })

  it('have random numbers of their own', async () => {
    const drawn = (await divided(30, 3).toArray()).map(([, random]) => random)
    expect(new Set(drawn).size).toBe(30)
    const again = await divided(30, 3).toArray({ epoch: 1 })
    expect(again.map(([, random]) => random)).not.toEqual(drawn)
  })

  it.each([true, false])('go on from a state, with turns: %s', async (deterministic) => {
    const dataset = divided(20, 2, deterministic)
    const whole = await dataset.toArray({ epoch: 0 })
    for (let taken = 0; taken <= 20; taken += 4) {
      const iterator = dataset.iterator({ epoch: 0 })
      const given: (readonly [number, number])[] = []
      for (let i = 0; i < taken; i++) given.push((await iterator.next()).value as readonly [number, number])
      const state = JSON.parse(JSON.stringify(iterator.save())) as ReturnType<typeof iterator.save>
      await iterator.return()
      const all = [...given, ...(await dataset.toArray({ state }))]
      if (deterministic) expect(all).toEqual(whole)
      else expect(all.toSorted(([a], [b]) => a - b)).toEqual(whole.toSorted(([a], [b]) => a - b))
    }
    const state = dataset.iterator({ epoch: 0 }).save()
    expect(() => divided(20, 3, deterministic).iterator({ state })).toThrow('shards: 2')
  })

  it('do not wait for a slow one where order does not matter', async () => {
    const flags = sharedFlags()
    const held = Dataset.fromWorkers(workerFn<typeof pipelines.held>(url, 'held'), {
      args: [flags],
      workers: 2,
      shard: true,
      deterministic: false,
    })
    const iterator = held.iterator()
    const first = [await iterator.next(), await iterator.next(), await iterator.next()]
    expect(first.map(({ value }) => value as number)).toEqual([0, 1, 2])
    Atomics.store(flags, 0, 1)
    Atomics.notify(flags, 0)
    expect([await iterator.next(), await iterator.next()].map(({ value }) => value as number)).toEqual([10, 11])
    await iterator.return()
    await allFree()
  })

  it('fail where one of them does: for its element, or for all', async () => {
    const failing = (how: 'ours' | 'exit3') =>
      Dataset.fromWorkers(workerFn<typeof pipelines.failingShard>(url, 'failingShard'), {
        args: [how],
        workers: 2,
        shard: true,
      })
    const seen: unknown[] = []
    const onError = (error: unknown): void => void seen.push((error as MillraceError).name)
    await failing('ours')
      .ignoreErrors({ onError })
      .forEach((x) => seen.push(x))
    expect(seen).toEqual([0, 0, 1, 'NotFoundError', 2, 2, 3, 3])
    await expect(failing('exit3').toArray()).rejects.toThrow(
      `fromWorkers: worker 1 of 2, which runs failingShard of ${url}, exited with code 3 before element 1.`,
    )
  })

  it('are needed for elements as they come', () => {
    expect(() => Dataset.fromWorkers(workerFn(url, 'few'), { deterministic: false })).toThrow(
      'fromWorkers: deterministic: false needs shard: true. Workers that run the same pipeline give its elements in its order.',
    )
  })
})
