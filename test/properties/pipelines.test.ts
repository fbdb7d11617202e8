import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { skipElements } from '../../src/core/cursor.ts'
import { drain, fits, open, pull, stored } from '../contract/run.ts'
import { build, plans, reference } from './pipelines.ts'

describe('random pipelines', () => {
  it('give what plain arrays give, as many as they say, of the spec that they say', async () => {
    await fc.assert(
      fc.asyncProperty(plans(), async (plan) => {
        const dataset = build(plan)
        const expected = reference(plan)
        const elements = await dataset.toArray()
        expect(elements).toEqual(expected)
        expect([expected.length, undefined]).toContain(dataset.cardinality())
        const spec = dataset.elementSpec
        if (spec !== undefined) for (const element of elements) expect(fits(element, spec)).toBe(true)
      }),
      { numRuns: 600 },
    )
  })

  it('go on from the state after every element, twice, and from a state of what was restored', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ shuffles: true }), fc.nat(3), async (plan, further) => {
        const { node } = build(plan).take(30)
        const expected = await drain(open(node))
        const cursor = open(node)
        for (let step = 0; step <= expected.length; step++) {
          const state = stored(cursor.state())
          expect(await drain(open(node, state))).toEqual(expected.slice(step))
          const again = open(node, state)
          expect(await pull(again, further)).toEqual(expected.slice(step, step + further))
          expect(await drain(open(node, stored(again.state())))).toEqual(expected.slice(step + further))
          await again.close()
          await pull(cursor, 1)
        }
        await cursor.close()
      }),
      { numRuns: 300 },
    )
  })

  it('go on from the state after every element in a process where no cache is filled', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ shuffles: true }), async (plan) => {
        const fresh = () => build(plan).take(20).node
        const expected = await drain(open(fresh()))
        const cursor = open(fresh())
        for (let step = 0; step <= expected.length; step++) {
          expect(await drain(open(fresh(), stored(cursor.state())))).toEqual(expected.slice(step))
          await pull(cursor, 1)
        }
        await cursor.close()
      }),
      { numRuns: 300 },
    )
  })

  it('skip as they pull', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ shuffles: true }), fc.nat(5), fc.nat(12), async (plan, before, count) => {
        const { node } = build(plan)
        const rest = (await drain(open(node), 1e5)).slice(before)
        const cursor = open(node)
        await pull(cursor, before)
        expect(await skipElements(cursor, count)).toBe(Math.min(count, rest.length))
        expect(await drain(cursor, 1e5)).toEqual(rest.slice(count))
      }),
      { numRuns: 300 },
    )
  })

  it('are left early anywhere, and give the same in the same epoch', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ shuffles: true }), fc.nat(10), fc.nat(3), async (plan, count, epoch) => {
        const dataset = build(plan)
        const some = await dataset.take(count).toArray({ epoch })
        const iterator = dataset.iterator({ epoch })
        const again: number[] = []
        while (again.length < some.length) again.push((await iterator.next()).value as number)
        await iterator.return()
        expect(again).toEqual(some)
      }),
      { numRuns: 200 },
    )
  })
})
