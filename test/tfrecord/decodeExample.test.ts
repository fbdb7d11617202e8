import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { decodeExample } from '../../src/tfrecord/decodeExample.ts'
import { encodeExample } from '../../src/tfrecord/encodeExample.ts'
import { exampleSchema } from '../../src/tfrecord/exampleSchema.ts'
import type { Feature } from '../../src/tfrecord/feature.ts'
import { fixtures, fromHex } from './fixtures.ts'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

const decodedFeature = fc.oneof(
  fc.record({
    kind: fc.constant('bytes' as const),
    values: fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('float' as const), values: fc.float32Array({ maxLength: 50 }) }),
  fc.record({
    kind: fc.constant('int64' as const),
    values: fc.array(int64).map((values) => BigInt64Array.from(values)),
  }),
  fc.record({ kind: fc.constant('none' as const), values: fc.constant([]) }),
)

const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '__proto__', 'constructor', 'label'))

/** The features of an Example without a prototype, as decodeExample gives them. */
export const example = fc
  .array(fc.tuple(name, decodedFeature), { maxLength: 6 })
  .map((rows) => Object.assign(Object.create(null) as Record<string, Feature>, Object.fromEntries(rows)))

/** What protobufjs makes of the same bytes, in the same form. */
function byProtobufjs(bytes: Uint8Array): unknown {
  const type = exampleSchema()
  const decoded = type.toObject(type.decode(bytes), { longs: String, arrays: false }) as {
    features?: { feature?: Record<string, Record<string, { value?: unknown[] }>> }
  }
  const rows = Object.entries(decoded.features?.feature ?? {}).map(([key, feature]) => {
    const [kind] = Object.keys(feature) as (string | undefined)[]
    if (kind === undefined) return [key, { kind: 'none', values: [] }]
    const values = feature[kind].value ?? []
    if (kind === 'bytesList') return [key, { kind: 'bytes', values: values.map((v) => Uint8Array.from(v as Buffer)) }]
    if (kind === 'floatList') return [key, { kind: 'float', values: Float32Array.from(values as number[]) }]
    return [key, { kind: 'int64', values: BigInt64Array.from(values.map((v) => BigInt(v as string))) }]
  })
  return Object.fromEntries(rows)
}

/** The same with the prototype that deep equality asks for. */
function plain(features: object): unknown {
  return Object.fromEntries(Object.entries(features))
}

describe('decodeExample', () => {
  it('undoes encodeExample', () => {
    fc.assert(
      fc.property(example, (features) => {
        expect(decodeExample(encodeExample(features))).toEqual(features)
      }),
    )
  })

  it('gives what protobufjs gives', () => {
    fc.assert(
      fc.property(example, (features) => {
        // protobufjs keeps no feature named __proto__.
        const rest = Object.fromEntries(Object.entries(features).filter(([key]) => key !== '__proto__'))
        const bytes = encodeExample(rest)
        expect(plain(decodeExample(bytes))).toEqual(byProtobufjs(bytes))
      }),
    )
  })

  it('gives an object without a prototype', () => {
    const features = decodeExample(encodeExample(Object.fromEntries([['__proto__', 1n]])))
    expect(Object.getPrototypeOf(features)).toBeNull()
    expect(features['__proto__']).toEqual({ kind: 'int64', values: BigInt64Array.of(1n) })
  })

  it('gives byte strings as views on the record', () => {
    const record = encodeExample({ raw: new Uint8Array(1000) })
    const { raw } = decodeExample(record)
    expect((raw?.values[0] as Uint8Array).buffer).toBe(record.buffer)
  })
})

const malformed: readonly (readonly [what: string, hex: string, bad: string])[] = [
  ['a cut tag', '80', 'field tag at byte 0'],
  ['field number 0', '02', 'field tag at byte 1'],
  ['a length beyond the end', '0a05', 'field length at byte 2'],
  ['a length of 2^31 and more', '0affffffff0f', 'field length at byte 6'],
  ['a length of 2^40', '0a808080808020', 'field length at byte 7'],
  ['a length of 64 bits', '0affffffffffffffffff01', 'field length at byte 11'],
  ['a varint of 11 bytes', `08${'ff'.repeat(10)}01`, 'varint at byte 1'],
  ['an unknown wire type', '0f', 'wire type at byte 1'],
  ['a group without its end', '0b', 'field tag at byte 1'],
  ['the end of another group', '0b14', 'end of a group at byte 2'],
  ['an end without a group', '0c', 'end of a group at byte 1'],
  ['groups in groups', '0b'.repeat(200), 'nesting of groups at byte 101'],
  ['a cut fixed64', '0901020304', 'fixed-size value at byte 1'],
  ['a cut fixed32', '0d0102', 'fixed-size value at byte 1'],
  ['packed floats of 5 bytes', '0a100a0e0a0161120912070a050000000000', 'packed list of floats at byte 13'],
  ['a name that is not UTF-8', '0a070a050a01ff1200', 'feature name at byte 6'],
]

describe('bytes that are no Example', () => {
  it.each(malformed)('%s', (_, hex, bad) => {
    const message = `the record is not a serialized tf.train.Example: bad ${bad} of it.`
    expect(() => decodeExample(fromHex(hex))).toThrow(InvalidArgumentError)
    expect(() => decodeExample(fromHex(hex))).toThrow(message)
  })

  it('never give another error, or take long', () => {
    const seeds = fixtures.flatMap(({ records }) => records.map(({ hex }) => fromHex(hex)))
    const mutated = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), fc.nat())
      .map(([seed, changes, cut]) => {
        const bytes = seed.slice(0, cut % 7 === 0 ? cut % (seed.length + 1) : seed.length)
        for (const [at, byte] of changes) bytes[at % Math.max(1, bytes.length)] = byte
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        try {
          decodeExample(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('cost no more than their length: a list in very many parts', () => {
    const part = '1a030a0105'
    const feature = part.repeat(20_000)
    const wrap = (tag: number, inner: Uint8Array): Uint8Array => {
      const length: number[] = []
      for (let n = inner.length; ; n >>>= 7) {
        length.push(n > 127 ? (n & 127) | 128 : n)
        if (n <= 127) break
      }
      return Uint8Array.of(tag, ...length, ...inner)
    }
    const entry = Buffer.concat([fromHex('0a0161'), wrap(0x12, fromHex(feature))])
    const { a } = decodeExample(wrap(0x0a, wrap(0x0a, entry)))
    expect(a?.values).toHaveLength(20_000)
  })
})
