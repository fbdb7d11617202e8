import { expectTypeOf, test } from 'vitest'
import type { NdArray } from '../../src/ndarray/ndarray.ts'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { FixedLenSequenceFeature } from '../../src/tfrecord/fixedLenSequenceFeature.ts'
import { messageCodec } from '../../src/tfrecord/messageCodec.ts'
import { parseBatch } from '../../src/tfrecord/parseBatch.ts'
import { parseExample } from '../../src/tfrecord/parseExample.ts'
import { parseSequenceExample } from '../../src/tfrecord/parseSequenceExample.ts'
import type { Ragged as AnyRagged } from '../../src/tfrecord/index.ts'

type Ragged<V> = AnyRagged<V, 'int32'>
import { RaggedFeature } from '../../src/tfrecord/raggedFeature.ts'
import type { Sparse } from '../../src/tfrecord/sparse.ts'
import { SparseFeature } from '../../src/tfrecord/sparseFeature.ts'
import { tfrecords } from '../../src/tfrecord/tfrecords.ts'
import { VarLenFeature } from '../../src/tfrecord/varLenFeature.ts'

declare const record: Uint8Array
declare const records: NdArray<'bytes', 1>
const { rowSplits, uniformRowLength } = RaggedFeature

const features = {
  label: FixedLenFeature([], 'int32'),
  image: FixedLenFeature([28, 28, 1], 'uint8'),
  points: FixedLenSequenceFeature([2], 'float32', { allowMissing: true }),
  words: VarLenFeature('string'),
  matrix: SparseFeature(['i', 'j'], 'v', 'int64', [3, 4]),
  flat: RaggedFeature('int32'),
  rows: RaggedFeature('float32', { partitions: [rowSplits('p')] }),
  pairs: RaggedFeature('float32', { valueKey: 'v', partitions: [rowSplits('p'), uniformRowLength(2)] }),
  nested: RaggedFeature('float32', { partitions: [uniformRowLength(2), rowSplits('p')] }),
}

test('one record gives scalars, NdArrays, Sparses and Raggeds', () => {
  const parsed = parseExample(record, features)
  expectTypeOf(parsed.label).toEqualTypeOf<number>()
  expectTypeOf(parsed.image).toEqualTypeOf<NdArray<'uint8', 3>>()
  expectTypeOf(parsed.points).toEqualTypeOf<NdArray<'float32', 2>>()
  expectTypeOf(parsed.words).toEqualTypeOf<Sparse<'string'>>()
  expectTypeOf(parsed.matrix).toEqualTypeOf<Sparse<'int64'>>()
  expectTypeOf(parsed.flat).toEqualTypeOf<NdArray<'int32', 1>>()
  expectTypeOf(parsed.rows).toEqualTypeOf<Ragged<NdArray<'float32', 1>>>()
  expectTypeOf(parsed.pairs).toEqualTypeOf<Ragged<NdArray<'float32', 2>>>()
  expectTypeOf(parsed.nested).toEqualTypeOf<Ragged<Ragged<NdArray<'float32', 1>>>>()
})

test('a batch gives columns', () => {
  const parsed = parseExample(records, features)
  expectTypeOf(parsed.label).toEqualTypeOf<NdArray<'int32', 1>>()
  expectTypeOf(parsed.image).toEqualTypeOf<NdArray<'uint8', 4>>()
  expectTypeOf(parsed.points).toEqualTypeOf<NdArray<'float32', 3>>()
  expectTypeOf(parsed.words).toEqualTypeOf<Sparse<'string'>>()
  expectTypeOf(parsed.flat).toEqualTypeOf<Ragged<NdArray<'int32', 1>>>()
  expectTypeOf(parsed.rows).toEqualTypeOf<Ragged<Ragged<NdArray<'float32', 1>>>>()
  expectTypeOf(parseExample([record], features)).toEqualTypeOf(parsed)
})

test('pipelines carry the columns', () => {
  const dataset = tfrecords('a')
    .batch(2)
    .map((batch) => parseExample(batch, features))
  const piped = tfrecords('a').pipe(parseBatch(2, features))
  expectTypeOf(piped).toEqualTypeOf(dataset)
  expectTypeOf(piped.map(({ image }) => image)).toEqualTypeOf<Dataset<NdArray<'uint8', 4>>>()
})

test('a SequenceExample gives its context and its steps', () => {
  const asked = {
    context: { id: FixedLenFeature([], 'int64') },
    sequence: { a: FixedLenSequenceFeature([2], 'int32'), v: VarLenFeature('int32'), w: RaggedFeature('string') },
  }
  const one = parseSequenceExample(record, asked)
  expectTypeOf(one.context.id).toEqualTypeOf<bigint>()
  expectTypeOf(one.sequence.a).toEqualTypeOf<NdArray<'int32', 2>>()
  expectTypeOf(one.sequence.v).toEqualTypeOf<Sparse<'int32'>>()
  expectTypeOf(one.sequence.w).toEqualTypeOf<Ragged<NdArray<'string', 1>>>()
  const many = parseSequenceExample(records, asked)
  expectTypeOf(many.context.id).toEqualTypeOf<NdArray<'int64', 1>>()
  expectTypeOf(many.sequence.a).toEqualTypeOf<NdArray<'int32', 3>>()
  expectTypeOf(many.sequence.w).toEqualTypeOf<Ragged<Ragged<NdArray<'string', 1>>>>()
  expectTypeOf(many.lengths).toEqualTypeOf<{ a: NdArray<'int32', 1> }>()
  // @ts-expect-error a feature of fixed length is none of steps
  parseSequenceExample(record, { sequence: { a: FixedLenFeature([], 'int32') } })
})

test('a codec has the type of its messages', () => {
  interface Point {
    x: number
  }
  const codec = messageCodec<Point>({
    fromObject: () => ({ x: 1 }),
    encode: () => ({ finish: () => record }),
    decode: () => ({ x: 1 }),
  })
  expectTypeOf(codec.decode(record)).toEqualTypeOf<Point>()
  expectTypeOf(tfrecords('a').map(codec.decode)).toEqualTypeOf<Dataset<Point>>()
})

test('sizes and keys are checked', () => {
  // @ts-expect-error several index keys need several sizes
  SparseFeature(['i', 'j'], 'v', 'int32', 4)
  // @ts-expect-error there is no such dtype
  VarLenFeature('int')
  // @ts-expect-error a default is one value
  FixedLenSequenceFeature([2], 'int32', { defaultValue: [1, 2] })
})
