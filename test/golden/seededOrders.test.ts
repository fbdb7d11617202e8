import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'

const range = (length: number) => Dataset.range(length)

/** Orders that a seed has decided once and for all: to change one is a breaking change. */
const orders: readonly (readonly [what: string, dataset: Dataset<unknown>, elements: readonly unknown[]])[] = [
  ['a full shuffle', range(12).shuffle(12, { seed: 1 }), [4, 0, 8, 10, 6, 7, 9, 2, 5, 3, 11, 1]],
  [
    'a full shuffle that stays',
    range(12).shuffle(12, { seed: 1, reshuffleEachIteration: false }),
    [10, 9, 5, 6, 11, 8, 2, 3, 0, 1, 7, 4],
  ],
  [
    'a small buffer and a seed beyond 32 bits',
    range(12).shuffle(4, { seed: 2 ** 40 }),
    [3, 2, 1, 0, 4, 7, 8, 5, 11, 10, 6, 9],
  ],
  ['a shuffle without a seed', range(12).shuffle(12), [3, 11, 8, 2, 9, 4, 0, 10, 6, 5, 7, 1]],
  [
    'the seed of the pipeline, at another place',
    range(12)
      .map((x) => x)
      .shuffle(12)
      .withOptions({ seed: 7 }),
    [4, 8, 7, 6, 11, 9, 0, 2, 10, 5, 3, 1],
  ],
  ['a repeat', range(4).shuffle(4, { seed: 3 }).repeat(3), [3, 0, 2, 1, 2, 3, 1, 0, 3, 0, 2, 1]],
  ['a repeated endless repeat', range(3).shuffle(3).repeat().take(4).repeat(3), [0, 2, 1, 0, 2, 1, 0, 2, 0, 1, 2, 1]],
  ['two shuffles', range(6).shuffle(6).shuffle(3), [3, 0, 2, 4, 1, 5]],
  [
    'the inputs of a zip',
    Dataset.zip([range(5).shuffle(5), range(5).shuffle(5)]),
    [
      [1, 3],
      [4, 0],
      [2, 1],
      [0, 2],
      [3, 4],
    ],
  ],
  ['the inputs of a concatenate', range(3).shuffle(3).concatenate(range(3).shuffle(3)), [0, 2, 1, 1, 0, 2]],
  ['random numbers of a map', range(5).map((_, { rng }) => rng.integer(1000)), [745, 434, 771, 754, 66]],
  [
    'random numbers of a repeated map',
    range(4)
      .map((_, { rng }) => rng.integer(1000))
      .withOptions({ seed: 5 })
      .repeat(2),
    [363, 206, 237, 569, 720, 754, 61, 509],
  ],
]

describe('seeded orders', () => {
  it.each(orders)('%s', async (_what, dataset, elements) => {
    expect(await dataset.toArray()).toEqual(elements)
  })
})
