import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import { CancelledError } from '../../src/core/errors.ts'
import { END } from '../../src/core/cursor.ts'
import { innerUpstream } from '../../src/core/innerDataset.ts'
import { planNode, type PlanNode, type Stage } from '../../src/core/stage.ts'
import { report } from '../../src/core/stageReport.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { DatasetIterator } from '../../src/dataset/datasetIterator.ts'
import type { IteratorEnd } from '../../src/dataset/diagnostics.ts'
import { PipelineStats } from '../../src/dataset/pipelineStats.ts'
import { profile } from '../../src/dataset/profile.ts'
import { Profiler } from '../../src/dataset/profiler.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { probe } from '../contract/probe.ts'
import { FakeClock } from './fakeClock.ts'

/** Milliseconds of each operation, as `name busy+waiting`. */
const times = ({ nodes }: PipelineStats) => nodes.map(({ name, busyMs, waitingMs }) => `${name} ${busyMs}+${waitingMs}`)

const planDataset = <T>(stage: Stage<never, T>) => new Dataset(planNode(stage, []))
const use = (utilisation: number) => ({ workers: 2, busyMs: 1, utilisation })

async function measure(clock: FakeClock, { node }: { readonly node: PlanNode }, options = {}): Promise<PipelineStats> {
  return profile({ node }, options, new Profiler(clock))
}

describe('time', () => {
  it('is that of each operation alone', async () => {
    const clock = new FakeClock()
    const dataset = Dataset.range(4)
      .map((x) => clock.work(2, x))
      .filter((x) => clock.work(3, x % 2 === 0))
      .batch(2)
    const stats = await measure(clock, dataset)
    expect(times(stats)).toEqual(['range 0+0', 'map 8+0', 'filter 12+0', 'batch 0+0'])
    expect([stats.elapsedMs, stats.consumerMs]).toEqual([20, 0])
    expect(stats.bottleneck).toBe(
      'range.map.filter is the bottleneck: it took 12.0 of 20.0 ms, most of it busy on this thread (12.0 ms).',
    )
  })

  it('is waiting where the event loop was idle, and busy where it was not', async () => {
    const clock = new FakeClock()
    const dataset = Dataset.range(3)
      .map((x) => clock.wait(10, x))
      .map((x) => clock.work(4, x))
      .map((x) => clock.wait(2, x).then((y) => clock.work(1, y)))
    const stats = await measure(clock, dataset)
    expect(times(stats)).toEqual(['range 0+0', 'map 0+30', 'map 12+0', 'map 3+6'])
    expect(stats.elapsedMs).toBe(51)
    expect(stats.bottleneck).toBe(
      'range.map is the bottleneck: it took 30.0 of 51.0 ms, most of it waiting (30.0 ms). Try numParallelCalls 1 -> 2, or AUTOTUNE.',
    )
  })

  it('of calls in flight at once counts once', async () => {
    const clock = new FakeClock()
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const dataset = Dataset.range(4).map((x) => gate.then(() => x), { numParallelCalls: 4 })
    const running = measure(clock, dataset)
    await clock.wait(7, undefined)
    release()
    expect(times(await running)).toEqual(['range 0+0', 'map 0+7'])
  })

  it('of a failing pull counts too', async () => {
    for (const how of ['sync', 'async']) {
      const clock = new FakeClock()
      const profiler = new Profiler(clock)
      const { node } = Dataset.range(2).map((x) => {
        clock.work(5, x)
        if (how === 'sync') throw new Error('boom')
        return Promise.reject(new Error('boom'))
      })
      await expect(profile({ node }, {}, profiler)).rejects.toThrow('boom')
      expect(times(profiler.stats())).toEqual(['range 0+0', 'map 5+0'])
    }
  })

  it('of the consumer is what passes between its pulls', () => {
    const clock = new FakeClock()
    const { node } = Dataset.range(3).map((x) => clock.work(1, x))
    const iterator = new DatasetIterator({ node }, { seed: 0, epoch: 0, profiler: new Profiler(clock) })
    while (iterator.pull() !== END) clock.work(10, undefined)
    const stats = iterator.stats()
    expect([stats.elapsedMs, stats.consumerMs]).toEqual([33, 30])
    expect(stats.bottleneck).toBe(
      'The consumer is the bottleneck: it took 30.0 of 33.0 ms, and waited 3.0 ms for elements.',
    )
    clock.work(1000, undefined)
    expect(iterator.stats()).toEqual(stats)
  })

  it('of reading ahead is not that of the consumer, which is busy meanwhile', async () => {
    const clock = new FakeClock()
    const { node } = Dataset.range(2)
      .map((x) => clock.wait(10, x))
      .prefetch(2)
    const iterator = new DatasetIterator({ node }, { seed: 0, epoch: 0, profiler: new Profiler(clock) })
    await iterator.next()
    for (let i = 0; i < 5; i++) await new Promise(setImmediate)
    clock.work(15, undefined)
    await iterator.next()
    await iterator.next()
    const stats = iterator.stats()
    expect([stats.elapsedMs, stats.consumerMs]).toEqual([35, 25])
    expect(times(stats)).toEqual(['range 0+0', 'map 0+20', 'prefetch 0+0'])
    await iterator.return()
  })

  it('of a skip is that of the operation that skips', async () => {
    const clock = new FakeClock()
    const stage: Stage<never, number> = {
      name: 'slow',
      args: {},
      cardinality: () => 9,
      spec: () => undefined,
      open: () => ({
        next: () => clock.work(1, 5),
        skip: (count) => clock.wait(4, count),
        state: () => ({}),
        close: () => undefined,
      }),
    }
    const stats = await measure(clock, new Dataset(planNode(stage, [])).skip(3), { elements: 2 })
    expect(times(stats)).toEqual(['slow 2+4', 'skip 0+0'])
    expect(stats.nodes[0].elements).toBe(2)
  })
})

