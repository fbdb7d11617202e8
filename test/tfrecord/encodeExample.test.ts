import { describe, expect, it } from 'vitest'
import { NdArray } from '../../src/ndarray/ndarray.ts'
import { decodeExample } from '../../src/tfrecord/decodeExample.ts'
import { encodeExample } from '../../src/tfrecord/encodeExample.ts'
import { ExampleEncoder } from '../../src/tfrecord/exampleEncoder.ts'
import { bytesFeature, floatFeature, int64Feature, type FeatureInput } from '../../src/tfrecord/feature.ts'
import { hexOf } from './fixtures.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const kinds: readonly (readonly [what: string, input: FeatureInput, kind: string, values: unknown])[] = [
  ['text', 'é', 'bytes', [bytes(0xc3, 0xa9)]],
  ['empty text', '', 'bytes', [bytes()]],
  ['bytes', bytes(1, 2), 'bytes', [bytes(1, 2)]],
  ['a Buffer', Buffer.from([1, 2]), 'bytes', [bytes(1, 2)]],
  ['clamped bytes', Uint8ClampedArray.of(1, 2), 'bytes', [bytes(1, 2)]],
  ['texts', ['a', ''], 'bytes', [bytes(97), bytes()]],
  ['byte strings', [bytes(1), bytes()], 'bytes', [bytes(1), bytes()]],
  ['a whole number', 3, 'int64', BigInt64Array.of(3n)],
  ['a negative number', -3, 'int64', BigInt64Array.of(-3n)],
  ['minus zero', -0, 'int64', BigInt64Array.of(0n)],
  ['the largest safe number', 2 ** 53 - 1, 'int64', BigInt64Array.of(2n ** 53n - 1n)],
  ['the least safe number', 1 - 2 ** 53, 'int64', BigInt64Array.of(1n - 2n ** 53n)],
  ['a fraction', 0.5, 'float', Float32Array.of(0.5)],
  ['infinity', Infinity, 'float', Float32Array.of(Infinity)],
  ['whole numbers', [1, 2 ** 31, -1], 'int64', BigInt64Array.of(1n, 2n ** 31n, -1n)],
  ['numbers with a fraction', [1, 2.5], 'float', Float32Array.of(1, 2.5)],
  ['a bigint', 2n ** 63n - 1n, 'int64', BigInt64Array.of(2n ** 63n - 1n)],
  ['bigints', [1n, -1n], 'int64', BigInt64Array.of(1n, -1n)],
  ['a boolean', true, 'int64', BigInt64Array.of(1n)],
  ['booleans', [true, false], 'int64', BigInt64Array.of(1n, 0n)],
  ['an Int32Array', Int32Array.of(-1, 2), 'int64', BigInt64Array.of(-1n, 2n)],
  ['a Uint32Array', Uint32Array.of(2 ** 32 - 1), 'int64', BigInt64Array.of(2n ** 32n - 1n)],
  ['a BigInt64Array', BigInt64Array.of(-(2n ** 63n)), 'int64', BigInt64Array.of(-(2n ** 63n))],
  ['an empty Int32Array', new Int32Array(0), 'int64', new BigInt64Array(0)],
  ['a Float32Array', Float32Array.of(1, 2), 'float', Float32Array.of(1, 2)],
  ['a Float64Array', Float64Array.of(0.1), 'float', Float32Array.of(0.1)],
  ['an NdArray of uint8', new NdArray('uint8', [1, 2], bytes(1, 2)), 'bytes', [bytes(1, 2)]],
  ['an NdArray of bool', new NdArray('bool', [2], bytes(0, 1)), 'int64', BigInt64Array.of(0n, 1n)],
  ['an NdArray of int32', new NdArray('int32', [1], Int32Array.of(-7)), 'int64', BigInt64Array.of(-7n)],
  ['an NdArray of float64', new NdArray('float64', [1], Float64Array.of(0.5)), 'float', Float32Array.of(0.5)],
  ['an NdArray of string', new NdArray('string', [1], ['x']), 'bytes', [bytes(120)]],
  ['bytesFeature of one', bytesFeature('x'), 'bytes', [bytes(120)]],
  ['bytesFeature of several', bytesFeature([bytes(1), 'x']), 'bytes', [bytes(1), bytes(120)]],
  ['bytesFeature of none', bytesFeature([]), 'bytes', []],
  ['floatFeature of a whole number', floatFeature(1), 'float', Float32Array.of(1)],
  ['floatFeature of none', floatFeature([]), 'float', new Float32Array(0)],
  ['int64Feature of one', int64Feature(true), 'int64', BigInt64Array.of(1n)],
  ['int64Feature of several kinds', int64Feature([1, 2n, false]), 'int64', BigInt64Array.of(1n, 2n, 0n)],
  ['int64Feature of bytes', int64Feature(bytes(1, 200)), 'int64', BigInt64Array.of(1n, 200n)],
  ['nothing', { kind: 'none', values: [] }, 'none', []],
]

