import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { probe } from '../contract/probe.ts'
import { drain, open, pull, stored } from '../contract/run.ts'
import { expectShares } from './shares.ts'

const range = (...bounds: Parameters<typeof Dataset.range>) => Dataset.range(...bounds)
const none = range(0)
const sample: typeof Dataset.sampleFromDatasets = (...args) => Dataset.sampleFromDatasets(...args)
const choose: typeof Dataset.chooseFromDatasets = (...args) => Dataset.chooseFromDatasets(...args)
const endless = (value: number) => Dataset.fromTensors(value).repeat()
const unknown = (length: number) => range(length).filter(() => true)
const lists = (...weights: number[][]) => Dataset.fromTensorSlices(weights)

/** A dataset, what it gives (the first few elements of an endless one), and its cardinality. */
type Row = readonly [what: string, dataset: Dataset<unknown>, elements: readonly unknown[], cardinality?: number]

const rows: readonly Row[] = [
  ['a sample of nothing', sample([none, none]), [], 0],
  ['a sample of one', sample([none, range(1)]), [0], 1],
  ['a sample of one dataset', sample([range(3)]), [0, 1, 2], 3],
  ['a sample by weights of 0', sample([range(3), range(3)], { weights: [0, 0] }), [], 0],
  ['a sample that leaves one out', sample([endless(7), range(3)], { weights: [0, 1] }), [0, 1, 2], 3],
  ['a sample of equals', sample([endless(1), endless(1)]), [1, 1, 1], Infinity],
  ['a sample that goes on for ever', sample([endless(1), none]), [1, 1, 1], Infinity],
  [
    'a sample that ends at once',
    sample([none, endless(1)], { stopOnEmptyDataset: true, weights: lists([1, 0]).repeat() }),
    [],
  ],
  ['a sample of an unknown number', sample([unknown(2), none]), [0, 1]],
  ['a sample by no lists', sample([range(3)], { weights: lists([1]).take(0) }), [], 0],
  ['a sample by fewer lists', sample([range(3), none], { weights: lists([1, 0], [1, 0]) }), [0, 1]],
  ['a sample by lists for what ended', sample([range(1), none], { weights: lists([0, 1], [0, 2], [1, 1]) }), [0]],
  [
    'a sample by lists of plain numbers',
    sample([range(2), range(5, 7)], {
      weights: Dataset.fromGenerator([
        [0, 1],
        [1, 0],
        [0, 3],
      ]),
    }),
    [5, 0, 6],
  ],
  ['a sample by weights of any scale', sample([range(2), none], { weights: [1e308, 1e308] }), [0, 1], 2],
  ['a sample by tiny weights', sample([range(2), none], { weights: [5e-324, 5e-324] }), [0, 1], 2],
  ['a choice of nothing', choose([none, none], range(2).repeat()), [], 0],
  ['no choice', choose([range(3)], none), [], 0],
  ['a choice of one', choose([range(3)], range(1)), [0]],
  ['a choice of as many as there are', choose([range(2), range(5, 6)], lists([0, 1, 0]).unbatch()), [0, 5, 1]],
  ['a choice of one short', choose([range(3)], endless(0).take(2)), [0, 1]],
  ['an endless choice', choose([range(2)], endless(0)), [0, 1]],
  ['an endless choice of what is endless', choose([endless(1), endless(2)], range(2).repeat()), [1, 2, 1], Infinity],
  ['a choice by bigints', choose([range(1), range(5, 6)], Dataset.fromGenerator([1n, 0n])), [5, 0]],
]

describe('at the edges', () => {
  it.each(rows.map((row) => [row[0], row] as const))('%s', async (_what, [, dataset, elements, cardinality]) => {
    expect(await dataset.take(Math.max(elements.length, cardinality === Infinity ? 0 : 9)).toArray()).toEqual(elements)
    expect(dataset.cardinality()).toBe(cardinality)
  })

  it('have the spec that fits all', () => {
    const pair = new TensorSpec([2], 'int32')
    expect(sample([lists([1, 2]), lists([1, 2])]).elementSpec).toEqual(pair)
    expect(choose([lists([1, 2]), lists([1, 2, 3])], range(2)).elementSpec).toEqual(new TensorSpec([null], 'int32'))
    expect(sample([Dataset.fromTensorSlices(['a']), range(2)]).elementSpec).toBeUndefined()
    expect(sample([lists([1, 2])], { weights: lists([1]).map((x) => x) }).elementSpec).toEqual(pair)
  })

  it('never opens a dataset of weight 0', async () => {
    const { dataset, log } = probe([1])
    expect(await sample([dataset, range(1)], { weights: [0, 1] }).toArray()).toEqual([0])
    expect(log.opened).toBe(0)
  })
})

