import { describe, expect, it } from 'vitest'
import { ndarray } from 'millrace'
import { difference, type Tolerance } from 'millrace/testing'

const floats = (...values: number[]) => ndarray(Float32Array.from(values))

describe('difference', () => {
  it.each<[unknown, unknown]>([
    [1, 1],
    [NaN, NaN],
    ['a', 'a'],
    [12n, 12n],
    [null, null],
    [Uint8Array.of(1, 2), Buffer.from([1, 2])],
    [floats(1, NaN), floats(1, NaN)],
    [{ a: [1, { b: floats() }] }, { a: [1, { b: floats() }] }],
    [ndarray(['a', 'b']), ndarray(['a', 'b'])],
  ])('finds none between %o and %o', (actual, expected) => {
    expect(difference(actual, expected)).toBeUndefined()
  })

  it.each<[unknown, unknown, string]>([
    [1, 2, 'it is 1 instead of 2'],
    [0, -0, 'it is 0 instead of -0'],
    [1, 1n, 'it is 1 instead of 1n'],
    ['a', 'b', 'it is "a" instead of "b"'],
    [{ a: 1 }, { a: 1, b: 2 }, 'it lacks b'],
    [{ a: 1, b: 2 }, { a: 1 }, 'it has b, which it should not'],
    [{ a: [1, 2] }, { a: [1, 3] }, 'a[1] is 2 instead of 3'],
    [[1], { 0: 1 }, 'it is an array of 1 instead of an object {0}'],
    [floats(1), floats(1, 2), 'it is an NdArray float32 [1] instead of an NdArray float32 [2]'],
    [{ x: { y: floats(1, 2) } }, { x: { y: floats(1, 3) } }, 'x.y.data[1] is 2 instead of 3'],
    [floats(0), ndarray(Int32Array.of(0)), 'it is an NdArray float32 [1] instead of an NdArray int32 [1]'],
    [Uint8Array.of(1), Uint8Array.of(1, 2), 'it has 1 values instead of 2'],
    [Uint8Array.of(1, 4), Uint8Array.of(1, 2), 'it[1] is 4 instead of 2'],
    [ndarray(['a', 'b']), ndarray(['a', 'c']), 'data[1] is "b" instead of "c"'],
  ])('between %o and %o is %s', (actual, expected, text) => {
    expect(difference(actual, expected)).toBe(text)
  })

  it.each<[unknown, unknown, Tolerance, boolean]>([
    [1, 1.05, { absolute: 0.1 }, true],
    [1, 1.2, { absolute: 0.1 }, false],
    [100, 101, { relative: 0.01 }, true],
    [100, 102, { relative: 0.01 }, false],
    [floats(1, 2), floats(1, 2.05), { absolute: 0.1 }, true],
    [ndarray(Int32Array.of(1)), ndarray(Int32Array.of(2)), { absolute: 5 }, false],
    [NaN, 1, { absolute: 5 }, false],
  ])('of %o and %o under %o: equal is %s', (actual, expected, tolerance, same) => {
    expect(difference(actual, expected, tolerance) === undefined).toBe(same)
  })
})
