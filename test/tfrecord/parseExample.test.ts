import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { specText, type DType } from '../../src/core/spec.ts'
import { isNdArray, NdArray } from '../../src/ndarray/ndarray.ts'
import { checkedParse } from '../../src/tfrecord/checkedParse.ts'
import { encodeExample } from '../../src/tfrecord/encodeExample.ts'
import { floatFeature, int64Feature, type FeatureInput } from '../../src/tfrecord/feature.ts'
import { featureSpec } from '../../src/tfrecord/features.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { fixedSlot } from '../../src/tfrecord/fixedSlot.ts'
import { compileParser, parseExample } from '../../src/tfrecord/parseExample.ts'
import { fixtures, fromHex } from './fixtures.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** The feature `a` of a record that stores `stored`. */
function parsed(stored: FeatureInput, shape: readonly number[], dtype: DType): unknown {
  const feature = FixedLenFeature(shape, dtype)
  const record = encodeExample({ a: stored })
  const value = parseExample(record, { a: feature }).a
  expect(checkedParse(record, [fixedSlot('a', feature)])[0]).toEqual(value)
  return value
}

describe('parseExample', () => {
  it('gives scalars and NdArrays by name, in the order asked for', () => {
    const record = encodeExample({ label: 7, image: bytes(1, 2, 3, 4), other: 'x', 'long/name': [1.5, 2] })
    const features = {
      'long/name': FixedLenFeature([2], 'float32'),
      label: FixedLenFeature([], 'int32'),
      image: FixedLenFeature([2, 2, 1], 'uint8'),
    }
    const element = parseExample(record, features)
    expect(Object.keys(element)).toEqual(['long/name', 'label', 'image'])
    expect(element).toEqual({
      'long/name': new NdArray('float32', [2], Float32Array.of(1.5, 2)),
      label: 7,
      image: new NdArray('uint8', [2, 2, 1], bytes(1, 2, 3, 4)),
    })
  })

  it.each<readonly [dtype: DType, stored: FeatureInput, value: unknown]>([
    ['int64', 2n ** 63n - 1n, 2n ** 63n - 1n],
    ['int64', -1, -1n],
    ['bool', true, true],
    ['bool', 0, false],
    ['int8', -128, -128],
    ['int16', 32767, 32767],
    ['int32', -(2 ** 31), -(2 ** 31)],
    ['uint8', 255, 255],
    ['uint16', 65535, 65535],
    ['uint32', 2 ** 32 - 1, 2 ** 32 - 1],
    ['float64', 2 ** 53 - 1, 2 ** 53 - 1],
    ['float64', 1 - 2 ** 53, 1 - 2 ** 53],
    ['float64', 0.5, 0.5],
    ['float32', floatFeature(3), 3],
    ['string', 'né', 'né'],
    ['string', '', ''],
    ['string', '\ufeffbom', '\ufeffbom'],
    ['bytes', bytes(255, 0), bytes(255, 0)],
    ['uint8', bytes(200), 200],
    ['int16', bytes(255, 255), -1],
    ['int64', bytes(1, 0, 0, 0, 0, 0, 0, 128), -(2n ** 63n) + 1n],
    ['float32', bytes(0, 0, 128, 63), 1],
    ['bool', bytes(1), true],
  ])('%s of %o as a scalar', (dtype, stored, value) => expect(parsed(stored, [], dtype)).toEqual(value))

  it.each<readonly [dtype: DType, stored: FeatureInput, data: unknown]>([
    ['int64', [1n, -1n], BigInt64Array.of(1n, -1n)],
    ['bool', [true, false], bytes(1, 0)],
    ['int8', [-128, 127], Int8Array.of(-128, 127)],
    ['int16', [-32768, 300], Int16Array.of(-32768, 300)],
    ['int32', [-1, 2 ** 31 - 1], Int32Array.of(-1, 2 ** 31 - 1)],
    ['uint8', int64Feature([0, 255]), bytes(0, 255)],
    ['uint16', [127, 128], Uint16Array.of(127, 128)],
    ['uint32', [16384, 2 ** 32 - 1], Uint32Array.of(16384, 2 ** 32 - 1)],
    ['float64', [-1, 2 ** 40], Float64Array.of(-1, 2 ** 40)],
    ['float64', [0.5, 1], Float64Array.of(0.5, 1)],
    ['float32', [0.5, NaN], Float32Array.of(0.5, NaN)],
    ['string', ['a', 'é'], ['a', 'é']],
    ['bytes', [bytes(), bytes(1)], [bytes(), bytes(1)]],
    ['uint8', bytes(1, 2), bytes(1, 2)],
    ['bool', bytes(1, 0), bytes(1, 0)],
    ['uint16', bytes(1, 2, 3, 4), Uint16Array.of(0x0201, 0x0403)],
    ['float32', bytes(0, 0, 128, 63, 0, 0, 0, 192), Float32Array.of(1, -2)],
    ['float64', new Uint8Array(16), new Float64Array(2)],
    ['int64', bytes(1, 0, 0, 0, 0, 0, 0, 0, ...new Uint8Array(8).fill(255)), BigInt64Array.of(1n, -1n)],
  ])('%s of %o as an NdArray', (dtype, stored, data) => {
    for (const shape of [[2], [1, 2], [2, 1, 1]]) {
      const value = parsed(stored, shape, dtype)
      expect(isNdArray(value) && [value.dtype, value.shape, value.data]).toEqual([dtype, shape, data])
    }
  })

  it.each<readonly [dtype: DType, stored: FeatureInput]>([
    ['int32', int64Feature([])],
    ['float32', floatFeature([])],
    ['bytes', { kind: 'bytes', values: [] }],
    ['uint8', { kind: 'bytes', values: [] }],
    ['uint8', bytes()],
  ])('%s of no values', (dtype, stored) => {
    const value = parsed(stored, [0, 3], dtype)
    expect(isNdArray(value) && value.size).toBe(0)
  })

  it('gives raw uint8 and byte strings as views on the record', () => {
    const record = encodeExample({ image: new Uint8Array(784), name: bytes(1) })
    const { image, name } = parseExample(record, {
      image: FixedLenFeature([28, 28], 'uint8'),
      name: FixedLenFeature([], 'bytes'),
    })
    expect(image.data.buffer).toBe(record.buffer)
    expect(name.buffer).toBe(record.buffer)
  })

  it('reads raw values at any alignment', () => {
    const record = encodeExample({ a: new Uint8Array(Float64Array.of(1, -2.5).buffer) })
    for (let at = 0; at < 8; at++) {
      const moved = new Uint8Array(record.length + 8)
      moved.set(record, at)
      const view = moved.subarray(at, at + record.length)
      expect(parseExample(view, { a: FixedLenFeature([2], 'float64') }).a.data).toEqual(Float64Array.of(1, -2.5))
    }
  })

  it('takes any name, and many', () => {
    const names = ['', '__proto__', 'constructor', 'é', ...Array.from({ length: 100 }, (_, i) => `key${i}`)]
    const record = encodeExample(Object.fromEntries(names.map((name, i) => [name, i])))
    const features = Object.fromEntries(names.map((name) => [name, FixedLenFeature([], 'int32')]))
    const element = parseExample(record, features)
    expect(Object.entries(element)).toEqual(names.map((name, i) => [name, i]))
  })

  it('parses each record alike, in one hidden state', () => {
    const parse = compileParser({ a: FixedLenFeature([], 'int32', { defaultValue: -1 }) })
    expect([{ a: 1 }, {}, { a: 2 }].map((features) => parse(encodeExample(features)).a)).toEqual([1, -1, 2])
  })
})

