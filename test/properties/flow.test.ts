import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END, skipElements } from '../../src/core/cursor.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { drain, open, plain, pull, stored } from '../contract/run.ts'
import { flowSteps, numberSteps } from './flow.ts'
import { build, plans, reference } from './pipelines.ts'
import { turn, VirtualCalls } from './virtualCalls.ts'

/** Keeps the numbers small and positive from one operation to the next. */
const small = (x: number) => Math.abs(x) % 13

describe('an operation on a random pipeline', () => {
  it('gives what plain arrays give', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ steps: 3 }), flowSteps, async (plan, step) => {
        const dataset = step.build(build(plan))
        const expected = step.reference(reference(plan))
        expect((await dataset.toArray()).map(plain)).toEqual(expected)
        expect([expected.length, undefined]).toContain(dataset.cardinality())
      }),
      { numRuns: 500 },
    )
  })

  it('goes on from the state after every element, twice, and from a state of what was restored', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ steps: 3, shuffles: true }), flowSteps, fc.nat(3), async (plan, step, further) => {
        const { node } = step.build(build(plan)).take(25)
        const expected = await drain(open(node))
        const cursor = open(node)
        for (let at = 0; at <= expected.length; at++) {
          const state = stored(cursor.state())
          expect(await drain(open(node, state))).toEqual(expected.slice(at))
          const again = open(node, state)
          expect(await pull(again, further)).toEqual(expected.slice(at, at + further))
          expect(await drain(open(node, stored(again.state())))).toEqual(expected.slice(at + further))
          await again.close()
          await pull(cursor, 1)
        }
        await cursor.close()
      }),
      { numRuns: 300 },
    )
  })

  it('skips as it pulls', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ steps: 3 }), flowSteps, fc.nat(5), fc.nat(12), async (plan, step, before, count) => {
        const { node } = step.build(build(plan))
        const rest = (await drain(open(node))).slice(before)
        const cursor = open(node)
        await pull(cursor, before)
        expect(await skipElements(cursor, count)).toBe(Math.min(count, rest.length))
        expect(await drain(open(node, stored(cursor.state())))).toEqual(rest.slice(count))
        expect(await drain(cursor)).toEqual(rest.slice(count))
      }),
      { numRuns: 300 },
    )
  })
})

describe('operations on each other', () => {
  /** What stands around them: stages that read ahead, hold elements, or begin again. */
  const around = fc.constantFrom<(d: Dataset<number>) => Dataset<number>>(
    (d) => d,
    (d) => d.prefetch(2),
    (d) => d.shuffle(3),
    (d) => d.repeat(2),
    (d) => d.map((x) => Promise.resolve(x), { numParallelCalls: 2 }),
  )
  const chains = fc.array(fc.tuple(numberSteps, around), { minLength: 2, maxLength: 3 })

  it('give what plain arrays give', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ steps: 2 }), fc.array(numberSteps, { maxLength: 3 }), async (plan, steps) => {
        const dataset = steps.reduce((d, step) => step.build(d.map(small)) as Dataset<number>, build(plan))
        const expected = steps.reduce((values, step) => step.reference(values.map(small)) as number[], reference(plan))
        expect(await dataset.take(200).toArray()).toEqual(expected.slice(0, 200))
      }),
      { numRuns: 300 },
    )
  })

  it('go on from the state after every element', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ steps: 2, shuffles: true }), chains, async (plan, steps) => {
        const { node } = steps
          .reduce((d, [step, stage]) => stage(step.build(d.map(small)) as Dataset<number>), build(plan))
          .take(15)
        const expected = await drain(open(node))
        const cursor = open(node)
        for (let at = 0; at <= expected.length; at++) {
          const state = stored(cursor.state())
          expect(await drain(open(node, state))).toEqual(expected.slice(at))
          const again = open(node, state)
          expect(await pull(again, 1)).toEqual(expected.slice(at, at + 1))
          expect(await drain(open(node, stored(again.state())))).toEqual(expected.slice(at + 1))
          await again.close()
          await pull(cursor, 1)
        }
        await cursor.close()
      }),
      { numRuns: 150 },
    )
  })
})

it('shards are the input together', async () => {
  await fc.assert(
    fc.asyncProperty(plans({ steps: 3 }), fc.integer({ min: 1, max: 5 }), async (plan, count) => {
      const shards = await Promise.all(Array.from({ length: count }, (_, i) => build(plan).shard(count, i).toArray()))
      const whole = reference(plan)
      expect(whole.map((_, i) => shards[i % count][Math.floor(i / count)])).toEqual(whole)
      expect(shards.flat()).toHaveLength(whole.length)
    }),
  )
})