describe('elements and bytes', () => {
  it('are those that an operation gave', async () => {
    const elements = [
      { a: 1, b: 2n, c: true, d: 'é', e: new Uint8Array(3), f: null },
      ndarray(new Float32Array(6), [2, 3]),
      ndarray(['ab', 'c'], [2]),
    ]
    const { nodes } = await Dataset.fromGenerator(elements).take(2).profile()
    expect(nodes.map(({ elements: count, bytes }) => [count, bytes])).toEqual([
      [2, 8 + 8 + 1 + 2 + 3 + 24],
      [2, 8 + 8 + 1 + 2 + 3 + 24],
    ])
    const [texts] = (await Dataset.fromGenerator(elements.slice(2)).profile()).nodes
    expect(texts.bytes).toBe(3)
  })

  it('of a stage that is opened again and again add up, each branch for itself', async () => {
    const once = Dataset.range(2).map((x) => x + 1)
    const stats = await Dataset.zip([once.repeat(3), Dataset.range(5)]).profile()
    expect(stats.nodes.map(({ path, elements }) => `${path} ${elements}`)).toEqual([
      'range 6',
      'range.map 6',
      'range.map.repeat 6',
      'range 5',
      'range.map.repeat.zip 5',
    ])
  })

  it('of inner datasets add up under the operation that makes them', async () => {
    const clock = new FakeClock()
    const twice: Stage<number, number> = {
      name: 'twice',
      args: {},
      cardinality: () => undefined,
      spec: () => undefined,
      open: ([upstream], context) => {
        const input = upstream.open()
        const cursors = [0, 1].map((i) =>
          innerUpstream(
            Dataset.range(2).map((x) => clock.work(3, x)),
            context,
            i,
          ).open(),
        )
        return {
          next: () => {
            void input.next()
            const element = cursors[0]?.next() ?? END
            if (element !== END) return element
            cursors.shift()
            return cursors[0]?.next() ?? END
          },
          state: () => ({}),
          close: () => undefined,
        }
      },
    }
    const stats = await measure(clock, Dataset.range(9).pipe(twice))
    expect(stats.nodes.map(({ path, elements, busyMs }) => `${path} ${elements} ${busyMs}`)).toEqual([
      'range 5 0',
      'range.twice > range 4 0',
      'range.twice > range.map 4 12',
      'range.twice 4 0',
    ])
  })
})