describe('defaults', () => {
  it.each<readonly [shape: readonly number[], dtype: DType, defaultValue: unknown, value: unknown]>([
    [[], 'int64', 5n, 5n],
    [[], 'bool', true, true],
    [[], 'string', 'x', 'x'],
    [[], 'bytes', bytes(1), bytes(1)],
    [[2], 'int32', 3, [3, 3]],
    [[2], 'bytes', bytes(1), [bytes(1), bytes(1)]],
    [[2, 1], 'int32', [[1], [2]], [[1], [2]]],
    [[2], 'float32', Float32Array.of(1, 2), [1, 2]],
    [[2], 'float32', new NdArray('float32', [2], Float32Array.of(1, 2)), [1, 2]],
    [[2], 'bool', false, [false, false]],
    [[0], 'int32', 1, []],
  ])('%j %s', (shape, dtype, defaultValue, value) => {
    const feature = FixedLenFeature(shape, dtype, { defaultValue: defaultValue as never })
    const { a } = parseExample(encodeExample({ b: 1 }), { a: feature })
    expect(isNdArray(a) ? a.toArray() : a).toEqual(value)
  })
})

describe('FixedLenFeature', () => {
  it.each<readonly [what: string, make: () => unknown, message: RegExp]>([
    ['a size that is not whole', () => FixedLenFeature([1.5], 'int32'), /shape/],
    ['an unknown size', () => FixedLenFeature([null as never], 'int32'), /every size must be known, got \[\?\]/],
    [
      'a shape that is none',
      () => FixedLenFeature(3 as never, 'int32'),
      /shape must be an array of sizes, .*, got 3\./,
    ],
    ['an unknown dtype', () => FixedLenFeature([], 'int' as never), /there is no dtype int\. It is one of float32, /],
    [
      'a default of another dtype',
      () => FixedLenFeature([], 'int32', { defaultValue: 0.5 }),
      /FixedLenFeature: the default does not fit int32 \[\]: .*0\.5/,
    ],
    [
      'a default of another size',
      () => FixedLenFeature([2], 'int32', { defaultValue: [1] }),
      /FixedLenFeature: the default does not fit int32 \[2\]: /,
    ],
    [
      'a list for a scalar',
      () => FixedLenFeature([], 'int32', { defaultValue: [1] }),
      /default of shape \[\] must be one/,
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ name: 'InvalidArgumentError', message: expect.stringMatching(message) as string }),
    )
  })

  it('has the spec of the elements', () => {
    const features = { image: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int64') }
    expect(specText(featureSpec(features))).toBe('{image: uint8 [28, 28, 1], label: int64 []}')
  })
})