describe('the order of a sample', () => {
  const build = (options = {}) => sample([range(20), range(100, 120)], options)

  it('is that of its seed, in every epoch', async () => {
    const order = await build({ seed: 4 }).toArray({ epoch: 0 })
    expect(await build({ seed: 4 }).toArray({ epoch: 5 })).toEqual(order)
    expect(await build({ seed: 5 }).toArray({ epoch: 0 })).not.toEqual(order)
    expect(await build({ seed: 4 }).withOptions({ seed: 9 }).toArray()).toEqual(order)
    expect(await build().withOptions({ seed: 9 }).toArray()).not.toEqual(await build().toArray())
  })

  it('is another one in each epoch where it is to be', async () => {
    const dataset = build({ rerandomizeEachIteration: true })
    expect(await dataset.toArray({ epoch: 0 })).not.toEqual(await dataset.toArray({ epoch: 1 }))
    const passes = [...(await dataset.toArray({ epoch: 0 })), ...(await dataset.toArray({ epoch: 1 }))]
    expect(await build({ rerandomizeEachIteration: true }).repeat(2).toArray()).toEqual(passes)
  })
})

describe('the shares of a sample', () => {
  it.each([[[1, 1]], [[3, 1]], [[1, 2, 3, 4]], [[0, 5, 0.5]], [[1e-3, 1, 1]]])(
    'are its weights %j',
    async (weights) => {
      for (const seed of [1, 2, 3]) {
        const drawn = sample(
          weights.map((_, i) => endless(i)),
          { weights, seed },
        )
        expectShares(await drawn.take(20_000).toArray(), weights)
      }
    },
  )

  it('are those of each list', async () => {
    const weights = lists([1, 3], [4, 1]).repeat()
    const drawn = await sample([endless(0), endless(1)], { weights, seed: 1 })
      .take(20_000)
      .toArray()
    expectShares(
      drawn.filter((_, i) => i % 2 === 0),
      [1, 3],
    )
    expectShares(
      drawn.filter((_, i) => i % 2 === 1),
      [4, 1],
    )
  })

  it('are shared out anew when an input has ended', async () => {
    const drawn = sample([none, endless(0), endless(1)], { weights: [5, 1, 2], seed: 3 })
    expectShares(await drawn.take(20_000).toArray(), [1, 2])
  })

  it('of one draw do not depend on those before it', async () => {
    const pairs = await sample([endless(0), endless(1)], { seed: 8 })
      .take(40_000)
      .batch(2)
      .toArray()
    expectShares(
      pairs.map(({ data }) => data[0] * 2 + data[1]),
      [1, 1, 1, 1],
    )
  })
})

describe('arguments', () => {
  type Loose = (...args: readonly unknown[]) => unknown
  const looseSample = sample as unknown as Loose
  const looseChoose = choose as unknown as Loose
  const two = 'a list of 2 numbers of at least 0, or a Dataset of such lists'
  const pair = [range(1), range(1)]
  const refused: readonly (readonly [message: string, call: () => unknown])[] = [
    ['sampleFromDatasets: datasets must be an array of at least one Dataset, got an array.', () => looseSample([])],
    ['sampleFromDatasets: datasets must be an array of at least one Dataset, got an object.', () => looseSample(none)],
    ['sampleFromDatasets: datasets[1] must be a Dataset, got 5.', () => looseSample([none, 5])],
    [`sampleFromDatasets: weights must be ${two}, got 5.`, () => looseSample(pair, { weights: 5 })],
    [`sampleFromDatasets: weights must be ${two}, got an array.`, () => looseSample(pair, { weights: [1] })],
    [`sampleFromDatasets: weights must be ${two}, got an array.`, () => looseSample(pair, { weights: [1, -1] })],
    [`sampleFromDatasets: weights must be ${two}, got an array.`, () => looseSample(pair, { weights: [1, NaN] })],
    [`sampleFromDatasets: weights must be ${two}, got an array.`, () => looseSample(pair, { weights: [1, Infinity] })],
    ['sampleFromDatasets: seed must be a whole number of at least 0, got -1.', () => looseSample(pair, { seed: -1 })],
    [
      'sampleFromDatasets: stopOnEmptyDataset must be true or false, got 1.',
      () => looseSample(pair, { stopOnEmptyDataset: 1 }),
    ],
    [
      'sampleFromDatasets: rerandomizeEachIteration must be true or false, got 0.',
      () => looseSample(pair, { rerandomizeEachIteration: 0 }),
    ],
    [
      'sampleFromDatasets: there is no option weight. It takes weights, seed, stopOnEmptyDataset, rerandomizeEachIteration.',
      () => looseSample(pair, { weight: [1, 1] }),
    ],
    ['chooseFromDatasets: datasets must be an array of at least one Dataset, got undefined.', () => looseChoose()],
    ['chooseFromDatasets: datasets[0] must be a Dataset, got null.', () => looseChoose([null], none)],
    ['chooseFromDatasets: choiceDataset must be a Dataset, got an array.', () => looseChoose(pair, [1])],
    [
      'chooseFromDatasets: stopOnEmptyDataset must be true or false, got "no".',
      () => looseChoose(pair, none, { stopOnEmptyDataset: 'no' }),
    ],
    [
      'chooseFromDatasets: there is no option stop. It takes stopOnEmptyDataset.',
      () => looseChoose(pair, none, { stop: 1 }),
    ],
  ]

  it.each(refused)('%s', (message, call) => {
    expect(call).toThrow(InvalidArgumentError)
    expect(call).toThrow(expect.objectContaining({ message }))
  })
})

