import { describe, expect, it } from 'vitest'
import { InvalidArgumentError, messageOf } from '../../src/core/errors.ts'
import type { DType } from '../../src/core/spec.ts'
import { allocate, dtypeOf, dtypes, isTyped, itemBytes, type TypedDType } from '../../src/ndarray/dtype.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'

const thrown = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError)
    return messageOf(error)
  }
  return 'nothing was thrown'
}

/** Each dtype: what holds it, bytes a value, values it holds and values it does not. */
const table: readonly (readonly [
  DType,
  unknown,
  number,
  readonly unknown[],
  readonly (readonly [unknown, string])[],
])[] = [
  [
    'float32',
    Float32Array,
    4,
    [0, -1.5, 2 ** 24, Infinity, NaN],
    [
      [2 ** 24 + 1, '16777217'],
      [1n, '1n'],
      [true, 'true'],
    ],
  ],
  [
    'float64',
    Float64Array,
    8,
    [0, 0.1, 2 ** 53, -Infinity, NaN],
    [
      ['1', 'the string "1"'],
      [null, 'null'],
    ],
  ],
  [
    'int8',
    Int8Array,
    1,
    [-128, 127],
    [
      [-129, '-129'],
      [128, '128'],
      [0.5, '0.5'],
      [NaN, 'NaN'],
    ],
  ],
  [
    'int16',
    Int16Array,
    2,
    [-32768, 32767],
    [
      [32768, '32768'],
      [-32769, '-32769'],
    ],
  ],
  [
    'int32',
    Int32Array,
    4,
    [-(2 ** 31), 2 ** 31 - 1],
    [
      [2 ** 31, '2147483648'],
      [1.5, '1.5'],
      [Infinity, 'Infinity'],
    ],
  ],
  [
    'uint8',
    Uint8Array,
    1,
    [0, 255],
    [
      [-1, '-1'],
      [256, '256'],
      [true, 'true'],
    ],
  ],
  ['uint16', Uint16Array, 2, [0, 65535], [[65536, '65536']]],
  [
    'uint32',
    Uint32Array,
    4,
    [0, 2 ** 32 - 1],
    [
      [2 ** 32, '4294967296'],
      [-1, '-1'],
    ],
  ],
  [
    'int64',
    BigInt64Array,
    8,
    [-(2n ** 63n), 2n ** 63n - 1n],
    [
      [2n ** 63n, '9223372036854775808n'],
      [1, '1'],
    ],
  ],
  [
    'bool',
    Uint8Array,
    1,
    [true, false],
    [
      [1, '1'],
      ['true', 'the string "true"'],
    ],
  ],
  [
    'string',
    Array,
    0,
    ['', 'ä'],
    [
      [1, '1'],
      [Uint8Array.of(1), 'a Uint8Array'],
    ],
  ],
  [
    'bytes',
    Array,
    0,
    [Uint8Array.of(), Uint8Array.of(1, 2)],
    [
      ['a', 'the string "a"'],
      [1, '1'],
    ],
  ],
]

describe('dtypes', () => {
  it('are all in the table', () => {
    expect(table.map(([dtype]) => dtype).toSorted()).toEqual([...dtypes].toSorted())
  })

  it.each(table)('%s', (dtype, Class, bytes, held, refused) => {
    const array = ndarray(held, [held.length], dtype)
    expect(array.dtype).toBe(dtype)
    expect(array.data).toBeInstanceOf(Class)
    expect(array.toArray()).toEqual(held)
    expect(isTyped(dtype)).toBe(bytes > 0)
    expect(allocate(dtype, 3)).toHaveLength(3)
    if (bytes > 0) expect(itemBytes(dtype as TypedDType)).toBe(bytes)
    if (bytes > 0 && dtype !== 'bool') expect(dtypeOf(array.data as Uint8Array)).toBe(dtype)
    for (const [value, text] of refused) {
      expect(thrown(() => ndarray([value], [1], dtype))).toBe(`${dtype} cannot hold ${text}.`)
    }
  })
})

