import { describe, expect, it } from 'vitest'
import { TensorSpec, type DType } from '../../src/core/spec.ts'
import { isStructure, specOf } from '../../src/ndarray/element.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { rowsOf } from '../../src/ndarray/rows.ts'
import { stack } from '../../src/ndarray/stack.ts'
import { plain } from '../contract/run.ts'

describe('stack', () => {
  it.each([
    [[1, 2], 'float32'],
    [[0.1, NaN, Infinity], 'float32'],
    [[1n, 2n], 'int64'],
    [[true, false], 'bool'],
    [['a', 'b'], 'string'],
    [[Uint8Array.of(1), Uint8Array.of(2, 3)], 'bytes'],
  ])('makes a vector of %s', (values, dtype) => {
    expect(stack<unknown>(values)).toMatchObject({ dtype, shape: [values.length] })
  })

  it.each(['float32', 'float64', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'] as DType[])(
    'takes the dtype %s from the spec',
    (dtype) => {
      expect(stack([1, 2], new TensorSpec([], dtype))).toMatchObject({ dtype, shape: [2] })
      const inner = stack([{ a: [1] }, { a: [2] }], { a: [new TensorSpec([], dtype)] })
      expect(inner.a[0]).toMatchObject({ dtype, shape: [2] })
    },
  )

  it('copies', () => {
    const row = ndarray(Float32Array.of(1, 2))
    const batch = stack([row, row])
    row.data[0] = 9
    expect(batch.toArray()).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  it('is the inverse of rows, for every dtype and size', () => {
    const rows: NdArray[] = [
      ndarray(['a', 'b']),
      ndarray([1n, 2n]),
      ndarray([true, false]),
      ndarray([Uint8Array.of(1)]),
      ndarray(new Float32Array(0), [0, 3]),
      ndarray(5),
      new NdArray(
        'int16',
        [4, 5],
        Int16Array.from({ length: 20 }, (_, i) => i),
      ),
      new NdArray(
        'int64',
        [20],
        BigInt64Array.from({ length: 20 }, (_, i) => BigInt(i)),
      ),
    ]
    for (const row of rows) {
      const back = rowsOf<unknown>(stack([row, row, row]))
      expect(back.length).toBe(3)
      const expected = row.rank === 0 ? row.toArray() : plain(row)
      expect([0, 1, 2].map((i) => plain(back.at(i)))).toEqual([expected, expected, expected])
    }
  })

  it('keeps the order of keys', () => {
    expect(
      Object.keys(
        stack([
          { b: 1, a: 2 },
          { a: 1, b: 2 },
        ]),
      ),
    ).toEqual(['b', 'a'])
  })
})

describe('rowsOf', () => {
  it('gives views on the memory, also where it begins within a buffer', () => {
    const whole = Float64Array.from({ length: 8 }, (_, i) => i)
    const rows = rowsOf<{ x: NdArray<'float64'> }>({ x: new NdArray('float64', [2, 2], whole.subarray(2, 6)) })
    const { x } = rows.at(1)
    expect(x.toArray()).toEqual([4, 5])
    expect(x.data.buffer).toBe(whole.buffer)
  })
})

describe('specOf', () => {
  it('shows what an element is', () => {
    const element = { a: [1, 'x', 2n], b: ndarray([[1, 2]]), c: { d: true, e: Uint8Array.of(1) } }
    expect(specOf(element, 'int32')).toEqual({
      a: [new TensorSpec([], 'int32'), new TensorSpec([], 'string'), new TensorSpec([], 'int64')],
      b: new TensorSpec([1, 2], 'int32'),
      c: { d: new TensorSpec([], 'bool'), e: new TensorSpec([], 'bytes') },
    })
    expect(specOf(0.5)).toEqual(new TensorSpec([], 'float32'))
    expect(specOf(7, (value) => (value > 5 ? 'uint8' : 'int8'))).toEqual(new TensorSpec([], 'uint8'))
  })

  it.each([
    ['null', null, 'the element is null, which an element cannot hold.'],
    ['a Date', { at: new Date() }, 'at is a Date, which an element cannot hold.'],
    ['a promise', { a: [Promise.resolve(1)] }, 'a[0] is a Promise, which an element cannot hold.'],
    ['a function', { f: () => 1 }, 'f is a function, which an element cannot hold.'],
    ['undefined', { x: undefined }, 'x is undefined, which an element cannot hold.'],
    [
      'a typed array',
      { x: Int8Array.of(1) },
      'x is a Int8Array, which an element cannot hold. Wrap it: ndarray(value).',
    ],
  ])('refuses %s', (_what, element, message) => {
    expect(() => specOf(element)).toThrow(message)
  })
})

describe('isStructure', () => {
  it.each([
    [{}, true],
    [[], true],
    [Object.create(null), true],
    [{ x: 1 }, true],
    [
      new (class Point {
        x = 1
      })(),
      false,
    ],
    [new Map(), false],
    [Promise.resolve(), false],
    [ndarray([1]), false],
    [Uint8Array.of(1), false],
    [null, false],
    [() => 1, false],
  ])('%o: %s', (value, expected) => {
    expect(isStructure(value)).toBe(expected)
  })
})
