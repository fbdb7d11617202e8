import fc from 'fast-check'
import { expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { FailedPreconditionError } from '../../src/core/errors.ts'
import { HeldUpstream, type HeldState } from '../../src/core/heldUpstream.ts'
import { openRandomAccess } from '../../src/core/randomAccess.ts'
import { openPlan, type PlanNode, type Upstream } from '../../src/core/stage.ts'
import type { State } from '../../src/core/state.ts'
import { Dataset } from '../../src/dataset/dataset.ts'

const length = 300

function upstreamOf<T>(node: PlanNode<T>): Upstream<T> {
  const run = { seed: 0, epoch: 0, signal: new AbortController().signal }
  return {
    node,
    cardinality: node.cardinality,
    spec: node.spec,
    open: (state) => openPlan(node, run, state),
    openRandomAccess: () => openRandomAccess(node, run),
  }
}

const plain = Dataset.range(length)
const failing = Dataset.range(length).map((x) => {
  if (x % 7 === 3) throw new Error(`no ${x}`)
  return x
})
const waiting = failing.map((x) => Promise.resolve(x))

/** Reads the next element, and says 'failed' where it fails. */
async function read(held: HeldUpstream<number>): Promise<number | typeof END | 'failed'> {
  try {
    return await held.next()
  } catch {
    return 'failed'
  }
}

const upstream = fc.constantFrom(plain, failing, waiting)
/** What is done with each element: it is kept, or one of those kept so far is let go. */
const steps = fc.array(fc.record({ keep: fc.boolean(), letGo: fc.nat() }), { maxLength: length + 2 })

it('goes on from a state with the same elements held and the same to come', async () => {
  await fc.assert(
    fc.asyncProperty(upstream, steps, async (dataset, plan) => {
      const input = new HeldUpstream(upstreamOf(dataset.node), 'here', undefined)
      const kept = new Map<number, number>()
      for (const { keep, letGo } of plan) {
        const element = await read(input)
        if (element === END) break
        const index = input.index - 1
        if (element !== 'failed') {
          if (keep) kept.set(index, element)
          else input.release(index)
        }
        if (!keep && kept.size > 0) {
          const gone = [...kept.keys()][letGo % kept.size]
          kept.delete(gone)
          input.release(gone)
        }
      }
      const state = input.state()
      expect(state.held).toEqual([...kept.keys()])
      const saved = JSON.parse(JSON.stringify(state)) as State
      const again = new HeldUpstream(upstreamOf(dataset.node), 'here', saved)
      expect(again.state()).toEqual(state)
      expect(again.index).toBe(input.index)
      expect(new Map(await again.restore())).toEqual(kept)
      expect({ held: again.state().held, index: again.index }).toEqual({ held: state.held, index: input.index })
      for (let i = 0; i < 40; i++) expect(await read(again)).toBe(await read(input))
    }),
  )
})

it('keeps few places upstream, however long one element is held', () => {
  const input = new HeldUpstream(upstreamOf(Dataset.range(100_000).node), 'here', undefined)
  void input.next()
  for (let index = 1; index < 100_000; index++) {
    void input.next()
    input.release(index)
  }
  const { held, anchor, upstream: place } = input.state()
  expect({ held, anchor, place }).toEqual({ held: [0], anchor: 0, place: { position: 0 } })
})

it('begins at the present place where nothing is held', () => {
  const input = new HeldUpstream(upstreamOf(plain.node), 'here', undefined)
  expect(input.state()).toEqual({ index: 0, held: [], failed: [], anchor: 0, upstream: { position: 0 } })
  for (let index = 0; index < 40; index++) {
    void input.next()
    input.release(index)
  }
  expect(input.state()).toEqual({ index: 40, held: [], failed: [], anchor: 40, upstream: { position: 40 } })
})

it('says so where the data became shorter', async () => {
  const state: HeldState = { index: 500, held: [499], failed: [], anchor: 0, upstream: { position: 0 } }
  const input = new HeldUpstream(upstreamOf(plain.node), 'range.here', state)
  const restoring = input.restore()
  await expect(restoring).rejects.toThrow(FailedPreconditionError)
  await expect(restoring).rejects.toThrow(
    'range.here: the input ended after 300 elements, but 500 had been read when the state was saved. Restore it over the same data.',
  )
})
