import { expectTypeOf, test } from 'vitest'
import type { NdArray } from '../../src/ndarray/ndarray.ts'
import type { FeatureInput } from '../../src/tfrecord/feature.ts'
import type { Features, Parsed } from '../../src/tfrecord/features.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { compileParser, parseExample } from '../../src/tfrecord/parseExample.ts'
import { decodeExample } from '../../src/tfrecord/decodeExample.ts'
import type { RecordReader } from '../../src/records/recordReader.ts'

const record = new Uint8Array(0)
const features = {
  image: FixedLenFeature([28, 28, 1], 'uint8'),
  label: FixedLenFeature([], 'int32'),
  id: FixedLenFeature([], 'int64'),
  good: FixedLenFeature([], 'bool'),
  name: FixedLenFeature([], 'string', { defaultValue: 'none' }),
  raw: FixedLenFeature([], 'bytes'),
  weights: FixedLenFeature([3], 'float32', { defaultValue: 0 }),
}

interface Element {
  image: NdArray<'uint8', 3>
  label: number
  id: bigint
  good: boolean
  name: string
  raw: Uint8Array
  weights: NdArray<'float32', 1>
}

test('a parser gives scalars for shape [] and NdArrays for others', () => {
  expectTypeOf(parseExample(record, features)).toEqualTypeOf<Element>()
  expectTypeOf(compileParser(features)).returns.toEqualTypeOf<Element>()
  expectTypeOf<Parsed<typeof features>>().toEqualTypeOf<Element>()
})

test('a shape that is known only when it runs gives either', () => {
  const shape: readonly number[] = [2]
  const parse = compileParser({ a: FixedLenFeature(shape, 'int32') })
  expectTypeOf(parse(record).a).toEqualTypeOf<number | NdArray<'int32'>>()
  expectTypeOf(features).toExtend<Features>()
})

test('a default has the type of the values', () => {
  FixedLenFeature([], 'int64', { defaultValue: 1n })
  // @ts-expect-error an int64 is a bigint
  FixedLenFeature([], 'int64', { defaultValue: 1 })
  // @ts-expect-error there is no such dtype
  FixedLenFeature([], 'int')
})

test('an Example is made of plain values', () => {
  expectTypeOf(new Uint8Array(2)).toExtend<FeatureInput>()
  expectTypeOf([1, 2]).toExtend<FeatureInput>()
  expectTypeOf(['a']).toExtend<FeatureInput>()
  expectTypeOf(1n).toExtend<FeatureInput>()
  expectTypeOf({}).not.toExtend<FeatureInput>()
  expectTypeOf(null).not.toExtend<FeatureInput>()
})

test('a decoded feature says its kind', () => {
  const { label } = decodeExample(record)
  if (label?.kind === 'int64') expectTypeOf(label.values).toEqualTypeOf<BigInt64Array>()
  if (label?.kind === 'float') expectTypeOf(label.values).toEqualTypeOf<Float32Array>()
  if (label?.kind === 'bytes') expectTypeOf(label.values).toEqualTypeOf<Uint8Array[]>()
})

test('a reader gives a record or a promise of one', () => {
  type Next = ReturnType<RecordReader['next']>
  expectTypeOf<Next>().toEqualTypeOf<Uint8Array | undefined | Promise<Uint8Array | undefined>>()
})
