import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'

const later = (add: number) => (x: number) => Promise.resolve(x + add)

/** Maps, each with its number of calls in flight, alone or before a batch. */
function pipeline(calls: readonly number[], batched: boolean): Dataset<unknown> {
  const mapped = calls.reduce(
    (dataset, numParallelCalls, i) => dataset.map(later(10 ** i), { numParallelCalls }),
    Dataset.range(30),
  )
  return batched ? mapped.batch(2).map(({ data }) => [...data]) : mapped
}

const calls = fc.integer({ min: 1, max: 4 })

it('goes on with another number of calls in flight, through any number of maps', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(calls, calls, calls), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.nat(12),
      fc.nat(12),
      async (changes, batched, before, between) => {
        const [first, second, third] = [0, 1, 2].map((which) =>
          pipeline(
            changes.map((each) => each[which]),
            batched,
          ),
        )
        const expected = await first.toArray()
        const read = async (iterator: ReturnType<typeof first.iterator>, count: number) => {
          const elements: unknown[] = []
          for (let i = 0; i < count; i++) {
            const { done, value } = await iterator.next()
            if (done !== true) elements.push(value)
          }
          return elements
        }
        const start = first.iterator()
        const some = await read(start, before)
        const again = second.iterator({ state: start.save() })
        const more = await read(again, between)
        const rest = await third.toArray({ state: again.save() })
        expect([...some, ...more, ...rest]).toEqual(expected)
        await start.return()
        await again.return()
      },
    ),
    { numRuns: 200 },
  )
})
