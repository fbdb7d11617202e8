import { describe, expect, it } from 'vitest'
import type { MillraceError } from '../../src/core/errors.ts'
import { FailedPreconditionError, InvalidArgumentError, messageOf } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { open, pull } from '../contract/run.ts'

/** The class as a caller without types sees it: anything can be handed over. */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
const statics = Dataset as unknown as Loose
const d = () => Dataset.range(3) as unknown as Loose
const unknown = (length: number) => Dataset.range(length).filter(() => true)

const whenBuilt: readonly (readonly [message: string, call: () => unknown])[] = [
  ['takeWhile: predicate must be a function, got 3.', () => d().takeWhile(3)],
  ['shard: numShards must be a whole number of at least 1, got 0.', () => d().shard(0, 0)],
  ['shard: numShards must be a whole number of at least 1, got undefined.', () => d().shard()],
  ['shard: index must be a whole number of at least 0, got -1.', () => d().shard(2, -1)],
  ['shard: index must be a whole number of at least 0, got 0.5.', () => d().shard(2, 0.5)],
  ['shard: index must be less than numShards, which is 2, got 2.', () => d().shard(2, 2)],
  [
    'assertCardinality: cardinality must be a whole number of at least 0, or Infinity, got -1.',
    () => d().assertCardinality(-1),
  ],
  ['assertCardinality: the input has 3 elements, not 2.', () => d().assertCardinality(2)],
  [
    'assertCardinality: the input has Infinity elements, not 2.',
    () => (statics.counter() as Loose).assertCardinality(2),
  ],
  [
    'assertCardinality: the input has 1 element, not Infinity.',
    () => (d().take(1) as Loose).assertCardinality(Infinity),
  ],
  ['flatMap: fn must be a function, got undefined.', () => d().flatMap()],
  [
    'flatMap: there is no option cycleLength. It takes outputSignature.',
    () => d().flatMap(() => d(), { cycleLength: 2 }),
  ],
  ['interleave: fn must be a function, got an object.', () => d().interleave(d())],
  [
    'interleave: there is no option cycle_length. It takes cycleLength, blockLength, numParallelCalls, deterministic, outputSignature.',
    () => d().interleave(() => d(), { cycle_length: 2 }),
  ],
  ...['cycleLength', 'blockLength', 'numParallelCalls'].flatMap((name) =>
    [0, -1, 1.5, Infinity].map(
      (value) =>
        [
          `interleave: ${name} must be a whole number of at least 1, got ${value}.`,
          () => d().interleave(() => d(), { [name]: value }),
        ] as const,
    ),
  ),
  [
    'interleave: deterministic must be true or false, got "yes".',
    () => d().interleave(() => d(), { deterministic: 'yes', cycleLength: 2 }),
  ],
  ...['window', 'slidingBatch'].flatMap((name) => [
    [`${name}: size must be a whole number of at least 1, got 0.`, () => d()[name](0)] as const,
    [`${name}: size must be a whole number of at least 1, got Infinity.`, () => d()[name](Infinity)] as const,
    [`${name}: shift must be a whole number of at least 1, got 0.`, () => d()[name](2, { shift: 0 })] as const,
    [`${name}: stride must be a whole number of at least 1, got -1.`, () => d()[name](2, { stride: -1 })] as const,
    [`${name}: dropRemainder must be true or false, got 0.`, () => d()[name](2, { dropRemainder: 0 })] as const,
    [
      `${name}: there is no option step. It takes shift, stride, dropRemainder.`,
      () => d()[name](2, { step: 1 }),
    ] as const,
  ]),
  ['counter: start must be a whole number, got "1".', () => statics.counter('1')],
  ['counter: step must be a whole number, got Infinity.', () => statics.counter(0, Infinity)],
  ['random: seed must be a whole number of at least 0, got -1.', () => statics.random({ seed: -1 })],
  ['random: options must be an object, got 3.', () => statics.random(3)],
  [
    'random: there is no option reshuffle. It takes seed, rerandomizeEachIteration.',
    () => statics.random({ reshuffle: true }),
  ],
  [
    'random: rerandomizeEachIteration must be true or false, got 1.',
    () => statics.random({ rerandomizeEachIteration: 1 }),
  ],
  ['zip: there is no option stric. It takes strict.', () => statics.zip([d()], { stric: true })],
  ['zip: strict must be true or false, got "yes".', () => statics.zip([d()], { strict: 'yes' })],
  [
    'zip: datasets.0 has 3 elements, but datasets.2 has 1 element. Without strict, the rest is left out.',
    () => statics.zip([d(), unknown(2), d().take(1)], { strict: true }),
  ],
  [
    'zip: datasets.x has 3 elements, but datasets.y has Infinity elements. Without strict, the rest is left out.',
    () => statics.zip({ x: d(), y: statics.counter() }, { strict: true }),
  ],
]