describe('a record that does not fit', () => {
  const has = 'The record has "a" (int64, 2), "b" (bytes, 1), "c" (float, 1).'
  const record = encodeExample({ a: [1, 300], b: bytes(1, 2, 255), c: 0.5 })
  it.each<readonly [name: string, shape: readonly number[], dtype: DType, found: string]>([
    ['d', [], 'int32', `feature "d" was to be int32 [], but the record does not have it. ${has} Ask for it under`],
    ['a', [], 'int32', 'feature "a" was to be int32 [], but it is a list of 2 values of kind int64.'],
    ['a', [3], 'int64', 'feature "a" was to be int64 [3], but it is a list of 2 values of kind int64.'],
    ['a', [2], 'uint8', 'feature "a" was to be uint8 [2], but value 1 is 300, and uint8 holds 0 to 255.'],
    ['a', [2], 'bool', 'feature "a" was to be bool [2], but value 1 is 300, and bool holds 0 to 1.'],
    ['a', [2], 'float32', 'feature "a" was to be float32 [2], but it is a list of kind int64.'],
    ['a', [2], 'string', 'feature "a" was to be string [2], but it is a list of kind int64.'],
    ['b', [2], 'uint8', 'feature "b" was to be uint8 [2], but it is 3 bytes long and not 2.'],
    ['b', [1], 'int32', 'feature "b" was to be int32 [1], but it is 3 bytes long and not 4.'],
    ['b', [3], 'bool', 'feature "b" was to be bool [3], but value 1 is 2 and not 0 or 1.'],
    ['b', [], 'string', 'feature "b" was to be string [], but value 0 is not UTF-8.'],
    ['b', [2], 'bytes', 'feature "b" was to be bytes [2], but it is a list of 1 values of kind bytes.'],
    ['c', [], 'int32', 'feature "c" was to be int32 [], but it is a list of kind float.'],
    ['c', [2], 'float32', 'feature "c" was to be float32 [2], but it is a list of 1 values of kind float.'],
  ])('%s as %j %s', (name, shape, dtype, found) => {
    const parse = (): unknown => parseExample(record, { [name]: FixedLenFeature(shape, dtype) })
    expect(parse).toThrow(InvalidArgumentError)
    expect(parse).toThrow(found)
    expect(parse).toThrow(has)
  })

  it.each<readonly [dtype: DType, value: bigint]>([
    ['int32', 2n ** 31n],
    ['int32', 2n ** 63n - 1n],
    ['int32', -(2n ** 63n)],
    ['uint32', -1n],
    ['uint32', 2n ** 32n],
    ['int8', 128n],
    ['float64', 2n ** 53n],
    ['float64', -(2n ** 53n) - 1n],
  ])('%s of %d', (dtype, value) => {
    for (const shape of [[], [1]])
      expect(() => parsed(value, shape, dtype)).toThrow(`value 0 is ${value}, and ${dtype}`)
  })

  it('says several byte strings are not raw values', () => {
    expect(() => parsed([bytes(1), bytes(2)], [2], 'uint8')).toThrow('it is a list of 2 byte strings.')
  })

  it('has an empty list, which is not absent: an error even with a default', () => {
    const feature = FixedLenFeature([], 'int32', { defaultValue: 1 })
    expect(() => parseExample(encodeExample({ a: int64Feature([]) }), { a: feature })).toThrow(/list of 0 values/)
  })

  it('lists at most twenty features', () => {
    const many = encodeExample(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, i])))
    expect(() => parseExample(many, { a: FixedLenFeature([], 'int32') })).toThrow(/ and 10 more\./)
    expect(() => parseExample(bytes(), { a: FixedLenFeature([], 'int32') })).toThrow(/The record has no features\./)
  })

  it('is named with its place, which is asked for only then', () => {
    let asked = 0
    const where = (): { file: string; record: number; byteOffset: number } => {
      asked++
      return { file: 'x.tfrecord', record: 12, byteOffset: 345 }
    }
    const features = { a: FixedLenFeature([2], 'int64') }
    parseExample(record, features, where)
    expect(asked).toBe(0)
    const place = { file: 'x.tfrecord', record: 12, byteOffset: 345 }
    const wrong = { a: FixedLenFeature([], 'int64') }
    expect(() => parseExample(record, wrong, where)).toThrow(
      expect.objectContaining({
        ...place,
        message: expect.stringMatching(/^x\.tfrecord: record 12: feature "a"/) as string,
      }),
    )
    expect(() => parseExample(bytes(255), features, where)).toThrow(
      expect.objectContaining({
        ...place,
        message: expect.stringMatching(/^x\.tfrecord: record 12: the record is not/) as string,
      }),
    )
  })
})

