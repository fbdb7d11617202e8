import { describe, expect, it } from 'vitest'
import { ResourceExhaustedError } from '../../src/core/errors.ts'
import { AUTOTUNE } from '../../src/core/tuner.ts'
import { Dataset } from '../../src/dataset/dataset.ts'

const later = (x: number) => Promise.resolve(x)
const tunable = () => Dataset.range(40).map(later, { numParallelCalls: AUTOTUNE }).prefetch(AUTOTUNE)

describe('AUTOTUNE', () => {
  it('gives the same elements, and numbers that can be read and frozen', async () => {
    const iterator = tunable().iterator()
    expect(iterator.tuned()).toEqual({})
    expect((await iterator.next()).value).toBe(0)
    const tuned = iterator.tuned()
    expect(Object.keys(tuned)).toEqual(['range.map', 'range.map.prefetch'])
    expect(tuned['range.map'].numParallelCalls).toBeGreaterThan(0)
    await iterator.return()
    const frozen = JSON.parse(JSON.stringify(tuned)) as typeof tuned
    for (const again of [
      tunable().iterator({ tuning: frozen }),
      tunable().withOptions({ autotune: frozen }).iterator(),
    ]) {
      const elements: number[] = []
      for await (const element of again) elements.push(element)
      expect(elements).toEqual(Array.from({ length: 40 }, (_, i) => i))
      expect(again.tuned()).toEqual(frozen)
    }
  })

  it('stays where it begins where it is turned off', async () => {
    const iterator = tunable().withOptions({ autotune: false }).iterator()
    await iterator.next()
    expect(iterator.tuned()).toEqual({})
    await iterator.return()
  })

  it('is in explain(), and in the settings of stats() as it was chosen', async () => {
    expect(tunable().explain()).toContain('map(numParallelCalls: AUTOTUNE, deterministic: true, reorderWindow: 2048)')
    expect(tunable().explain()).toContain('prefetch(bufferSize: AUTOTUNE)')
    const tuning = { 'range.map': { numParallelCalls: 3 } }
    const iterator = tunable().iterator({ profile: true, tuning })
    await iterator.next()
    expect(iterator.stats().nodes.map(({ settings }) => settings)).toEqual([
      {},
      { numParallelCalls: 3, reorderWindow: 2048 },
      { bufferSize: 2 },
    ])
    await iterator.return()
  })

  it('refuses the numbers of another dataset', () => {
    const tuning = { 'range.mapp': { numParallelCalls: 3 } }
    expect(() => tunable().iterator({ tuning })).toThrow(
      'iterator: the tuning names range.mapp, where nothing is AUTOTUNE. It is in range.map, range.map.prefetch.',
    )
    expect(() => Dataset.range(3).withOptions({ autotune: tuning }).iterator()).toThrow('Nothing is in this dataset.')
  })

  it('is one knob for the inner datasets of one place', async () => {
    const inner = (x: number) => Dataset.range(x, x + 3).map(later, { numParallelCalls: AUTOTUNE })
    const iterator = Dataset.range(9).interleave(inner, { cycleLength: 3, numParallelCalls: AUTOTUNE }).iterator()
    await iterator.next()
    expect(iterator.tuned()).toEqual({
      'range.interleave': { numParallelCalls: 3 },
      'range.interleave > range.map': { numParallelCalls: 16 },
    })
    await iterator.return()
  })
})

describe('states', () => {
  it('do not depend on AUTOTUNE, the memory or the watchdog', async () => {
    const plain = Dataset.range(40).shuffle(9).map(later).prefetch(2).batch(3)
    const tuned = Dataset.range(40)
      .shuffle(9)
      .map(later, { numParallelCalls: AUTOTUNE, reorderWindow: 7 })
      .prefetch(AUTOTUNE)
      .withOptions({ memory: 10_000, watchdogMs: 60_000 })
      .batch(3)
    const expected = await plain.toArray()
    for (const [from, to] of [
      [plain, tuned],
      [tuned, plain],
    ]) {
      const iterator = from.iterator({ epoch: 0 })
      for (let i = 0; i < 5; i++) expect((await iterator.next()).value).toEqual(expected[i])
      const state = iterator.save()
      await iterator.return()
      expect(await to.toArray({ state })).toEqual(expected.slice(5))
    }
  })
})

