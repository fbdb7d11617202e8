import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlanNode } from '../../src/core/stage.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { build, plans } from '../properties/pipelines.ts'
import { probe } from '../contract/probe.ts'
import { open } from '../contract/run.ts'
import { expectSame } from './expectSame.ts'

/** What is done with the rows of slices: all of it may run over their numbers. */
const transparent = fc.array(
  fc.oneof(
    fc.record({ size: fc.integer({ min: 1, max: 12 }), again: fc.boolean() }).map(
      ({ size, again }) =>
        (d: Dataset<unknown>) =>
          d.shuffle(size, { reshuffleEachIteration: again }),
    ),
    fc.constant((d: Dataset<unknown>) => d.shuffle(4).repeat(2)),
    fc.constant((d: Dataset<unknown>) => d.repeat().take(20)),
    fc.integer({ min: -1, max: 9 }).map((count) => (d: Dataset<unknown>) => d.take(count)),
    fc.integer({ min: 0, max: 5 }).map((count) => (d: Dataset<unknown>) => d.skip(count)),
    fc.nat({ max: 3 }).map((size) => (d: Dataset<unknown>) => d.prefetch(size)),
    fc.nat({ max: 3 }).map((seed) => (d: Dataset<unknown>) => d.withOptions(seed === 0 ? {} : { seed })),
  ),
  { maxLength: 4 },
)
/** Maps of every kind: they see the index and random numbers, wait, and fail at some elements. */
const maps = fc.array(
  fc.record({ waits: fc.boolean(), failsAt: fc.integer({ min: -1, max: 9 }) }).map(
    ({ waits, failsAt }) =>
      (d: Dataset<unknown>) =>
        d.map((x, { index, rng }) => {
          if (index === failsAt) throw new Error(`element ${index} fails`)
          const made = { x, index, random: rng.integer(100) }
          return waits ? Promise.resolve(made) : made
        }),
  ),
  { maxLength: 4 },
)
const end = fc.option(
  fc.record({ size: fc.integer({ min: 1, max: 5 }), dropRemainder: fc.boolean() }).map(
    ({ size, dropRemainder }) =>
      (d: Dataset<unknown>) =>
        d.batch(size, { dropRemainder }),
  ),
  { nil: undefined },
)
const rows = Dataset.fromTensorSlices({
  x: Array.from({ length: 11 }, (_, i) => [i, -i]),
  name: Array.from({ length: 11 }, (_, i) => `row ${i}`),
})
const sources = fc.constantFrom<Dataset<unknown>>(
  rows,
  Dataset.range(11),
  probe([1, 2, 3, 4, 5], { mode: 'mixed' }).dataset,
)

describe('a plan as it runs', () => {
  it('gives the elements, the errors and the states of the plan as written', async () => {
    await fc.assert(
      fc.asyncProperty(sources, transparent, maps, end, async (source, before, fns, last) => {
        const steps = [...before, ...fns, ...(last === undefined ? [] : [last])]
        await expectSame(() => steps.reduce((d, step) => step(d), source), 40)
      }),
      { numRuns: 300 },
    )
  })

  it('does so for pipelines of every kind', async () => {
    await fc.assert(
      fc.asyncProperty(plans({ shuffles: true }), async (plan) => {
        await expectSame(() => build(plan), 30)
      }),
      { numRuns: 200 },
    )
  })
})

/** The stages of a plan, the last one first. */
const names = (node: PlanNode): string[] => [node.stage.name, ...node.inputs.flatMap(names)]