describe('encodeExample', () => {
  it.each(kinds)('%s', (_, input, kind, values) => {
    expect(decodeExample(encodeExample({ a: input })).a).toEqual({ kind, values })
  })

  it.each<readonly [what: string, input: unknown, message: RegExp]>([
    ['an empty array', [], /feature "a" cannot be made of an array of 0\. An empty list says nothing about its kind/],
    ['undefined', undefined, /feature "a" cannot be made of undefined\./],
    ['null', null, /feature "a" cannot be made of null\./],
    ['a function', () => 1, /feature "a" cannot be made of a function\./],
    ['nested arrays', [[1]], /feature "a" cannot be made of an array of 1\./],
    ['a DataView', new DataView(new ArrayBuffer(1)), /feature "a" cannot be made of a DataView\./],
    ['an unknown kind', { kind: 'double', values: [1] }, /feature "a" has an unknown kind\./],
    ['values that are none', { kind: 'int64', values: 3 }, /feature "a" is of kind int64 and cannot hold 3\./],
    ['texts and numbers', ['x', 1], /feature "a" is of kind bytes and cannot hold 1\./],
    ['numbers and texts', [1, 'x'], /feature "a" is of kind float and cannot hold the string "x"\./],
    ['a number above 2^53', 2 ** 53, /feature "a" is of kind int64 and cannot hold 9007199254740992\./],
    ['a bigint of 65 bits', 2n ** 63n, /feature "a" is of kind int64 and cannot hold 9223372036854775808n\./],
    ['a fraction as int64', int64Feature(0.5), /feature "a" is of kind int64 and cannot hold 0\.5\./],
    ['NaN as int64', int64Feature([1, NaN]), /feature "a" is of kind int64 and cannot hold NaN\./],
    ['a bigint as float', floatFeature([1n] as never), /feature "a" is of kind float and cannot hold 1n\./],
    ['half a character', '\ud800', /feature "a" is of kind bytes and cannot hold/],
  ])('refuses %s', (_, input, message) => {
    expect(() => encodeExample({ a: input as FeatureInput })).toThrow(
      expect.objectContaining({ name: 'InvalidArgumentError', message: expect.stringMatching(message) as string }),
    )
  })

  it('refuses what is not an object of features', () => {
    for (const input of [null, 3, 'x', [1], Int32Array.of(1)]) {
      expect(() => encodeExample(input as never)).toThrow(/an Example is made of an object of features, got /)
    }
  })

  it('refuses a name that is half a character', () => {
    expect(() => encodeExample({ '\ud800': 1 })).toThrow(/is not valid Unicode text/)
  })

  it('gives the same bytes whatever the order of the names, a name before its beginnings', () => {
    const one = encodeExample({ b: 1, ab: 2, a: 3, é: 4 })
    expect(hexOf(encodeExample({ é: 4, a: 3, ab: 2, b: 1 }))).toBe(hexOf(one))
    expect(Object.keys(decodeExample(one))).toEqual(['ab', 'a', 'b', 'é'])
  })

  it('does not change the names it was given while it remembers them', () => {
    expect(Object.keys(decodeExample(encodeExample({ b: 1, a: 2 })))).toEqual(['a', 'b'])
    expect(Object.keys(decodeExample(encodeExample({ b: 1, c: 2 })))).toEqual(['b', 'c'])
    expect(Object.keys(decodeExample(encodeExample({ b: 1 })))).toEqual(['b'])
    expect(Object.keys(decodeExample(encodeExample({})))).toEqual([])
  })
})

describe('ExampleEncoder', () => {
  const encode = (encoder: ExampleEncoder, price: FeatureInput): unknown => {
    const into = new Uint8Array(encoder.measure({ price }))
    expect(encoder.write(into, 0)).toBe(into.length)
    return decodeExample(into).price?.kind
  }

  it('keeps the kind that plain numbers had first', () => {
    const encoder = new ExampleEncoder({ keepKinds: true })
    expect([1.5, 2, [3, 4]].map((price) => encode(encoder, price))).toEqual(['float', 'float', 'float'])
    expect(encode(encoder, int64Feature(1))).toBe('int64')
  })

  it('refuses a fraction after whole numbers, and says how to mean it', () => {
    const encoder = new ExampleEncoder({ keepKinds: true })
    expect(encode(encoder, 1)).toBe('int64')
    expect(() => encode(encoder, 1.5)).toThrow(/feature "price" is of kind int64 and cannot hold 1\.5\. .*floatFeature/)
  })

  it('decides each time if not told to keep kinds', () => {
    const encoder = new ExampleEncoder()
    expect([1, 1.5, 1].map((price) => encode(encoder, price))).toEqual(['int64', 'float', 'int64'])
  })
})