describe('memory', () => {
  const bytes = (size: number) => new Uint8Array(size)

  it.each([
    ['at the consumer', Dataset.range(3).map((i) => bytes(i * 60)), 'range.map: one element takes 120 bytes'],
    [
      'in a prefetch',
      Dataset.range(3)
        .map((i) => bytes(i * 60))
        .prefetch(2),
      'range.map.prefetch: one element takes 120 bytes',
    ],
    [
      'of a call',
      Dataset.range(3).map((i) => Promise.resolve(bytes(i * 60)), { numParallelCalls: 2 }),
      'range.map: element 2 takes 120 bytes',
    ],
    [
      'in a shuffle',
      Dataset.range(3)
        .map((i) => bytes(i * 60))
        .shuffle(2),
      'range.map.shuffle: element 2 takes 120 bytes',
    ],
    [
      'in an interleave',
      Dataset.range(3).interleave((i) => Dataset.range(1).map(() => bytes(i * 60)), { numParallelCalls: 2 }),
      'range.interleave: one element takes 120 bytes',
    ],
  ])('refuses an element that is larger, %s', async (_, dataset, message) => {
    const error: unknown = await (dataset as Dataset<Uint8Array>)
      .toArray({ memory: 100 })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ResourceExhaustedError)
    expect(String(error)).toBe(
      `ResourceExhaustedError: ${message}, but the pipeline may hold 100 at a time. Raise the option memory, or make smaller elements, such as smaller batches.`,
    )
    expect(await (dataset as Dataset<Uint8Array>).toArray({ memory: 1000 })).toHaveLength(3)
  })

  it('refuses a shuffle buffer that does not fit, which must not shrink', async () => {
    const dataset = Dataset.range(30).map(() => bytes(10))
    await expect(dataset.shuffle(11).toArray({ memory: 100 })).rejects.toThrow(
      'range.map.shuffle: the buffer of 11 elements takes more memory than the pipeline may hold, after 10. Use a smaller bufferSize, shuffle before elements grow, use globalShuffle, or raise the option memory.',
    )
    await expect(dataset.shuffle(Infinity).toArray({ memory: 100 })).rejects.toThrow('the buffer of all elements takes')
    expect(await dataset.shuffle(10).toArray({ memory: 100 })).toHaveLength(30)
  })

  it('goes on after an element that is too large, from a saved state too', async () => {
    const dataset = Dataset.range(6)
      .map((i) => bytes(i === 2 ? 500 : 10))
      .prefetch(3)
      .ignoreErrors()
      .withOptions({ memory: 100 })
    const iterator = dataset.iterator()
    for (let i = 0; i < 3; i++) await iterator.next()
    const state = iterator.save()
    await iterator.return()
    expect(await dataset.toArray({ state })).toHaveLength(2)
  })
})

describe('options of a run', () => {
  it('are those of the iterator, else of the last withOptions', async () => {
    const dataset = Dataset.range(3)
      .map((i) => new Uint8Array(10 * (i + 1)))
      .withOptions({ memory: 5 })
      .withOptions({ memory: 20 })
    await expect(dataset.toArray()).rejects.toThrow('takes 30 bytes, but the pipeline may hold 20')
    expect(await dataset.toArray({ memory: 30 })).toHaveLength(3)
  })

  it.each([
    [{ memory: 0 }, 'memory must be a whole number of at least 1, got 0.'],
    [{ memory: '256MB' }, 'memory must be a whole number of at least 1, got "256MB".'],
    [{ watchdogMs: 1.5 }, 'watchdogMs must be a whole number of at least 1, got 1.5.'],
    [{ onStall: 3 }, 'onStall must be a function, got 3.'],
    [{ autotune: 'no' }, 'autotune must be true, false or what iterator.tuned() gave, got "no".'],
    [{ autotune: { 'range.map': 3 } }, 'autotune["range.map"] must be an object, got 3.'],
    [
      { autotune: { 'range.map': { numParallelCalls: 'x' } } },
      'autotune["range.map"].numParallelCalls must be a whole number of at least 0, got "x".',
    ],
  ])('refuse %j', (options, message) => {
    expect(() => Dataset.range(3).withOptions(options as never)).toThrow(`withOptions: ${message}`)
    expect(() => Dataset.range(3).iterator(options as never)).toThrow(`iterator: ${message}`)
  })
})
