import { describe, expect, it } from 'vitest'
import {
  DataLossError,
  FailedPreconditionError,
  InvalidArgumentError,
  MillraceError,
  UnknownError,
} from '../../src/core/errors.ts'
import { TensorSpec, type DType } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'

async function failure(dataset: Dataset<unknown>): Promise<MillraceError> {
  const thrown: unknown = await dataset.toArray().then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(MillraceError)
  return thrown as MillraceError
}

const boom = new RangeError('boom')
const fail = (): number => {
  throw boom
}

describe('a function that throws', () => {
  const rows: readonly (readonly [string, Dataset<unknown>, message: string, index: number])[] = [
    [
      'in map',
      Dataset.range(5).map((x) => (x === 3 ? fail() : x)),
      'range.map: the function threw at element 3: boom',
      3,
    ],
    [
      'in an async map',
      Dataset.range(5).map((x) => (x === 3 ? Promise.reject(boom) : x)),
      'range.map: the function threw at element 3: boom',
      3,
    ],
    [
      'in a parallel map',
      Dataset.range(5).map((x) => (x === 3 ? Promise.reject(boom) : Promise.resolve(x)), { numParallelCalls: 2 }),
      'range.map: the function threw at element 3: boom',
      3,
    ],
    [
      'in filter, of the elements it is given',
      Dataset.range(5)
        .skip(1)
        .filter((x) => x < 2 || fail() > 0),
      'range.skip.filter: the function threw at element 1: boom',
      1,
    ],
    [
      'in a generator',
      Dataset.fromGenerator(function* () {
        yield 1
        throw boom
      }),
      'fromGenerator: reading failed at element 1: boom',
      1,
    ],
    [
      'in an async generator',
      Dataset.fromGenerator(async function* () {
        yield await Promise.resolve(1)
        throw boom
      }),
      'fromGenerator: reading failed at element 1: boom',
      1,
    ],
    [
      'before it makes a generator',
      Dataset.fromGenerator(fail as never),
      'fromGenerator: the function threw at element 0: boom',
      0,
    ],
    [
      'as a promise that is yielded',
      Dataset.fromGenerator(() => [Promise.resolve(1), Promise.reject(boom)]),
      'fromGenerator: reading failed at element 1: boom',
      1,
    ],
  ]

  it.each(rows)('%s', async (_what, dataset, message, index) => {
    const error = await failure(dataset)
    expect(error).toBeInstanceOf(UnknownError)
    expect(error.message).toBe(message)
    expect(error).toMatchObject({ index, path: message.split(':')[0], cause: boom })
  })

  it('keeps the class and the fields of a named error', async () => {
    const cause = new DataLossError('bad checksum', { file: 'a', record: 2, line: 3, byteOffset: 9 })
    const error = await failure(Dataset.range(1).map(() => Promise.reject(cause)))
    expect(error).toBeInstanceOf(DataLossError)
    expect(error).toMatchObject({ file: 'a', record: 2, line: 3, byteOffset: 9, index: 0, path: 'range.map', cause })
  })

  it('keeps what is no Error as the cause', async () => {
    const rejected = { then: (_: unknown, reject: (reason: unknown) => void) => reject('text') } as PromiseLike<number>
    const error = await failure(Dataset.range(1).map(() => rejected))
    expect(error.message).toBe('range.map: the function threw at element 0: text')
    expect(error.cause).toBe('text')
  })

  it.each(['forEach', 'reduce'] as const)('comes out of %s as it was thrown', async (method) => {
    const dataset = Dataset.range(3)
    const run = method === 'forEach' ? dataset.forEach(fail) : dataset.reduce(0, fail)
    await expect(run).rejects.toBe(boom)
  })
})

const float32 = 'Name a dtype that holds it in the outputSignature of the map or generator that made it.'
const stacking = 'they cannot be stacked.'
const same = 'Every element of a batch must have the same structure and dtypes.'
const sizes = (a: string, b: string) =>
  `Make the shapes equal in a map before it, or batch them one by one; axis sizes are ${a} and ${b}.`
const typed = (elements: unknown[], dtype: DType) =>
  Dataset.fromGenerator(elements, { outputSignature: new TensorSpec([], dtype) }).batch(2)