describe('arguments', () => {
  it.each(whenBuilt)('%s', (message, call) => {
    let thrown: unknown
    try {
      call()
    } catch (error) {
      thrown = error
    }
    expect(messageOf(thrown)).toBe(message)
    expect(thrown).toBeInstanceOf(InvalidArgumentError)
  })
})

const zipped = (a: number, b: number) => Dataset.zip({ a: unknown(a), b: unknown(b) }, { strict: true })

const whenRun: readonly (readonly [
  message: string,
  Class: new (message: string) => MillraceError,
  dataset: Dataset<unknown>,
  index: number,
])[] = [
  [
    'range.filter.assertCardinality: the input was said to have 5 elements, but it ended after 3 elements. Give assertCardinality the number that there are.',
    FailedPreconditionError,
    unknown(3).assertCardinality(5),
    3,
  ],
  [
    'range.filter.assertCardinality: the input was said to have 1 element, but it has more. Give assertCardinality the number that there are.',
    FailedPreconditionError,
    unknown(3).assertCardinality(1),
    2,
  ],
  [
    'range.filter.assertCardinality: the input was said to have Infinity elements, but it ended after 1 element. Give assertCardinality the number that there are.',
    FailedPreconditionError,
    unknown(1).assertCardinality(Infinity),
    1,
  ],
  [
    'range.filter.assertCardinality: the input was said to have 3 elements, but it has more. Give assertCardinality the number that there are.',
    FailedPreconditionError,
    unknown(9).assertCardinality(3).skip(7),
    4,
  ],
  [
    'range.filter.zip: datasets.a ended after 2 elements, but datasets.b goes on. Without strict, the rest is left out.',
    InvalidArgumentError,
    zipped(2, 3),
    2,
  ],
  [
    'range.filter.zip: datasets.b ended after 0 elements, but datasets.a goes on. Without strict, the rest is left out.',
    InvalidArgumentError,
    zipped(1, 0),
    0,
  ],
  [
    'range.filter.zip: datasets.b ended after 2 elements, but datasets.a goes on. Without strict, the rest is left out.',
    InvalidArgumentError,
    zipped(5, 2).skip(4),
    2,
  ],
]

const fail = (): never => {
  throw new Error('boom')
}
const failsAt = (at: number) => (x: number) => (x === at ? fail() : x)
const inner = (x: number) => Dataset.range(2).map((y) => (x === 1 && y === 1 ? fail() : y))
const noDataset = 'Wrap what it returns, as in Dataset.fromTensorSlices(array).'

const expanding = [
  ['flatMap', (d: Dataset<number>, fn: (x: number) => never) => d.flatMap(fn)],
  ['interleave', (d: Dataset<number>, fn: (x: number) => never) => d.interleave(fn, { cycleLength: 2 })],
  [
    'interleave',
    (d: Dataset<number>, fn: (x: number) => never) => d.interleave(fn, { cycleLength: 2, numParallelCalls: 3 }),
  ],
] as const

