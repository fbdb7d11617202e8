import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import type { NdArray } from '../../src/ndarray/ndarray.ts'
import { isNdArray, sizeOf } from '../../src/ndarray/ndarray.ts'
import { decodeExample } from '../../src/tfrecord/decodeExample.ts'
import { decodeSequenceExample } from '../../src/tfrecord/decodeSequenceExample.ts'
import { encodeExample } from '../../src/tfrecord/encodeExample.ts'
import { encodeSequenceExample } from '../../src/tfrecord/encodeSequenceExample.ts'
import { sequenceExampleSchema } from '../../src/tfrecord/exampleSchema.ts'
import { bytesFeature, floatFeature, int64Feature, type Feature } from '../../src/tfrecord/feature.ts'
import type { Features } from '../../src/tfrecord/features.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { FixedLenSequenceFeature } from '../../src/tfrecord/fixedLenSequenceFeature.ts'
import { parseExample } from '../../src/tfrecord/parseExample.ts'
import { parseSequenceExample } from '../../src/tfrecord/parseSequenceExample.ts'
import { RaggedFeature } from '../../src/tfrecord/raggedFeature.ts'
import type { DecodedFeature } from '../../src/tfrecord/rawFeature.ts'
import { SparseFeature } from '../../src/tfrecord/sparseFeature.ts'
import { VarLenFeature } from '../../src/tfrecord/varLenFeature.ts'

const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '', 'é', 'a', 'b'))
const bytes = fc.uint8Array({ maxLength: 40 })
const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -3n, max: 300n }))
const float = fc.float()
const feature: fc.Arbitrary<Feature> = fc.oneof(
  fc.array(bytes, { maxLength: 5 }).map((values) => bytesFeature(values)),
  fc.array(float, { maxLength: 5 }).map((values) => floatFeature(values)),
  fc.array(int64, { maxLength: 12 }).map((values) => int64Feature(values)),
  fc.constant<Feature>({ kind: 'none', values: [] }),
)
const example = fc.dictionary(names, feature, { maxKeys: 6 })
const lists = fc.dictionary(names, fc.array(feature, { maxLength: 5 }), { maxKeys: 4 })

/** A feature as decodeExample gives it. */
function stored({ kind, values }: Feature): unknown {
  if (kind === 'float') return { kind, values: Float32Array.from(values) }
  return { kind, values: kind === 'int64' ? BigInt64Array.from(Array.from(values, BigInt)) : [...values] }
}

function mapped<T, R>(object: Readonly<Record<string, T>>, change: (value: T) => R): [string, R][] {
  return Object.keys(object)
    .sort()
    .map((key) => [key, change(object[key])])
}

describe('what was encoded', () => {
  it('is decoded again: Examples', () => {
    fc.assert(
      fc.property(example, (features) => {
        const decoded = decodeExample(encodeExample(features))
        expect(mapped(decoded, (one) => one)).toEqual(mapped(features, stored))
      }),
      { numRuns: 500 },
    )
  })

  it('is decoded again: SequenceExamples', () => {
    fc.assert(
      fc.property(example, lists, (context, sequence) => {
        const decoded = decodeSequenceExample(encodeSequenceExample({ context, sequence }))
        expect(mapped(decoded.context, (one) => one)).toEqual(mapped(context, stored))
        expect(mapped(decoded.sequence, (one) => one)).toEqual(mapped(sequence, (steps) => steps.map(stored)))
      }),
      { numRuns: 500 },
    )
  })

  it('is what protobufjs reads, and encodes again', () => {
    const plain = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((name) => name !== '__proto__')
    const steps = fc.array(fc.array(float, { minLength: 1, maxLength: 3 }).map(floatFeature), { maxLength: 3 })
    const type = sequenceExampleSchema()
    fc.assert(
      fc.property(plain, steps, (name, list) => {
        const record = encodeSequenceExample({ sequence: { [name]: list } })
        expect(new Uint8Array(type.encode(type.decode(record)).finish())).toEqual(record)
      }),
    )
  })
})