describe('the stall share', () => {
  it('is what a stopwatch of the consumer shows, within 5%', async () => {
    const clock = new FakeClock()
    const { node } = Dataset.range(20)
      .map((x) => clock.wait(3 + (x % 4), x))
      .batch(2)
    const iterator = new DatasetIterator({ node }, { seed: 0, epoch: 0, profiler: new Profiler(clock) })
    const began = clock.now()
    let waited = 0
    for (let done = false; !done;) {
      const asked = clock.now()
      done = (await iterator.next()).done === true
      waited += clock.now() - asked
      await clock.wait(4, undefined)
    }
    const total = clock.now() - began - 4
    const { stallShare, elapsedMs, consumerMs } = iterator.stats()
    expect(stallShare).toBeGreaterThan(0.2)
    expect(stallShare).toBe(1 - consumerMs / elapsedMs)
    expect(Math.abs(stallShare - waited / total)).toBeLessThan(0.05 * (waited / total))
  })
})

describe('queues and workers', () => {
  it('have depths: now, on average over the pulls, and at most', async () => {
    const iterator = Dataset.range(9).prefetch(3).iterator({ profile: true })
    for (let i = 0; i < 3; i++) {
      await iterator.next()
      for (let j = 0; j < 8; j++) await new Promise(setImmediate)
    }
    const [range, prefetch] = iterator.stats().nodes
    expect(range.queue).toBeUndefined()
    expect(prefetch.queue).toEqual({ ready: 3, inFlight: 0, mean: 2, most: 3 })
    expect(String(iterator.stats()).split('\n')[2]).toMatch(/^range.prefetch .* 2\.0\/3$/)
    await iterator.return()
  })

  it('of calls in flight are what is done, and what is not', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const iterator = Dataset.range(9)
      .map((x) => (x === 0 || x > 3 ? gate.then(() => x) : x), { numParallelCalls: 3 })
      .iterator({ profile: true })
    const first = iterator.next()
    await new Promise(setImmediate)
    expect(iterator.stats().nodes[1].queue).toMatchObject({ ready: 3, inFlight: 3 })
    release()
    await first
    await iterator.return()
  })

  it('of worker stages are what these say of themselves', async () => {
    const clock = new FakeClock()
    const stage: Stage<never, number> = {
      name: 'working',
      args: {},
      cardinality: () => undefined,
      spec: () => undefined,
      open: (_inputs, context) => {
        report(context, { workers: () => ({ workers: 2, busyMs: 15 }) })
        return { next: () => clock.wait(5, 1), state: () => ({}), close: () => undefined }
      },
    }
    const stats = await measure(clock, planDataset(stage), { elements: 2 })
    expect(stats.nodes[0].workers).toEqual({ workers: 2, busyMs: 15, utilisation: 0.75 })
    expect(String(stats)).toContain('2, 75.0% busy')
  })
})

describe('advice', () => {
  it.each([
    [{ name: 'map', waitingMs: 9, settings: { numParallelCalls: 4 } }, ' Try numParallelCalls 4 -> 8, or AUTOTUNE.'],
    [{ name: 'map', waitingMs: 9 }, ' Try numParallelCalls 1 -> 2, or AUTOTUNE.'],
    [{ name: 'mapAndBatch', waitingMs: 9 }, ' Try numParallelCalls 1 -> 2, or AUTOTUNE, on the map that waits.'],
    [{ name: 'map', busyMs: 9 }, ' Its function computes on this thread: run it in workers.'],
    [{ name: 'workerMap', waitingMs: 9, workers: use(0.95) }, ' Its 2 workers are 95% busy: try more of them.'],
    [{ name: 'workerMap', waitingMs: 9, workers: use(0.5) }, ''],
    [{ name: 'shuffle', busyMs: 9 }, ''],
    [{ name: 'fromGenerator', waitingMs: 9 }, ''],
  ])('for %j', (node, expected) => {
    const path = `a.${node.name}`
    const own = { busyMs: 0, waitingMs: 0, elements: 1, bytes: 8, settings: {}, path, ...node }
    const { bottleneck } = new PipelineStats(9, 0, [own])
    const kind = own.busyMs > 0 ? 'busy on this thread' : 'waiting'
    expect(bottleneck).toBe(`${path} is the bottleneck: it took 9.0 of 9.0 ms, most of it ${kind} (9.0 ms).${expected}`)
  })
})

