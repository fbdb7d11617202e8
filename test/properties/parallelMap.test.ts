import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { drain, open, stored } from '../contract/run.ts'
import { turn, VirtualCalls } from './virtualCalls.ts'

const numbers = (length: number) => Array.from({ length }, (_, i) => i)
const byValue = (a: number, b: number) => a - b

interface Run {
  readonly length: number
  readonly numParallelCalls: number
  readonly deterministic: boolean
  /** Which of the open calls ends next, again and again. */
  readonly order: readonly number[]
}

const runs: fc.Arbitrary<Run> = fc.record({
  length: fc.nat(14),
  numParallelCalls: fc.integer({ min: 1, max: 5 }),
  deterministic: fc.boolean(),
  order: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
})

/** Pulls a parallel map while its calls end in the order that `run` says; `visit` sees each step. */
async function play(run: Run, visit: (delivered: number[], state: () => unknown) => Promise<void>): Promise<number[]> {
  const calls = new VirtualCalls()
  const { node } = pipeline(run, (x) => calls.call(x))
  const cursor = open(node)
  const delivered: number[] = []
  for (let step = 0; ; step++) {
    const pulled = cursor.next()
    const element = pulled instanceof Promise ? await settle(pulled, calls, run.order, step) : pulled
    if (element === END) break
    delivered.push(element)
    await visit(delivered, () => cursor.state())
  }
  await cursor.close()
  return delivered
}

async function settle<T>(pending: Promise<T>, calls: VirtualCalls, order: readonly number[], step: number): Promise<T> {
  const outcome = { settled: false }
  const done = pending.finally(() => {
    outcome.settled = true
  })
  for (let i = 0; ; i++) {
    await turn()
    if (outcome.settled) return done
    const { open: keys } = calls
    if (keys.length > 0) calls.finish(keys[order[(step + i) % order.length] % keys.length])
  }
}

function pipeline(
  { length, numParallelCalls, deterministic }: Run,
  fn: (x: number) => Promise<number>,
): Dataset<number> {
  return Dataset.range(length).map(fn, { numParallelCalls, deterministic })
}

describe('a parallel map', () => {
  it('gives what a serial one gives, whichever call ends first; or the same elements in another order', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const delivered = await play(run, () => Promise.resolve())
        if (run.deterministic) expect(delivered).toEqual(numbers(run.length))
        else expect(delivered.toSorted(byValue)).toEqual(numbers(run.length))
      }),
    )
  })

  it('restores to exactly what was not delivered, with calls in flight', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const serial = pipeline(run, (x) => Promise.resolve(x))
        await play(run, async (delivered, state) => {
          const rest = (await drain(open(serial.node, stored(state() as never)))) as number[]
          if (run.deterministic) expect(rest).toEqual(numbers(run.length).slice(delivered.length))
          expect([...delivered, ...rest].toSorted(byValue)).toEqual(numbers(run.length))
        })
      }),
      { numRuns: 60 },
    )
  })

  it('is closed at any time, with calls in flight', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(6), async (run, stop) => {
        const calls = new VirtualCalls()
        const iterator = pipeline(run, (x) => calls.call(x)).iterator()
        for (let i = 0; i < stop; i++) {
          const pending = iterator.next()
          const { open: keys } = calls
          for (const key of keys.slice(0, 2)) calls.finish(key)
          if ((await pending).done === true) break
        }
        const last = iterator.next()
        await iterator.return()
        for (const key of [...calls.open]) calls.fail(key, new Error('too late'))
        expect(
          await Promise.race([
            last.then(() => 'settled'),
            turn()
              .then(turn)
              .then(() => 'hangs'),
          ]),
        ).toBe('settled')
      }),
    )
  })
})
