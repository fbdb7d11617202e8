import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { Dataset, workerFn } from '../../src/index.ts'
import { busyWorkers } from '../../src/parallel/processPool.ts'
import { allFree } from './fixtures/allFree.ts'
import { blockUntil, sharedFlags } from './fixtures/flags.ts'
import * as pipelines from './fixtures/pipelines.ts'

const url = pipelines.here

const endless = (workers = 1): Dataset<unknown> =>
  Dataset.fromWorkers(workerFn<typeof pipelines.counted>(url, 'counted'), {
    args: [sharedFlags()],
    workers,
    bufferSize: 1,
  })

const stuck = (flags: Int32Array, before = 0, workers = 1): Dataset<number> =>
  Dataset.fromWorkers(workerFn<typeof pipelines.stuck>(url, 'stuck'), {
    args: [flags, before],
    workers,
  }) as Dataset<number>

describe.each([0, 2])('with %i workers, an iteration that is left early', (workers) => {
  it('ends by break and by a throw of the consumer', async () => {
    const seen: unknown[] = []
    for await (const element of endless(workers)) {
      seen.push(element)
      if (seen.length === 3) break
    }
    expect(seen).toHaveLength(3)
    const throwing = endless(workers).forEach(() => {
      throw new RangeError('enough')
    })
    await expect(throwing).rejects.toThrow('enough')
  })

  it('ends by await using', async () => {
    let iterator
    {
      await using inScope = endless(workers).iterator()
      iterator = inScope
      await inScope.next()
    }
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(await iterator.return()).toEqual({ done: true, value: undefined })
  })

  it('ends while an element is waited for, and closes the pipeline', async () => {
    const flags = sharedFlags()
    const iterator = stuck(flags, 2, workers).iterator()
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual([0, 1])
    const pending = iterator.next()
    await iterator.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(Array.from(flags)).toEqual([Math.max(1, workers), Math.max(1, workers), 0, 0])
  })

  it('ends by its signal: before, between, and while an element is waited for', async () => {
    const flags = sharedFlags()
    const before = stuck(flags, 2, workers).iterator({ signal: AbortSignal.abort() })
    await expect(before.next()).rejects.toThrow(expect.objectContaining({ name: 'CancelledError' }))

    const controller = new AbortController()
    const between = endless(workers).iterator({ signal: controller.signal })
    await between.next()
    controller.abort()
    await expect(between.next()).rejects.toThrow(expect.objectContaining({ name: 'CancelledError' }))
    expect(await between.next()).toEqual({ done: true, value: undefined })

    const second = new AbortController()
    const during = stuck(flags, 1, workers).iterator({ signal: second.signal })
    await during.next()
    const pending = during.next()
    second.abort()
    await expect(pending).rejects.toThrow(expect.objectContaining({ name: 'CancelledError' }))
    await during.return()
  })
})

describe('a worker', () => {
  it('that never comes back is ended by force', async () => {
    const flags = sharedFlags()
    const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.spinning>(url, 'spinning'), { args: [flags] })
    const iterator = dataset.iterator()
    await iterator.next()
    await iterator.next()
    const pending = iterator.next()
    blockUntil(flags, 0, 1)
    await iterator.return()
    expect(await pending).toEqual({ done: true, value: undefined })
  })

  it('is ended while it still builds its pipeline, and may be closed twice', async () => {
    const pipeline = workerFn<typeof pipelines.builtLate>(url, 'builtLate')
    const iterator = Dataset.fromWorkers(pipeline, { args: [sharedFlags()], workers: 2 }).iterator()
    const pending = iterator.next()
    await Promise.all([iterator.return(), iterator.return()])
    expect(await pending).toEqual({ done: true, value: undefined })
    await allFree()
  })

  it('does not start before the first element is asked for', async () => {
    await allFree()
    const iterator = endless().iterator()
    iterator.save()
    expect(busyWorkers()).toBe(0)
    await iterator.next()
    expect(busyWorkers()).toBe(1)
    await iterator.return()
    expect(busyWorkers()).toBe(0)
  })

  it('is free when the iteration is over: early, at the end, or failed', async () => {
    for (let i = 0; i < 4; i++) {
      const iterator = endless().iterator()
      const pending = iterator.next()
      if (i % 2 === 0) await pending
      await iterator.return()
      await pending
      await allFree()
    }
    await Dataset.fromWorkers(workerFn<typeof pipelines.inner>(url, 'inner'), { args: [3] }).toArray()
    await allFree()
    const failing = Dataset.fromWorkers(workerFn<typeof pipelines.failing>(url, 'failing'), { args: ['ours', 1] })
    await expect(failing.toArray()).rejects.toThrow('no 1')
    await allFree()
  })

  it('that has run a pipeline runs the next one', async () => {
    const threads = new Set<Worker>()
    const count = (worker: Worker): void => void threads.add(worker)
    const few = Dataset.fromWorkers(workerFn<typeof pipelines.inner>(url, 'inner'), { args: [3] })
    await few.toArray()
    await allFree()
    process.on('worker', count)
    for (let epoch = 0; epoch < 10; epoch++) {
      await few.toArray()
      await allFree()
    }
    process.off('worker', count)
    expect(threads.size).toBe(0)
  })
})