describe('stats()', () => {
  it('are there while it runs and after it, where it was asked for', async () => {
    const iterator = Dataset.range(3).iterator({ profile: true })
    expect(iterator.stats().nodes).toEqual([])
    expect(iterator.stats().bottleneck).toBe('Nothing was measured yet.')
    await iterator.next()
    expect(iterator.stats().nodes[0].elements).toBe(1)
    await iterator.return()
    expect(iterator.stats().nodes[0].elements).toBe(1)
    const other = Dataset.range(3).iterator()
    expect(() => other.stats()).toThrow(
      'iterator: stats() was called on an iteration that is not measured. Begin it with dataset.iterator({ profile: true }).',
    )
  })

  it('are a table', async () => {
    const clock = new FakeClock()
    const stats = await measure(
      clock,
      Dataset.range(1000).map((x) => clock.work(2, x)),
    )
    expect(String(stats)).toBe(
      [
        'operation  busy ms  waiting ms  elements  bytes',
        'range          0.0         0.0      1000   8000',
        'range.map   2000.0         0.0      1000   8000',
        'The consumer waited 100.0% of the time.',
        'range.map is the bottleneck: it took 2000.0 of 2000.0 ms, most of it busy on this thread (2000.0 ms). Its function computes on this thread: run it in workers.',
      ].join('\n'),
    )
    expect(JSON.parse(JSON.stringify(stats))).toMatchObject({ elapsedMs: 2000, nodes: [{ path: 'range' }, {}] })
  })

  it('change nothing: elements, states and epochs are the same', async () => {
    const build = () => Dataset.range(20).shuffle(5).batch(3).unbatch().skip(2).repeat(2)
    const plain = build()
    const measured = build()
    const expected = await plain.toArray()
    expect(await measured.toArray({ profile: true })).toEqual(expected)
    await measured.profile()
    expect(await measured.toArray()).toEqual(await plain.toArray())
    const [a, b] = [plain.iterator(), measured.iterator({ profile: true })]
    for (let i = 0; i < 7; i++) expect([await b.next(), b.save()]).toEqual([await a.next(), a.save()])
  })

  it('leave out no close', async () => {
    const { dataset, log } = probe([1, 2, 3], { mode: 'mixed' })
    await dataset.batch(2).profile({ elements: 1 })
    expect(log).toMatchObject({ opened: 1, closed: 1, breaches: [] })
  })
})

describe('profile()', () => {
  it('stops after so many elements, and where it is aborted', async () => {
    const endless = Dataset.range(Infinity)
    expect((await endless.profile({ elements: 5 })).nodes[0].elements).toBe(5)
    await expect(endless.profile({ signal: AbortSignal.abort() })).rejects.toThrow(CancelledError)
  })

  it.each([
    [{ elements: 0 }, 'profile: elements must be a whole number of at least 1, or Infinity, got 0.'],
    [{ signal: 5 }, 'profile: signal must be an AbortSignal, got 5.'],
    [{ element: 5 }, 'profile: there is no option element. It takes elements, signal.'],
  ])('refuses %j', async (options, message) => {
    await expect(Dataset.range(3).profile(options as never)).rejects.toThrow(message)
  })

  it('is off or on', () => {
    expect(() => Dataset.range(3).iterator({ profile: 1 as never })).toThrow(
      'iterator: profile must be true or false, got 1.',
    )
  })
})

describe('the channel millrace:iterator:end', () => {
  const messages: IteratorEnd[] = []
  const listen = (message: unknown) => void messages.push(message as IteratorEnd)
  afterEach(() => {
    unsubscribe('millrace:iterator:end', listen)
    messages.length = 0
  })

  it('tells of each iteration, however it ended', async () => {
    subscribe('millrace:iterator:end', listen)
    const dataset = Dataset.range(3).map((x) => x)
    await dataset.toArray()
    await dataset.first()
    await Dataset.range(3)
      .map(() => Promise.reject(new Error('boom')))
      .toArray()
      .catch(() => undefined)
    const controller = new AbortController()
    const iterator = dataset.iterator({ signal: controller.signal })
    await iterator.next()
    controller.abort()
    expect(messages.map(({ stats }) => stats.nodes.map(({ elements }) => elements))).toEqual([
      [3, 3],
      [1, 1],
      [1, 0],
      [1, 1],
    ])
    expect(messages.map(({ error }) => (error as Error | undefined)?.name)).toEqual([
      undefined,
      undefined,
      'UnknownError',
      'CancelledError',
    ])
    expect('error' in messages[0]).toBe(false)
  })

  it('has nothing to tell of what began before it was subscribed to, and of what never began', async () => {
    const before = Dataset.range(3).iterator()
    await before.next()
    subscribe('millrace:iterator:end', listen)
    await before.return()
    await Dataset.range(3).iterator().return()
    expect(messages).toEqual([])
  })
})
