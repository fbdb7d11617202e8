import { describe, expect, it } from 'vitest'
import { FailedPreconditionError, InvalidArgumentError, messageOf, type MillraceError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { open, pull } from '../contract/run.ts'

const unknown = (length: number) => Dataset.range(length).filter(() => true)
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

const pairs = 'range.scan: the function must return [newState, output], got'
const foldingRows: readonly (readonly [message: string, dataset: Dataset<unknown>])[] = [
  ['range.scan: the function threw at element 0: boom', Dataset.range(3).scan(0, fail)],
  [
    'range.scan: the function threw at element 1: boom',
    Dataset.range(3).scan(0, (_, x) => (x === 1 ? Promise.reject(new Error('boom')) : [x, x])),
  ],
  [
    'range.scan: the function returned undefined for element 0. Is a return missing?',
    Dataset.range(3).scan(0, () => undefined as never),
  ],
  [`${pairs} 5 for element 0.`, Dataset.range(3).scan(0, () => 5 as never)],
  [`${pairs} an array of 1 for element 0.`, Dataset.range(3).scan(0, () => Promise.resolve([5]) as never)],
  [`${pairs} one of them undefined for element 0.`, Dataset.range(3).scan(0, () => [1, undefined] as never)],
  ['range.unique: the function threw at element 2: boom', Dataset.range(3).unique({ key: failsAt(2) })],
  [
    'range.unique: key must return a string, number or bigint, got an object {a} for element 0.',
    Dataset.range(3).unique({ key: () => ({ a: 1 }) as never }),
  ],
  [
    'fromGenerator.unique: its value cannot be told at element 1: the element is a Date, which an element cannot hold. It holds plain objects and arrays of numbers, bigints, booleans, strings, Uint8Arrays and NdArrays.',
    Dataset.fromGenerator<unknown>([1, new Date()]).unique(),
  ],
  [
    'fromGenerator.rebatch: element 1: the tensor is 5, which has no rows.',
    Dataset.fromGenerator<unknown>([ndarray([1]), 5]).rebatch(1),
  ],
  [
    'fromGenerator.rebatch: x is an NdArray int32 [1] in one batch, and an NdArray float32 [1] in another: they cannot be joined. Every batch must have the same structure and dtypes.',
    Dataset.fromGenerator<unknown>([{ x: ndarray([1]) }, { x: ndarray([0.5]) }]).rebatch(2),
  ],
  [
    'fromGenerator.rebatch: the element is an NdArray int32 [1, 1] in one batch, and an NdArray int32 [1, 2] in another: they cannot be joined. Make the rows equal in a map before it; they are [1] and [2].',
    Dataset.fromGenerator<unknown>([ndarray([[1]]), ndarray([[1, 2]])]).rebatch(2),
  ],
  [
    'fromGenerator.rebatch: the element is an object {x} in one batch, and an object {y} in another: they cannot be joined. Every batch must have the same structure and dtypes.',
    Dataset.fromGenerator<unknown>([{ x: ndarray([1]) }, { y: ndarray([1]) }]).rebatch(2),
  ],
]

describe('folding', () => {
  it.each(foldingRows)('%s', async (message, dataset) => {
    expect(messageOf(await dataset.toArray().catch((error: unknown) => error))).toBe(message)
  })

  it('refuses to save a state that is no element', async () => {
    const iterator = Dataset.range(3)
      .scan<unknown, number>(0, (_, x) => [new Map(), x])
      .iterator()
    await iterator.next()
    expect(() => iterator.save()).toThrow(
      'range.scan: the state cannot be saved: what the function returned at element 0: the element is a Map, which an element cannot hold.',
    )
    await iterator.return()
  })

  it('keeps the state of a scan where its function fails', async () => {
    const cursor = open(Dataset.range(4).scan(0, (total, x) => [total + failsAt(2)(x), total]).node)
    expect(await pull(cursor, 2)).toEqual([0, 0])
    expect(() => cursor.next()).toThrow('boom')
    expect(await pull(cursor, 2)).toEqual([1])
    await cursor.close()
  })
})

describe('a run', () => {
  it.each(whenRun)('%s', async (message, Class, dataset, index) => {
    const thrown: unknown = await dataset.forEach(() => undefined).catch((error: unknown) => error)
    expect(messageOf(thrown)).toBe(message)
    expect(thrown).toBeInstanceOf(Class)
    expect(thrown).toMatchObject({ index, path: message.split(':')[0] })
  })
})