describe('a wrong element', () => {
  const of = (...elements: unknown[]) => Dataset.fromGenerator(elements).batch(elements.length)
  const holds = 'It holds plain objects and arrays of numbers, bigints, booleans, strings, Uint8Arrays and NdArrays.'
  const rows: readonly (readonly [message: string, Dataset<unknown>])[] = [
    [
      'fromGenerator: element 1 is undefined. Give null for what is missing, or leave it out.',
      Dataset.fromGenerator([1, undefined]),
    ],
    [
      'range.map: the function returned undefined for element 0. Is a return missing?',
      Dataset.range(2).map(() => undefined),
    ],
    [
      'range.map: the function returned undefined for element 1. Is a return missing?',
      Dataset.range(2).map((x) => Promise.resolve(x === 1 ? undefined : x)),
    ],
    [
      'range.map: the function returned undefined for element 0. Is a return missing?',
      Dataset.range(2).map(() => undefined, { numParallelCalls: 2 }),
    ],
    [
      'range.filter: the function returned undefined for element 0. Is a return missing?',
      Dataset.range(2).filter(() => undefined as unknown as boolean),
    ],
    [
      `fromGenerator.batch: element 0 is an NdArray int32 [2], but element 1 is an NdArray int32 [3]: ${stacking} ${sizes('[2]', '[3]')}`,
      of(ndarray([1, 2]), ndarray([1, 2, 3])),
    ],
    [
      `fromGenerator.batch: x of element 0 is an NdArray int32 [1], but x of element 1 is an NdArray float32 [1]: ${stacking} ${same}`,
      of({ x: ndarray([1]) }, { x: ndarray([0.5]) }),
    ],
    [`fromGenerator.batch: element 0 is 1, but element 2 is the string "a": ${stacking} ${same}`, of(1, 2, 'a')],
    [`fromGenerator.batch: element 0 is 1, but element 1 is null: ${stacking} ${same}`, of(1, null)],
    [
      `fromGenerator.batch: element 0 is an NdArray int32 [1], but element 1 is 1: ${stacking} ${same}`,
      of(ndarray([1]), 1),
    ],
    [
      `fromGenerator.batch: element 0 is an object {a}, but element 1 is an object {b}: ${stacking} ${same}`,
      of({ a: 1 }, { b: 1 }),
    ],
    [
      `fromGenerator.batch: element 0 is an object {a}, but element 1 is an object {a, b}: ${stacking} ${same}`,
      of({ a: 1 }, { a: 1, b: 2 }),
    ],
    [
      `fromGenerator.batch: element 0 is an array of 2, but element 1 is an array of 1: ${stacking} ${same}`,
      of([1, 2], [1]),
    ],
    [
      `fromGenerator.batch: element 0 is an array of 1, but element 1 is an object {0}: ${stacking} ${same}`,
      of([1], { 0: 1 }),
    ],
    [
      `fromGenerator.batch: a.b[1] of element 0 is true, but a.b[1] of element 1 is 1n: ${stacking} ${same}`,
      of({ a: { b: [1, true] } }, { a: { b: [1, 1n] } }),
    ],
    [`fromGenerator.batch: element 0 is null, which an element cannot hold. ${holds}`, of(null)],
    [`fromGenerator.batch: x of element 0 is a Map, which an element cannot hold. ${holds}`, of({ x: new Map() })],
    [
      'fromGenerator.batch: x of element 0 is a Float32Array, which an element cannot hold. Wrap it: ndarray(value).',
      of({ x: Float32Array.of(1) }),
    ],
    [`fromGenerator.batch: element 1 is 16777217, which float32 cannot hold. ${float32}`, of(1, 2 ** 24 + 1)],
    [`fromGenerator.batch: element 0 is 1e+39, which float32 cannot hold. ${float32}`, of(1e39)],
    [`fromGenerator.batch: element 0 is 9223372036854775808, which int64 cannot hold. ${float32}`, of(2n ** 63n)],
    [`fromGenerator.batch: element 1 is 1.5, which int32 cannot hold. ${float32}`, typed([1, 1.5], 'int32')],
    [`fromGenerator.batch: element 0 is 2147483648, which int32 cannot hold. ${float32}`, typed([2 ** 31], 'int32')],
    [`fromGenerator.batch: element 0 is -1, which uint8 cannot hold. ${float32}`, typed([-1], 'uint8')],
    [`fromGenerator.batch: element 0 is NaN, which int32 cannot hold. ${float32}`, typed([NaN], 'int32')],
    [`fromGenerator.batch: element 3 is 1.5, which int32 cannot hold. ${float32}`, typed([1, 2, 3, 1.5], 'int32')],
    [
      'fromGenerator.unbatch: element 1: the tensor is 5, which has no rows.',
      Dataset.fromGenerator([ndarray([1]), 5]).unbatch(),
    ],
    [
      'fromGenerator.unbatch: element 0: y is an NdArray int32 [1], but x is an NdArray int32 [2]. All leaves must have the same number of rows.',
      Dataset.fromGenerator([{ x: ndarray([1, 2]), y: ndarray([1]) }]).unbatch(),
    ],
    ['fromGenerator: what input() returns must be an iterable, got 5.', Dataset.fromGenerator((() => 5) as never)],
  ]

  it.each(rows)('%s', async (message, dataset) => {
    const error = await failure(dataset)
    expect(error.message).toBe(message)
    expect(error).toBeInstanceOf(InvalidArgumentError)
  })
})

describe('what can be read once', () => {
  it.each([
    [
      'a generator object',
      () =>
        (function* () {
          yield 1
        })(),
    ],
    [
      'an async generator object',
      () =>
        (async function* () {
          yield await Promise.resolve(1)
        })(),
    ],
    [
      'a web stream',
      () =>
        new ReadableStream({
          start: (c) => {
            c.enqueue(1)
            c.close()
          },
        }) as AsyncIterable<number>,
    ],
  ])('says so where %s is read again', async (_what, make) => {
    const dataset = Dataset.fromGenerator(make())
    expect(await dataset.toArray()).toEqual([1])
    const error = await failure(dataset.map((x) => x))
    expect(error).toBeInstanceOf(FailedPreconditionError)
    expect(error.message).toBe(
      'fromGenerator: this stream or generator was read already, and can be read once only. Give a function that makes a new one for each pass: fromGenerator(() => open()).',
    )
  })

  it('says so in the second pass of a repeat', async () => {
    const error = await failure(Dataset.fromGenerator([1].values()).repeat(2))
    expect(error).toBeInstanceOf(FailedPreconditionError)
  })
})