describe('a parallel interleave', () => {
  const runs = fc.record({
    lengths: fc.array(fc.nat(4), { maxLength: 6 }),
    cycleLength: fc.integer({ min: 1, max: 4 }),
    blockLength: fc.integer({ min: 1, max: 3 }),
    numParallelCalls: fc.integer({ min: 2, max: 5 }),
    deterministic: fc.boolean(),
    order: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
  })
  type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never

  const pipeline = (run: Run, later: (x: number) => number | Promise<number>, calls = run.numParallelCalls) => {
    const { lengths, cycleLength, blockLength, deterministic } = run
    return Dataset.fromGenerator(lengths).interleave(
      (length, { index }) => Dataset.range(length).map((x) => later(index * 100 + x)),
      { cycleLength, blockLength, deterministic, numParallelCalls: calls },
    )
  }
  const all = (run: Run) => run.lengths.flatMap((length, i) => Array.from({ length }, (_, x) => i * 100 + x))
  const sorted = (values: readonly unknown[]) => (values as number[]).toSorted((a, b) => a - b)

  /** Pulls while the inner elements arrive in the order that `run` says; `visit` sees each step. */
  async function play(run: Run, visit: (delivered: number[], state: () => unknown) => Promise<void>) {
    const calls = new VirtualCalls()
    const cursor = open(pipeline(run, (x) => calls.call(x)).node)
    const delivered: number[] = []
    for (let step = 0; ; step++) {
      const outcome = { settled: false }
      const pending = Promise.resolve(cursor.next()).finally(() => {
        outcome.settled = true
      })
      for (let i = 0; ; i++) {
        await turn()
        if (outcome.settled) break
        const { open: keys } = calls
        if (keys.length > 0) calls.finish(keys[run.order[(step + i) % run.order.length] % keys.length])
      }
      const element = await pending
      if (element === END) break
      delivered.push(element)
      await visit(delivered, () => cursor.state())
    }
    await cursor.close()
    return delivered
  }

  it('gives what a serial one gives, whichever element arrives first; or the same in another order', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const delivered = await play(run, () => Promise.resolve())
        if (run.deterministic) expect(delivered).toEqual(await pipeline(run, (x) => x, 1).toArray())
        else expect(sorted(delivered)).toEqual(all(run))
      }),
      { numRuns: 200 },
    )
  })

  it('restores, in parallel and serially, to exactly what was not delivered', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        await play(run, async (delivered, state) => {
          const saved = stored(state() as never)
          for (const calls of [run.numParallelCalls, 1]) {
            const rest = await drain(open(pipeline(run, (x) => x, calls).node, saved))
            expect(sorted([...delivered, ...rest])).toEqual(all(run))
            if (run.deterministic) {
              expect([...delivered, ...rest]).toEqual(await pipeline(run, (x) => x, 1).toArray())
            }
          }
        })
      }),
      { numRuns: 60 },
    )
  })

  it('has no more pulls in flight than it may', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        let pending = 0
        let most = 0
        const dataset = pipeline(run, async (x) => {
          most = Math.max(most, ++pending)
          await turn()
          pending--
          return x
        })
        expect(sorted(await dataset.toArray())).toEqual(all(run))
        expect(most).toBeLessThanOrEqual(Math.min(run.numParallelCalls, run.cycleLength))
      }),
      { numRuns: 60 },
    )
  })

  it('pulls the datasets of the cycle at the same time', async () => {
    const calls = new VirtualCalls()
    const run = {
      lengths: [2, 2, 2],
      cycleLength: 3,
      blockLength: 1,
      numParallelCalls: 3,
      deterministic: true,
      order: [],
    }
    const iterator = pipeline(run, (x) => calls.call(x)).iterator()
    const first = iterator.next()
    await turn()
    expect(calls.open).toEqual([0, 100, 200])
    calls.finish(200)
    calls.finish(0)
    expect(await first).toEqual({ done: false, value: 0 })
    await iterator.return()
  })

  it('gives whatever is ready first where any order will do', async () => {
    const calls = new VirtualCalls()
    const run = {
      lengths: [1, 1],
      cycleLength: 2,
      blockLength: 1,
      numParallelCalls: 2,
      deterministic: false,
      order: [],
    }
    const iterator = pipeline(run, (x) => calls.call(x)).iterator()
    const first = iterator.next()
    await turn()
    calls.finish(100)
    expect(await first).toEqual({ done: false, value: 100 })
    calls.finish(0)
    expect(await iterator.next()).toEqual({ done: false, value: 0 })
    await iterator.return()
  })
})