describe('what goes wrong in a run', () => {
  const wanted = 'must be a list of 2 numbers of at least 0, not all 0.'
  const failing: readonly (readonly [string, Dataset<unknown>, string, number])[] = [
    [
      'a choice beyond',
      choose([range(3), range(3)], range(5)),
      'choice 2 must be a whole number from 0 to 1, got 2.',
      2,
    ],
    ['a choice below', choose([range(3)], range(0, -2, -1)), 'choice 1 must be a whole number from 0 to 0, got -1.', 1],
    [
      'half a choice',
      choose([range(3)], lists([0.5]).unbatch()),
      'choice 0 must be a whole number from 0 to 0, got 0.5.',
      0,
    ],
    [
      'a list of another length',
      sample([range(3), range(3)], { weights: lists([1, 1, 1]).repeat() }),
      `weights 0 ${wanted}`,
      0,
    ],
    ['a list of zeros', sample([range(3), range(3)], { weights: lists([1, 1], [0, 0]) }), `weights 1 ${wanted}`, 1],
    ['a negative weight', sample([range(3), range(3)], { weights: lists([1, -1]) }), `weights 0 ${wanted}`, 0],
  ]

  it.each(failing)('names %s', async (_what, dataset, message, index) => {
    const error: unknown = await dataset.toArray().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error).toMatchObject({ index, path: dataset.node.path, message: `${dataset.node.path}: ${message}` })
  })
})

describe('any sample and choice', () => {
  const lengths = fc.array(fc.nat(6), { minLength: 1, maxLength: 4 })
  const inputsOf = (counts: readonly number[]) => counts.map((count, i) => range(100 * i, 100 * i + count))

  it('gives each element once, in the order of its input', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), fc.boolean(), async (counts, seed, stop) => {
        const drawn = await sample(inputsOf(counts), { seed, stopOnEmptyDataset: stop }).toArray()
        const parts = counts.map((_, i) => drawn.filter((x) => Math.floor(x / 100) === i))
        for (const [i, part] of parts.entries()) expect(part).toEqual(part.map((_, place) => 100 * i + place))
        if (stop) expect(parts.some((part, i) => part.length === counts[i])).toBe(true)
        else expect(parts.map((part) => part.length)).toEqual(counts)
      }),
    )
  })

  it('gives what a loop over arrays gives', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, fc.array(fc.nat(3)), fc.boolean(), async (counts, wishes, stop) => {
        const choices = wishes.map((choice) => choice % counts.length)
        const left = await Promise.all(inputsOf(counts).map((input) => input.toArray()))
        const expected: number[] = []
        for (const choice of choices) {
          const element = left[choice].shift()
          if (element === undefined && stop) break
          if (element !== undefined) expected.push(element)
        }
        const choiceDataset = Dataset.fromTensorSlices(Int32Array.from(choices))
        expect(await choose(inputsOf(counts), choiceDataset, { stopOnEmptyDataset: stop }).toArray()).toEqual(expected)
      }),
    )
  })

  it('goes on from the state after every element', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), fc.boolean(), fc.boolean(), async (counts, seed, stop, byLists) => {
        const weights = byLists ? lists(counts.map((_, i) => i + 1)).repeat() : counts.map((_, i) => i)
        const { node } = sample(inputsOf(counts), { seed, weights, stopOnEmptyDataset: stop })
        const expected = await drain(open(node))
        const cursor = open(node)
        for (let step = 0; step <= expected.length; step++) {
          expect(await drain(open(node, stored(cursor.state())))).toEqual(expected.slice(step))
          await pull(cursor, 1)
        }
        expect(await cursor.next()).toBe(END)
        await cursor.close()
      }),
    )
  })
})
