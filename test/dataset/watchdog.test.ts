import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import type { RunOptions, Stall } from '../../src/core/runOptions.ts'
import type { Source } from '../../src/core/stage.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { DatasetIterator } from '../../src/dataset/datasetIterator.ts'
import { turn, VirtualCalls } from '../properties/virtualCalls.ts'
import { FakeClock } from './fakeClock.ts'

const stalls: Stall[] = []
const listen = (stall: unknown) => void stalls.push(stall as Stall)
afterEach(() => {
  unsubscribe('millrace:stall', listen)
  stalls.length = 0
})

function iterate<T>(source: Source<T>, options: RunOptions = { watchdogMs: 100, onStall: listen }) {
  const clock = new FakeClock()
  const iterator = new DatasetIterator(source, { seed: 0, epoch: 0, clock, options })
  return { clock, iterator }
}

const waits = () => stalls.map(({ stages }) => stages.map(({ path, waitingFor }) => `${path}: ${waitingFor}`))

describe('the watchdog', () => {
  it('says which stage waits for what, and how long, once a wait', async () => {
    const calls = new VirtualCalls()
    const { clock, iterator } = iterate(
      Dataset.range(9)
        .map((x) => calls.call(x))
        .enumerate(),
    )
    const first = iterator.next()
    clock.pass(99)
    expect(stalls).toEqual([])
    clock.pass(1)
    clock.pass(1000)
    expect(stalls).toEqual([
      {
        waitedMs: 100,
        stages: [
          { path: 'range.map', waitingFor: 'the call of its function on element 0', waitedMs: 100 },
          { path: 'range.map.enumerate', waitingFor: 'its input', waitedMs: 100 },
        ],
        message:
          'millrace: no element for 0.1 s: range.map has waited 0.1 s for the call of its function on element 0; range.map.enumerate has waited 0.1 s for its input.',
      },
    ])
    calls.finish(0)
    await first
    clock.pass(5000)
    expect(stalls).toHaveLength(1)
    const second = iterator.next()
    clock.pass(200)
    expect(stalls.at(-1)).toMatchObject({
      waitedMs: 200,
      stages: [{ waitingFor: 'the call of its function on element 1' }, {}],
    })
    calls.finish(1)
    await second
    await iterator.return()
    expect(clock.timers).toBe(0)
  })

  it.each([
    [
      'with calls in flight',
      (calls: VirtualCalls) =>
        Dataset.range(9)
          .map((x) => calls.call(x), { numParallelCalls: 3 })
          .prefetch(2),
      ['range.map: the call of its function on element 0', 'range.map.prefetch: its input'],
    ],
    [
      'of maps that run as one with a batch',
      (calls: VirtualCalls) =>
        Dataset.range(9)
          .map((x) => x)
          .map((x) => calls.call(x))
          .batch(2),
      ['range.map.map.batch: the call of its function on element 0'],
    ],
    [
      'of a source',
      () =>
        Dataset.fromGenerator(() => ({
          [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
        })),
      ['fromGenerator: its element 0'],
    ],
    [
      'of an interleave',
      (calls: VirtualCalls) =>
        Dataset.range(2).interleave((x) => Dataset.range(x, 9).map((y) => calls.call(y)), { numParallelCalls: 2 }),
      [
        'range.interleave > range.map: the call of its function on element 1',
        'range.interleave: the dataset of element 0',
      ],
    ],
  ])('knows a wait %s', async (_, build, expected) => {
    const { clock, iterator } = iterate(build(new VirtualCalls()) as Dataset<unknown>)
    const pending = iterator.next()
    for (let i = 0; i < 5; i++) await turn()
    clock.pass(100)
    expect(waits()).toEqual([expected])
    await iterator.return()
    await pending
  })

  it('is silent where the consumer does not wait, and ends with a failure', async () => {
    const { clock, iterator } = iterate(Dataset.range(3).map((x) => (x < 1 ? x : Promise.reject(new Error('no')))))
    await iterator.next()
    clock.pass(10_000)
    await expect(iterator.next()).rejects.toThrow('no')
    clock.pass(10_000)
    expect(stalls).toEqual([])
    expect(clock.timers).toBe(0)
  })

  it('publishes on its channel, and warns by default', async () => {
    subscribe('millrace:stall', listen)
    const warnings: Error[] = []
    const warned = (warning: Error) => void warnings.push(warning)
    process.on('warning', warned)
    const stuck = Dataset.range(1).map(() => new Promise<never>(() => undefined))
    const { clock, iterator } = iterate(stuck.withOptions({ watchdogMs: 100 }), {})
    const pending = iterator.next()
    clock.pass(100)
    await turn()
    process.off('warning', warned)
    expect(warnings).toMatchObject([{ message: stalls[0].message, code: 'MILLRACE_STALL' }])
    await iterator.return()
    await pending
  })

  it('keeps no process alive by itself', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const iterator = Dataset.range(3).iterator({ watchdogMs: 1000 })
    await iterator.next()
    expect(timers()).toBe(before)
    await iterator.return()
  })
})