describe('the fast and the careful way', () => {
  const dtypes = ['int64', 'int32', 'uint8', 'bool', 'float32', 'float64', 'string', 'bytes', 'int16'] as const
  const shapes = [[], [1], [2], [0], [2, 2], [784]] as const
  const seeds = fixtures.flatMap(({ records }) => records.map(({ hex }) => fromHex(hex)))
  const names = ['a', 'label', 'image_raw', 'edges', 'one', 'v', 'i', 'f', 'k', 'same', 'b', 'n', 'split']

  it('give the same value or both an InvalidArgumentError, whatever the bytes', () => {
    const feature = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...shapes), fc.constantFrom(...dtypes))
    const change = fc.tuple(fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { maxLength: 2 }),
        fc.array(feature, { minLength: 1, maxLength: 2 }),
        (seed, changes, asked) => {
          const record = seed.slice()
          for (const [at, byte] of changes) record[at % Math.max(1, record.length)] = byte
          const features = Object.fromEntries(
            asked.map(([name, shape, dtype]) => [name, FixedLenFeature(shape, dtype)]),
          )
          const outcome = (parse: () => unknown): unknown => {
            try {
              return parse()
            } catch (error) {
              expect(error).toBeInstanceOf(InvalidArgumentError)
              return undefined
            }
          }
          const fast = outcome(() => Object.values(parseExample(record, features)))
          const careful = outcome(() =>
            checkedParse(
              record,
              Object.entries(features).map(([name, one]) => fixedSlot(name, one)),
            ),
          )
          // What was not asked for is looked at by the careful way only.
          if (careful !== undefined) expect(fast).toEqual(careful)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