describe('the optimizer', () => {
  const f = (x: unknown): unknown => x
  it.each<[string, Dataset<unknown>, string[]]>([
    ['gathers a batch of slices', rows.batch(2), ['gatherBatch', 'standIns']],
    ['shuffles rows by number', rows.shuffle(5), ['made', 'shuffledNumbers']],
    ['shuffles a range in one array', Dataset.range(9).shuffle(5).shuffle(5), ['shuffle', 'shuffledNumbers']],
    ['gathers a shuffled batch', rows.shuffle(5).take(3).batch(2), ['gatherBatch', 'take', 'shuffledNumbers']],
    ['gathers what is shuffled as a whole', rows.globalShuffle().batch(2), ['gatherBatch', 'globallyShuffledNumbers']],
    ['repeats ahead', rows.shuffle(5).repeat(2), ['made', 'repeat', 'shuffledNumbers']],
    ['leaves taking and skipping of slices alone', rows.take(3).skip(1), ['skip', 'take', 'fromTensorSlices']],
    ['fuses maps', rows.map(f).map(f).map(f), ['fusedMap', 'fromTensorSlices']],
    ['fuses maps with a batch', rows.map(f).map(f).batch(2), ['mapAndBatch', 'fromTensorSlices']],
    ['fuses one map with a batch', rows.shuffle(2).map(f).batch(2), ['mapAndBatch', 'made', 'shuffledNumbers']],
    [
      'does not fuse maps with calls in flight',
      rows.map(f, { numParallelCalls: 2 }).map(f),
      ['map', 'map', 'fromTensorSlices'],
    ],
    ['leaves out what changes nothing', rows.take(-1).skip(0).repeat(1).withOptions({}), ['fromTensorSlices']],
    [
      'keeps what is read by index as written',
      rows.map(f).map(f).globalShuffle(),
      ['globalShuffle', 'map', 'map', 'fromTensorSlices'],
    ],
    [
      'rewrites every input',
      Dataset.zip([rows.batch(2), rows.map(f).map(f)]),
      ['zip', 'gatherBatch', 'standIns', 'fusedMap', 'fromTensorSlices'],
    ],
  ])('%s', (_, dataset, expected) => {
    expect(names(dataset.optimized)).toEqual(expected)
  })

  it('does its work once for a dataset', () => {
    const dataset = rows.batch(2)
    expect(dataset.optimized).toBe(dataset.optimized)
  })
})

describe('a shuffle that is repeated', () => {
  it('reads the next pass while the one at hand empties', async () => {
    const { dataset, log } = probe([1, 2, 3, 4], { mode: 'sync' })
    const cursor = open(dataset.shuffle(10, { seed: 1 }).repeat(2).optimized)
    await cursor.next()
    expect(log.opened).toBe(2)
    const reads: number[] = []
    for (let i = 0; i < 3; i++) {
      await cursor.next()
      reads.push(log.reads)
    }
    expect(reads).toEqual([7, 8, 9])
    await cursor.close()
    expect(log.closed).toBe(2)
    expect(log.breaches).toEqual([])
  })

  it.each(['sync', 'async'] as const)('tells of an element that fails ahead in its turn: %s', async (mode) => {
    let passes = 0
    const failing = Dataset.fromGenerator(() => {
      const pass = passes++
      return (async function* () {
        for (let x = 0; x < 3; x++) {
          if (mode === 'async') await Promise.resolve()
          if (pass === 1 && x === 1) throw new Error('the second pass fails')
          yield x
        }
      })()
    })
    const dataset = failing.shuffle(3).repeat(2)
    const cursor = open(dataset.optimized)
    for (let i = 0; i < 3; i++) expect(typeof (await cursor.next())).toBe('number')
    await expect(cursor.next()).rejects.toThrow('the second pass fails')
    await cursor.close()
  })
})

describe('explain', () => {
  it('shows the plan as written and as it runs', () => {
    const dataset = Dataset.fromTensorSlices({ x: new Int32Array(10) })
      .shuffle(4, { seed: 1 })
      .repeat()
      .batch(4)
    expect(dataset.explain().split('\n')).toEqual([
      'as written',
      '  batch(batchSize: 4, dropRemainder: false)                          no end of {x: int32 [?]}',
      '    repeat(count: Infinity)                                          no end of {x: int32 []}',
      '      shuffle(bufferSize: 4, seed: 1, reshuffleEachIteration: true)  10 of {x: int32 []}',
      '        fromTensorSlices()                                           10 of {x: int32 []}',
      'as it runs',
      '  gatherBatch(batchSize: 4, dropRemainder: false)                                                    no end of {x: int32 [?]}',
      '    repeat(count: Infinity, ahead: true)                                                             no end of {x: int32 []}',
      '      shuffledNumbers(of: "fromTensorSlices", bufferSize: 4, seed: 1, reshuffleEachIteration: true)  10 of {x: int32 []}',
    ])
  })

  it('shows every input, and says what is not known', () => {
    const odd = Dataset.range(9).filter((x) => x % 2 === 1)
    const plan = Dataset.zip({ odd, twice: odd.map((x) => 2 * x) }).explain()
    expect(plan.split('\n').slice(0, 6)).toEqual([
      'as written',
      '  zip(keys: ["odd","twice"])               unknown number of unknown',
      '    filter()                               unknown number of int32 []',
      '      range(start: 0, stop: 9, step: 1)    9 of int32 []',
      '    map()                                  unknown number of unknown',
      '      filter()                             unknown number of int32 []',
    ])
  })
})