/** Records that have the features asked for below, each in the right kind or not at all. */
const record = fc
  .record(
    {
      f: fc.tuple(float, float).map(([a, b]) => floatFeature([a, b])),
      i: fc.integer({ min: 0, max: 255 }).map((value) => int64Feature(value)),
      r: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((value) => bytesFeature(value)),
      v: fc.array(fc.integer({ min: -5, max: 1000 }), { maxLength: 9 }).map((values) => int64Feature(values)),
      w: fc.array(fc.string(), { maxLength: 3 }).map((values) => bytesFeature(values)),
      s: fc.array(fc.tuple(float, float), { maxLength: 4 }).map((pairs) => floatFeature(pairs.flat())),
      other: feature,
    },
    { requiredKeys: ['f', 'r'] },
  )
  .map((features) => encodeExample(features))

const fixed = {
  f: FixedLenFeature([2], 'float32'),
  i: FixedLenFeature([], 'uint8', { defaultValue: 9 }),
  r: FixedLenFeature([1, 2], 'int16'),
}
const varied = {
  s: FixedLenSequenceFeature([2], 'float32', { allowMissing: true, defaultValue: -1 }),
  v: VarLenFeature('int32'),
  w: RaggedFeature('string'),
}

/** The number of values of a feature, and their values. */
function list(features: Readonly<Record<string, DecodedFeature | undefined>>, name: string): unknown[] {
  return Array.from<unknown>(features[name]?.values ?? [])
}