describe('ndarray()', () => {
  it.each([
    [[1, 2, -3], 'int32', [3]],
    [[1, 2.5], 'float32', [2]],
    [[1, 2 ** 31], 'float32', [2]],
    [[], 'float32', [0]],
    [[[], []], 'float32', [2, 0]],
    [[1n], 'int64', [1]],
    [[true, false], 'bool', [2]],
    [['a'], 'string', [1]],
    [[Uint8Array.of(1)], 'bytes', [1]],
    [[[[1]], [[2]]], 'int32', [2, 1, 1]],
    [7, 'int32', []],
    ['a', 'string', []],
    [Float64Array.of(1, 2), 'float64', [2]],
    [Buffer.from('ab'), 'uint8', [2]],
  ])('infers the dtype and shape of %s', (values, dtype, shape) => {
    const array = ndarray(values)
    expect(array).toMatchObject({ dtype, shape })
    expect(array.rank).toBe(shape.length)
  })

  it('shares the memory of a typed array, and copies into another dtype', () => {
    const data = Int16Array.of(1, 2, 3, 4)
    expect(ndarray(data, [2, 2]).data).toBe(data)
    expect(ndarray(data, [2, 2], 'int16').data).toBe(data)
    expect(ndarray(data, [4], 'float32').data).toEqual(Float32Array.of(1, 2, 3, 4))
  })

  it('reshapes an NdArray, and changes its dtype', () => {
    const array = ndarray([1, 2, 3, 4])
    expect(ndarray(array, [2, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(ndarray(array).data).toBe(array.data)
    expect(ndarray(array, undefined, 'uint8')).toMatchObject({ dtype: 'uint8', shape: [4] })
  })

  it.each([
    [[[1, 2], [3]], 'nested arrays must have equal lengths: an array of 1 at [1] does not fit [2, 2].'],
    [[[1, 2], 3], 'nested arrays must have equal lengths: 3 at [1] does not fit [2, 2].'],
    [[1, [2]], 'nested arrays must have equal lengths: an array of 1 at [1] does not fit [2].'],
    [
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      'nested arrays must have equal lengths: an array of 2 at [1][1] does not fit [2, 2, 1].',
    ],
    [[1, 'a'], 'float32 cannot hold the string "a".'],
    [['a', 1], 'string cannot hold 1.'],
    [[true, 1], 'bool cannot hold 1.'],
    [[0.5, 2 ** 24 + 1], 'float32 cannot hold 16777217.'],
    [[undefined], 'float32 cannot hold undefined.'],
    [new Uint8ClampedArray(1), 'float32 cannot hold a Uint8ClampedArray.'],
  ])('refuses %s', (values, message) => {
    expect(thrown(() => ndarray(values as unknown))).toBe(message)
  })

  it('refuses wrong shapes and dtypes', () => {
    expect(thrown(() => ndarray([1, 2], [3]))).toBe('shape [3] holds 3 values, got 2.')
    expect(thrown(() => ndarray([1, 2, 3, 4], [-2, -2]))).toBe(
      'shape must hold whole numbers of at least 0, got [-2, -2].',
    )
    expect(thrown(() => ndarray([1, 2, 3], [1.5, 2]))).toBe(
      'shape must hold whole numbers of at least 0, got [1.5, 2].',
    )
    expect(thrown(() => ndarray([1], [1], 'int7' as DType))).toBe(
      'ndarray: there is no dtype int7. It is one of float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, bool, string, bytes.',
    )
  })
})

describe('NdArray', () => {
  const matrix = new NdArray('int32', [3, 2], Int32Array.of(1, 2, 3, 4, 5, 6))

  it('gives rows and slices that share its memory', () => {
    const row = matrix.row(1) as NdArray<'int32'>
    const slice = matrix.slice(1)
    expect(row.toArray()).toEqual([3, 4])
    expect(slice.toArray()).toEqual([
      [3, 4],
      [5, 6],
    ])
    expect(matrix.slice(1, 1)).toMatchObject({ shape: [0, 2] })
    expect(row.data.buffer).toBe(matrix.data.buffer)
    expect(slice.data.buffer).toBe(matrix.data.buffer)
    expect(matrix.reshape([6]).data).toBe(matrix.data)
  })

  it.each([
    ['bool', ndarray([true, false]), [true, false]],
    ['int64', ndarray([1n, -1n]), [1n, -1n]],
    ['string', ndarray(['a', 'b']), ['a', 'b']],
    ['number', ndarray([0.5, 1]), [0.5, 1]],
  ])('gives plain scalars of a %s vector', (_kind, array, values) => {
    expect([array.row(0), array.row(1)]).toEqual(values)
  })

  it('gives rows of matrices of text', () => {
    const row = ndarray([
      ['a', 'b'],
      ['c', 'd'],
    ]).row(1) as NdArray
    expect(row).toMatchObject({ dtype: 'string', shape: [2], data: ['c', 'd'] })
  })

  it.each([
    ['there is no row 3 in int32 [3, 2].', () => matrix.row(3)],
    ['there is no row -1 in int32 [3, 2].', () => matrix.row(-1)],
    ['there is no row 0.5 in int32 [3, 2].', () => matrix.row(0.5)],
    ['there are no rows 2 to 1 in int32 [3, 2].', () => matrix.slice(2, 1)],
    ['there are no rows 0 to 4 in int32 [3, 2].', () => matrix.slice(0, 4)],
    ['a scalar int32 [] has no rows.', () => ndarray(5).row(0)],
    ['a scalar int32 [] has no rows.', () => ndarray(5).slice(0, 0)],
    ['shape [4] holds 4 values, got 6.', () => matrix.reshape([4])],
  ])('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})
