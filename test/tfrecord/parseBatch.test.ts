import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { specText } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { compileBatchParser } from '../../src/tfrecord/compileBatchParser.ts'
import { encodeExample } from '../../src/tfrecord/encodeExample.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { FixedLenSequenceFeature } from '../../src/tfrecord/fixedLenSequenceFeature.ts'
import { parseBatch } from '../../src/tfrecord/parseBatch.ts'
import { compileParser, parseExample } from '../../src/tfrecord/parseExample.ts'
import { parseSequenceExample } from '../../src/tfrecord/parseSequenceExample.ts'
import { RaggedFeature } from '../../src/tfrecord/raggedFeature.ts'
import { SparseFeature } from '../../src/tfrecord/sparseFeature.ts'
import { tfrecords } from '../../src/tfrecord/tfrecords.ts'
import { VarLenFeature } from '../../src/tfrecord/varLenFeature.ts'
import { writeTFRecords } from '../../src/tfrecord/writeTFRecords.ts'

const features = { label: FixedLenFeature([], 'int32'), image: FixedLenFeature([2, 2], 'uint8') }
const count = 10
const rows = Array.from({ length: count }, (_, i) => ({ label: i, image: Uint8Array.of(i, 1, 2, 3) }))
const records = rows.map((row) => encodeExample(row))
let folder = ''
let file = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-parse-'))
  file = join(folder, 'ten.tfrecord')
  await writeTFRecords(file, records)
})
afterAll(() => rm(folder, { recursive: true }))

describe('parseBatch', () => {
  it.each([1, 3, 5, 10, 11])('gives what parse and batch(%i) give, in each form', async (batchSize) => {
    for (const dropRemainder of [false, true]) {
      const expected = await tfrecords(file, { features }).batch(batchSize, { dropRemainder }).toArray()
      const piped = tfrecords(file).pipe(parseBatch(batchSize, features, { dropRemainder }))
      const mapped = tfrecords(file)
        .batch(batchSize, { dropRemainder })
        .map((batch) => parseExample(batch, features))
      expect(await piped.toArray()).toEqual(expected)
      expect(await mapped.toArray()).toEqual(expected)
    }
  })

  it('goes on from the state of parse and batch, at every batch', async () => {
    const plain = tfrecords(file, { features }).batch(3)
    const piped = () => tfrecords(file).pipe(parseBatch(3, features))
    const expected = await plain.toArray()
    for (let at = 0; at <= expected.length; at++) {
      const iterators = [plain.iterator(), piped().iterator()]
      for (const iterator of iterators) for (let i = 0; i < at; i++) await iterator.next()
      const [state, same] = iterators.map((iterator) => iterator.save())
      expect(same.position).toEqual(state.position)
      const rest = piped().iterator({ state: same })
      for (const batch of expected.slice(at)) expect((await rest.next()).value).toEqual(batch)
      expect((await rest.next()).done).toBe(true)
      for (const iterator of [...iterators, rest]) await iterator.return()
    }
  })

  it('skips without parsing', async () => {
    const broken = [records[0], Uint8Array.of(255), records[2]]
    const dataset = Dataset.range(3)
      .map((i) => broken[i])
      .pipe(parseBatch(1, features))
    expect(await dataset.skip(2).toArray()).toEqual([parseExample([records[2]], features)])
  })

  it('knows its length and spec', () => {
    const source = Dataset.range(10).map((i) => records[i])
    expect(source.pipe(parseBatch(4, features)).cardinality()).toBe(3)
    expect(source.pipe(parseBatch(4, features, { dropRemainder: true })).cardinality()).toBe(2)
    expect(tfrecords(file).pipe(parseBatch(4, features)).cardinality()).toBeUndefined()
    expect(specText(source.pipe(parseBatch(4, features)).elementSpec)).toBe(
      '{label: int32 [?], image: uint8 [?, 2, 2]}',
    )
    const whole = parseBatch(4, { w: RaggedFeature('string') }, { dropRemainder: true })
    expect(specText(source.pipe(whole).elementSpec)).toBe('{w: {values: string [?], rowSplits: int32 [5]}}')
  })

  it('takes any batch size without taking memory for it', async () => {
    const all = await tfrecords(file)
      .pipe(parseBatch(2 ** 40, features))
      .toArray()
    expect(all.map(({ label }) => label.size)).toEqual([10])
  })

  it('equals the stack of parsed records for any batch size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(count), fc.boolean(), async (size, take, drop) => {
        const source = Dataset.range(take).map((i) => records[i])
        const stacked = source.map((record) => parseExample(record, features)).batch(size, { dropRemainder: drop })
        // A scalar of a map without signature is float32; parseBatch knows the dtype.
        const made = await source.pipe(parseBatch(size, features, { dropRemainder: drop })).toArray()
        expect(made.map(({ image }) => image)).toEqual((await stacked.toArray()).map(({ image }) => image))
        expect(made.flatMap(({ label }) => [...label.data])).toEqual(
          rows.slice(0, drop ? take - (take % size) : take).map(({ label }) => label),
        )
      }),
    )
  })
})