describe('parsing', () => {
  it('is decoding and taking what was asked for', () => {
    fc.assert(
      fc.property(record, (one) => {
        const decoded = decodeExample(one)
        const parsed = parseExample(one, { ...fixed, ...varied })
        expect([...parsed.f.data]).toEqual(list(decoded, 'f'))
        expect(parsed.i).toBe(Number(list(decoded, 'i')[0] ?? 9))
        expect(new Uint8Array(parsed.r.data.slice().buffer)).toEqual(list(decoded, 'r')[0])
        expect([...parsed.s.data]).toEqual(list(decoded, 's'))
        expect([...parsed.v.values.data]).toEqual(list(decoded, 'v').map(Number))
        expect(parsed.w.data).toEqual(list(decoded, 'w').map((text) => new TextDecoder().decode(text as Uint8Array)))
      }),
      { numRuns: 500 },
    )
  })

  it('of a batch is what parsing one by one and putting together gives', () => {
    const features = { ...fixed, ...varied }
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const batch = parseExample(records, features)
        const singles = records.map((one) => parseExample(one, features))
        const flat = (values: readonly NdArray[]): unknown[] => values.flatMap(({ data }) => Array.from<unknown>(data))
        expect(batch.f.shape).toEqual([records.length, 2])
        expect([...batch.f.data]).toEqual(flat(singles.map(({ f }) => f)))
        expect([...batch.i.data]).toEqual(singles.map(({ i }) => i))
        expect(batch.r.shape).toEqual([records.length, 1, 2])
        expect([...batch.r.data]).toEqual(flat(singles.map(({ r }) => r)))
        const longest = Math.max(0, ...singles.map(({ s }) => s.shape[0]))
        expect(batch.s.shape).toEqual([records.length, longest, 2])
        expect([...batch.s.data]).toEqual(
          singles.flatMap(({ s }) => Array.from({ length: 2 * longest }, (_, i) => (i < s.size ? s.data[i] : -1))),
        )
        expect([...batch.v.values.data]).toEqual(flat(singles.map(({ v }) => v.values)))
        expect(batch.v.indices.toArray()).toEqual(
          singles.flatMap(({ v }, row) => Array.from(v.values.data, (_, i) => [row, i])),
        )
        expect(batch.w.values.data).toEqual(flat(singles.map(({ w }) => w)))
        expect([...batch.w.rowSplits.data]).toEqual(
          singles.reduce((splits, { w }) => [...splits, splits[splits.length - 1] + w.size], [0]),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('of a batch of SequenceExamples too', () => {
    const features = {
      context: { c: VarLenFeature('int32') },
      sequence: {
        a: FixedLenSequenceFeature([2], 'int32', { allowMissing: true }),
        v: VarLenFeature('int32'),
        w: RaggedFeature('int32'),
      },
    }
    const ints = (length: { minLength?: number; maxLength: number }): fc.Arbitrary<Feature> =>
      fc.array(fc.integer({ min: -9, max: 9 }), length).map((values) => int64Feature(values))
    const sequence = fc.record(
      {
        a: fc.array(ints({ minLength: 2, maxLength: 2 }), { maxLength: 3 }),
        v: fc.array(ints({ maxLength: 3 }), { maxLength: 3 }),
        w: fc.array(ints({ maxLength: 3 }), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    const one = sequence.map((lists) =>
      encodeSequenceExample({ context: { c: int64Feature([1, 2]) }, sequence: lists }),
    )
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), (records) => {
        const { sequence, lengths } = parseSequenceExample(records, features)
        const singles = records.map((each) => parseSequenceExample(each, features).sequence)
        expect([...lengths.a.data]).toEqual(singles.map(({ a }) => a.shape[0]))
        singles.forEach(({ a }, i) => {
          const row = sequence.a.row(i)
          if (isNdArray(row)) expect(row.slice(0, a.shape[0]).toArray()).toEqual(a.toArray())
        })
        expect([...sequence.v.values.data]).toEqual(singles.flatMap(({ v }) => [...v.values.data]))
        expect(sequence.v.indices.toArray()).toEqual(
          singles.flatMap(({ v }, i) => (v.indices.toArray() as number[][]).map((place) => [i, ...place])),
        )
        expect([...sequence.w.values.values.data]).toEqual(singles.flatMap(({ w }) => [...w.values.data]))
        expect(sequence.w.rowSplits.size).toBe(records.length + 1)
      }),
      { numRuns: 300 },
    )
  })
})

describe('damaged bytes', () => {
  const seeds = [
    encodeExample({ f: [0.5, 1], i: 3, r: Uint8Array.of(1, 2, 3, 4), v: [1, 300, 70000], w: ['a', 'bc'], s: [0.5, 2] }),
    encodeExample({ v: [1, 2, 3, 4], p: [0, 1, 4], i: [3, 1, 0, 0] }),
    encodeSequenceExample({ context: { v: [1, 2] }, sequence: { v: [[1, 2], [3]], p: [[1, 1], [1]] } }),
  ]
  const { rowSplits, valueRowids, rowLengths, uniformRowLength } = RaggedFeature
  const asked: readonly Features[] = [
    { ...fixed, ...varied },
    { v: RaggedFeature('int64', { partitions: [rowSplits('p')] }), x: SparseFeature('i', 'v', 'int32', 9) },
    { v: RaggedFeature('int32', { partitions: [valueRowids('i')] }) },
    {
      v: RaggedFeature('int32', { partitions: [rowLengths('p'), uniformRowLength(2)] }),
      p: FixedLenFeature([3], 'int64'),
    },
  ]
  const change = fc.tuple(fc.nat(), fc.nat(255))
  const sequence = { v: RaggedFeature('int32', { partitions: [rowLengths('p')] }), p: VarLenFeature('int32') }

  /** What parsing gives; undefined where it gives a named error. */
  function outcome<T>(parse: () => T): T | undefined {
    try {
      return parse()
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidArgumentError)
      return undefined
    }
  }

  /** Values in all arrays of a parsed element. */
  function sizeIn(value: unknown): number {
    if (isNdArray(value)) return sizeOf(value.shape)
    return typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, part) => sum + sizeIn(part), 0)
      : 1
  }

  it('give a value or a named error, the same for one and for a batch, and never much', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat(80)),
        (seed, changes, cut) => {
          const record = seed.slice(0, cut ?? seed.length)
          for (const [at, byte] of changes) record[at % Math.max(1, record.length)] = byte
          for (const features of asked) {
            const single = outcome(() => parseExample(record, features))
            const batch = outcome(() => parseExample([record], features))
            expect(batch === undefined).toBe(single === undefined)
            expect(sizeIn(single)).toBeLessThan(2 ** 21)
          }
          const one = outcome(() => parseSequenceExample(record, { context: varied, sequence }))
          const many = outcome(() => parseSequenceExample([record], { context: varied, sequence }))
          expect(many === undefined).toBe(one === undefined)
          outcome(() => decodeExample(record))
          outcome(() => decodeSequenceExample(record))
        },
      ),
      { numRuns: 4000 },
    )
  })

  it('leave nothing behind in a parser', () => {
    const features = { ...fixed, ...varied }
    const whole = seeds[0]
    const before = parseExample([whole, whole], features)
    for (let at = 0; at < whole.length; at++) {
      const damaged = whole.slice()
      damaged[at] ^= 0xff
      outcome(() => parseExample([whole, damaged], features))
      expect(parseExample([whole, whole], features)).toEqual(before)
    }
  })
})
