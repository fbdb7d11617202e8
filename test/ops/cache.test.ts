import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { lend, release } from '../../src/core/lease.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { IteratorState } from '../../src/dataset/iteratorState.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { probe } from '../contract/probe.ts'
import { cache } from '../../src/ops/cache.ts'
import { plain } from '../contract/run.ts'

/** A cached source that counts what is computed. */
function counted(length: number, wait = false) {
  const log = { calls: 0 }
  const cached = Dataset.range(length)
    .map((x) => {
      log.calls++
      return wait ? Promise.resolve(x) : x
    })
    .cache()
  return { cached, log }
}

const through = <T>(state: T): T => JSON.parse(JSON.stringify(state)) as T

describe('a cache in memory', () => {
  it('is shared by all datasets that are built on it', async () => {
    const { cached, log } = counted(5)
    expect(await cached.batch(5).unbatch().toArray()).toEqual([0, 1, 2, 3, 4])
    expect(await cached.shuffle(5, { seed: 1 }).toArray()).toHaveLength(5)
    expect(await cached.concatenate(cached).skip(5).toArray()).toEqual([0, 1, 2, 3, 4])
    expect(log.calls).toBe(5)
  })

  it('forgets when it is cleared, but not under who reads', async () => {
    const { cached, log } = counted(3)
    await cached.toArray()
    const iterator = cached.iterator()
    await iterator.next()
    await cached.clear()
    expect((await iterator.next()).value).toBe(1)
    expect((await iterator.next()).value).toBe(2)
    expect(log.calls).toBe(3)
    expect(await cached.toArray()).toEqual([0, 1, 2])
    expect(log.calls).toBe(6)
  })

  it('keeps nothing of a pass that is left, aborted, or in which an element fails', async () => {
    const { cached, log } = counted(4, true)
    for await (const element of cached) if (element === 2) break
    const controller = new AbortController()
    const iterator = cached.iterator({ signal: controller.signal })
    await iterator.next()
    controller.abort()
    await expect(iterator.next()).rejects.toThrow('aborted')
    expect(await cached.toArray()).toEqual([0, 1, 2, 3])
    expect(log.calls).toBe(3 + 1 + 4)

    for (const mode of ['sync', 'async'] as const) {
      const failing = probe([1, 2, 3], { mode, failAt: [1] })
      const kept = failing.dataset.cache()
      const running = kept.iterator().next()
      await running
      for (let i = 0; i < 2; i++) await expect(kept.toArray()).rejects.toThrow('probe failed at 1')
    }
  })

  it('is made by two passes at once, the first of which is kept', async () => {
    const { cached, log } = counted(4)
    const [a, b] = [cached.iterator(), cached.iterator()]
    const seen: unknown[] = []
    for (let i = 0; i < 5; i++) seen.push((await a.next()).value, (await b.next()).value)
    expect(seen).toEqual([0, 0, 1, 1, 2, 2, 3, 3, undefined, undefined])
    expect(log.calls).toBe(8)
    await cached.toArray()
    expect(log.calls).toBe(8)
  })

  it('keeps pass 0 under the seed of the pipeline, wherever it is used', async () => {
    const build = () => Dataset.range(9).shuffle(9).cache()
    const first = await Dataset.range(9).shuffle(9).toArray({ epoch: 0 })
    const cached = build()
    expect(await cached.toArray({ epoch: 3 })).toEqual(first)
    expect(await cached.toArray({ epoch: 4 })).toEqual(first)
    expect(await Dataset.zip([build(), build()]).toArray()).toEqual(first.map((x) => [x, x]))
    const other = await Dataset.range(9).shuffle(9).withOptions({ seed: 5 }).toArray({ epoch: 0 })
    expect(await cached.withOptions({ seed: 5 }).toArray()).toEqual(other)
    expect(await cached.toArray()).toEqual(first)
  })

  it('is kept apart for each input of one stage', async () => {
    const { stage } = cache<number>()
    const [a, b] = [Dataset.range(2).pipe(stage), Dataset.range(5, 7).pipe(stage)]
    for (let i = 0; i < 2; i++)
      expect([await a.toArray(), await b.toArray()]).toEqual([
        [0, 1],
        [5, 6],
      ])
  })

  it('copies what is lent, so that it outlives being given back', async () => {
    const memory = new Float32Array(2)
    const texts = ndarray(['a', 'b'], [2])
    const dataset = Dataset.range(3)
      .map((x) => {
        memory.fill(x)
        const element = { x: ndarray(memory, [2]), bytes: Buffer.from(memory.buffer), texts, tuple: [x, null] }
        lend(element, () => memory.fill(-1))
        return element
      })
      .cache()
    const first: unknown[] = []
    await dataset.forEach((element) => {
      first.push(structuredClone(plain(element)))
      release(element)
    })
    memory.fill(99)
    const second = (await dataset.toArray()).map(plain)
    expect(second.map((element) => structuredClone(element))).toEqual(
      first.map((element) => ({
        ...(element as object),
        bytes: new Uint8Array((element as { bytes: Uint8Array }).bytes),
      })),
    )
    expect((await dataset.first())?.x.data[0]).toBe(0)
  })

  it('stays synchronous, and jumps in what is kept', async () => {
    const { cached, log } = counted(1000)
    const iterator = cached.iterator()
    while (iterator.pull() !== END);
    expect(await cached.skip(998).toArray()).toEqual([998, 999])
    expect(log.calls).toBe(1000)
  })

  it('closes its input when it is left while it skips or waits', async () => {
    const { dataset, log } = probe([1, 2, 3], { mode: 'async', hangAt: 1 })
    const iterator = dataset.cache().skip(2).iterator()
    const pending = iterator.next()
    while (log.reads < 2) await new Promise(setImmediate)
    await iterator.return()
    expect((await pending).done).toBe(true)
    expect(log).toMatchObject({ opened: 1, closed: 1, breaches: [] })
  })

  it('goes on exactly in a new process, at every element, whether the pass was kept or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.integer({ min: 1, max: 3 }), fc.boolean(), async (length, passes, wait) => {
        const build = () =>
          Dataset.range(length)
            .shuffle(4)
            .map((x, { rng }) => (wait ? Promise.resolve([x, rng.integer(1000)]) : [x, rng.integer(1000)]))
            .cache()
            .shuffle(3)
            .repeat(passes)
        const whole = await build().toArray({ epoch: 2 })
        expect(whole).toHaveLength(length * passes)
        const iterator = build().iterator({ epoch: 2 })
        for (let k = 0; k <= whole.length; k++) {
          const state = through<IteratorState>(iterator.save())
          const again = build().iterator({ state })
          const saved = through<IteratorState>(again.save())
          await again.return()
          expect(await build().toArray({ state })).toEqual(whole.slice(k))
          expect(await build().toArray({ state: saved })).toEqual(whole.slice(k))
          await iterator.next()
        }
      }),
      { numRuns: 40 },
    )
  })

  it('says nothing of its elements in its state, but where it stands', async () => {
    const iterator = counted(3).cached.iterator()
    const states: unknown[] = []
    for (let i = 0; i < 3; i++) {
      states.push(iterator.save().position)
      await iterator.next()
    }
    expect(states).toEqual([
      { index: 0, upstream: null, kept: null },
      { index: 1, upstream: { index: 1, upstream: { position: 1 } }, kept: null },
      { index: 2, upstream: { index: 2, upstream: { position: 2 } }, kept: null },
    ])
  })
})