describe('errors', () => {
  it('name file, record and feature', async () => {
    const wrong = { label: FixedLenFeature([2], 'int32') }
    const found = 'record 0: feature "label" was to be int32 [2], but it is a list of 1 values of kind int64.'
    const failing = tfrecords(file).pipe(parseBatch(4, wrong)).toArray()
    await expect(failing).rejects.toThrow(`${file}: ${found}`)
    await expect(failing).rejects.toMatchObject({
      file,
      record: 0,
      byteOffset: 0,
      index: 0,
      path: 'tfrecords.parseBatch',
    })
    await expect(
      tfrecords(file)
        .batch(4)
        .map((batch) => parseExample(batch, wrong))
        .toArray(),
    ).rejects.toThrow(
      'tfrecords.batch.map: the function threw at element 0: record 0 of the batch: feature "label" was to be int32 [2]',
    )
    const plain = Dataset.range(3).map((i) => (i === 2 ? Uint8Array.of(255) : records[i]))
    await expect(plain.pipe(parseBatch(2, features)).toArray()).rejects.toThrow(
      'range.map.parseBatch: element 2: the record is not a serialized tf.train.Example',
    )
  })

  const one = encodeExample({ v: [1, 2, 3], p: [1, 1], i: [0], f: 0.5, w: 'a' })
  it.each<readonly [what: string, parse: () => unknown, message: string]>([
    [
      'partitions that do not fit',
      () => parseExample([one], { v: RaggedFeature('int32', { partitions: [RaggedFeature.rowLengths('p')] }) }),
      'record 0 of the batch: feature "v" was to be ragged int32, but the rowLengths in "p" do not divide its 3 values. ' +
        'They are at least 0 and add up to the number of values.',
    ],
    [
      'too few indices',
      () => parseExample(one, { s: SparseFeature('i', 'v', 'int32', 9) }),
      'feature "s" was to be sparse int32 [9], but there are 1 indices for 3 values.',
    ],
    [
      'an odd number of values',
      () => parseExample(one, { v: FixedLenSequenceFeature([2], 'int32', { allowMissing: true }) }),
      'feature "v" was to be int32 [?, 2], but it has 3 values, not a multiple of 2. The record has',
    ],
    [
      'another kind',
      () => parseExample(one, { f: VarLenFeature('int32') }),
      'feature "f" was to be int32 [?], but it is a list of kind float.',
    ],
    [
      'raw bytes of another size',
      () => parseExample(one, { w: VarLenFeature('int16') }),
      'feature "w" was to be int16 [?], but it is 1 bytes long, not a multiple of 2.',
    ],
    ['no bytes', () => compileBatchParser({})([3 as never]), 'record 0 of the batch is 3, not bytes.'],
    [
      'a missing list',
      () => parseSequenceExample(one, { sequence: { a: FixedLenSequenceFeature([], 'int32') } }),
      'feature "a" was to be int32 [], but the record does not have the list.',
    ],
    [
      'a sequence that may not be missing, in an Example',
      () => compileParser({ a: FixedLenSequenceFeature([], 'int32') }),
      'compileParser: FixedLenSequenceFeature "a" must allow to be missing. Give it { allowMissing: true };',
    ],
    [
      'no feature',
      () => parseBatch(1, { a: 3 as never }),
      'parseBatch: "a" is no feature. It is made by FixedLenFeature,',
    ],
    [
      'no batch size',
      () => parseBatch(0, features),
      'parseBatch: batchSize must be a whole number of at least 1, got 0.',
    ],
    [
      'an unknown option',
      () => parseBatch(1, features, { drop: true } as never),
      'parseBatch: there is no option drop.',
    ],
    [
      'a size of no values',
      () => FixedLenSequenceFeature([0], 'int32'),
      'FixedLenSequenceFeature: an item must hold at least one value, got [0].',
    ],
    ['no dtype', () => VarLenFeature('int' as never), 'VarLenFeature: there is no dtype int.'],
    [
      'sizes for other axes',
      () => SparseFeature(['i', 'j'], 'v', 'int32', [1]),
      'SparseFeature: 2 index keys need as many sizes, got 1.',
    ],
    [
      'a size beyond int32',
      () => SparseFeature('i', 'v', 'int32', 2 ** 31),
      'SparseFeature: size must be less than 2^31, got 2147483648.',
    ],
    [
      'rows of nothing',
      () => RaggedFeature.uniformRowLength(0),
      'RaggedFeature: uniformRowLength must be a whole number of at least 1, got 0.',
    ],
    [
      'an unknown partition',
      () => RaggedFeature('int32', { partitions: [{ by: 'x' } as never] }),
      'RaggedFeature: there is no partition x.',
    ],
    [
      'a fixed feature of steps',
      () => parseSequenceExample(one, { sequence: { a: FixedLenFeature([], 'int32') as never } }),
      'parseSequenceExample: "a" is no feature of a sequence.',
    ],
  ])('say %s', (_, parse, message) => {
    expect(parse).toThrow(InvalidArgumentError)
    expect(parse).toThrow(message)
  })
})