describe.each(expanding)('%s', (name, expand) => {
  const rows: readonly (readonly [message: string, dataset: Dataset<unknown>])[] = [
    [`range.${name}: the function threw at element 0: boom`, expand(Dataset.range(3), fail)],
    [
      `range.${name}: the function threw at element 2: boom`,
      expand(Dataset.range(3), (x) => (x === 2 ? Promise.reject(new Error('boom')) : Dataset.range(1)) as never),
    ],
    ['range.map: the function threw at element 1: boom', expand(Dataset.range(3).map(failsAt(1)), inner as never)],
    [`range.${name}[1] > range.map: the function threw at element 1: boom`, expand(Dataset.range(3), inner as never)],
    [
      `range.${name}[0] > range.${name}[1] > range.map: the function threw at element 1: boom`,
      expand(Dataset.range(3), () => expand(Dataset.range(3), inner as never) as never),
    ],
    [
      `range.${name}: the function returned no Dataset for element 0. ${noDataset}`,
      expand(Dataset.range(3), () => [1] as never),
    ],
    [
      `range.${name}: the function returned no Dataset for element 1. ${noDataset}`,
      expand(Dataset.range(3), (x) => Promise.resolve(x === 0 ? Dataset.range(1) : null) as never),
    ],
    [
      `range.${name}: the function returned undefined for element 0. Is a return missing?`,
      expand(Dataset.range(3), () => undefined as never),
    ],
  ]

  it.each(rows)('%s', async (message, dataset) => {
    expect(messageOf(await dataset.toArray().catch((error: unknown) => error))).toBe(message)
  })

  it('goes on after what failed', async () => {
    const datasets = [
      expand(Dataset.range(3).map(failsAt(1)), inner as never),
      expand(Dataset.range(3), inner as never),
    ]
    const given = [
      [0, 1, 0, 1],
      [0, 1, 0, 0, 1],
    ]
    for (const [i, dataset] of datasets.entries()) {
      const cursor = open(dataset.node)
      const elements: unknown[] = []
      let failures = 0
      for (let pulls = 0; pulls < 20; pulls++) {
        try {
          elements.push(...(await pull(cursor, 1)))
        } catch {
          failures++
        }
      }
      await cursor.close()
      expect(failures).toBe(1)
      expect(elements.sort()).toEqual(given[i].sort())
    }
  })
})

const uneven = 'Every element of a window must have the same structure.'
const notStacked = 'they cannot be stacked. Every element of a batch must have the same structure and dtypes.'
const windowRows: readonly (readonly [message: string, dataset: Dataset<unknown>])[] = [
  [
    `fromGenerator.window: the window that begins at element 0 holds an object {a} and an object {b}. ${uneven}`,
    Dataset.fromGenerator<unknown>([{ a: 1 }, { b: 1 }]).window(2),
  ],
  [
    `fromGenerator.window: the window that begins at element 2 holds an object {a} and an object {a, b}. ${uneven}`,
    Dataset.fromGenerator<unknown>([{ a: 1 }, { a: 1 }, { a: 1 }, { a: 1, b: 2 }]).window(2),
  ],
  [
    `fromGenerator.window: a[0] of the window that begins at element 0 holds an array of 1 and 5. ${uneven}`,
    Dataset.fromGenerator<unknown>([{ a: [[1]] }, { a: [5] }]).window(2),
  ],
  [
    `fromGenerator.slidingBatch: in the window that begins at element 1, element 0 is 2, but element 1 is the string "a": ${notStacked}`,
    Dataset.fromGenerator<unknown>([1, 2, 'a']).slidingBatch(2, { shift: 1 }),
  ],
]

describe('a window', () => {
  it.each(windowRows)('%s', async (message, dataset) => {
    const thrown: unknown = await dataset.toArray().catch((error: unknown) => error)
    expect(messageOf(thrown)).toBe(message)
    expect(thrown).toBeInstanceOf(InvalidArgumentError)
  })

  it('fails wherever it holds what failed, and nowhere else', async () => {
    const cursor = open(Dataset.range(6).map(failsAt(2)).slidingBatch(2, { shift: 1 }).node)
    const outcomes: string[] = []
    for (let i = 0; i < 7; i++) {
      try {
        const [window] = await pull(cursor, 1)
        outcomes.push(window === undefined ? 'end' : (window as { values: number[] }).values.join())
      } catch {
        outcomes.push('failed')
      }
    }
    await cursor.close()
    expect(outcomes).toEqual(['0,1', 'failed', 'failed', '3,4', '4,5', '5', 'end'])
  })
})

describe('a run', () => {
  it.each(whenRun)('%s', async (message, Class, dataset, index) => {
    const thrown: unknown = await dataset.toArray().catch((error: unknown) => error)
    expect(messageOf(thrown)).toBe(message)
    expect(thrown).toBeInstanceOf(Class)
    expect(thrown).toMatchObject({ index, path: message.split(':')[0] })
  })
})
