import fc from 'fast-check'
import { expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { openPlan, type PlanNode } from '../../src/core/stage.ts'
import type { State } from '../../src/core/state.ts'
import { AUTOTUNE, type Knob, type Tuner } from '../../src/core/tuner.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { stored } from '../contract/run.ts'
import { turn } from './virtualCalls.ts'

/** A tuner that turns its knobs as a test says, at every element. */
class Schedule implements Tuner {
  readonly #values: readonly number[]
  #turns = 0

  constructor(values: readonly number[]) {
    this.#values = values
  }

  knob(): Knob {
    const next = () => this.#values[this.#turns++ % this.#values.length]
    return {
      get value() {
        return next()
      },
      took: () => undefined,
    }
  }
}

const later = async (x: number) => {
  for (let i = 0; i < (x * 5) % 4; i++) await turn()
  return x + 100
}

const pipeline = Dataset.range(40)
  .shuffle(7)
  .map(later, { numParallelCalls: AUTOTUNE })
  .interleave((x) => Dataset.range(x, x + 2).map(later, { numParallelCalls: AUTOTUNE }), {
    cycleLength: 3,
    numParallelCalls: AUTOTUNE,
  })
  .map((x, { rng }) => Promise.resolve([x, rng.integer(1000)]), { numParallelCalls: AUTOTUNE, reorderWindow: 5 })
  .prefetch(AUTOTUNE)

async function run(node: PlanNode, values: readonly number[], state?: State, count = Infinity) {
  const context = { seed: 3, epoch: 0, signal: new AbortController().signal, tuner: new Schedule(values) }
  const cursor = openPlan(node, context, state)
  const given: unknown[] = []
  while (given.length < count) {
    const element = await cursor.next()
    if (element === END) break
    given.push(element)
  }
  const reached = stored(cursor.state())
  await cursor.close()
  return { given, reached }
}

it('gives the same elements, and goes on from the same states, under any schedule of the knobs', async () => {
  const { given: expected } = await run(pipeline.node, [1])
  const values = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(values, values, fc.nat(85), async (before, after, count) => {
      const first = await run(pipeline.node, before, undefined, count)
      expect(first.given).toEqual(expected.slice(0, count))
      const rest = await run(pipeline.node, after, first.reached)
      expect(rest.given).toEqual(expected.slice(count))
    }),
    { numRuns: 40 },
  )
})
