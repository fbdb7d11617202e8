import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isNdArray } from '../../src/ndarray/ndarray.ts'
import type { DType } from '../../src/core/spec.ts'
import { decodeExample } from '../../src/tfrecord/decodeExample.ts'
import { encodeExample } from '../../src/tfrecord/encodeExample.ts'
import type { Feature } from '../../src/tfrecord/feature.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { parseExample } from '../../src/tfrecord/parseExample.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { writeTFRecords } from '../../src/tfrecord/writeTFRecords.ts'
import { drain, fixtures, fromHex, hexOf, listed, readJson } from './fixtures.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-goldens-'))
})
afterAll(() => rm(folder, { recursive: true }))

const withExamples = fixtures.filter(({ records }) => records.some(({ features }) => features !== undefined))

describe("TensorFlow's files", () => {
  it('are there', () => expect(fixtures.length).toBeGreaterThan(10))

  it.each(fixtures)('$name is read', async ({ path, records }) => {
    for (const chunkBytes of [1, 7, 100, 1 << 20]) {
      const found = await drain(new RecordReader(path, { chunkBytes }))
      expect(found.map(hexOf), `chunks of ${chunkBytes}`).toEqual(records.map(({ hex }) => hex))
    }
  })

  it.each(fixtures)('$name is written byte for byte', async ({ name, path, records }) => {
    const copy = join(folder, name)
    await writeTFRecords(
      copy,
      records.map(({ hex }) => fromHex(hex)),
    )
    expect(await readFile(copy)).toEqual(await readFile(path))
  })

  it.each(withExamples)('$name is decoded', ({ records }) => {
    for (const { hex, features } of records) expect(listed(decodeExample(fromHex(hex)))).toEqual(features)
  })

  it.each(withExamples)('$name is encoded', ({ records, canonical }) => {
    for (const { hex } of records) {
      const decoded = decodeExample(fromHex(hex))
      // The other way round: the order of the names must not matter.
      const reversed = Object.fromEntries(Object.entries(decoded).reverse()) as Record<string, Feature>
      const encoded = encodeExample(reversed)
      if (canonical) expect(hexOf(encoded)).toBe(hex)
      expect(decodeExample(encoded)).toEqual(decoded)
    }
  })
})

interface ParseCase {
  readonly name: string
  readonly hex: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly default: unknown
  readonly value?: unknown
  readonly error?: boolean
}

describe('tf.io.parse_single_example', () => {
  it.each(readJson('parse.json') as ParseCase[])('$name', (row) => {
    const given = JSON.parse(JSON.stringify(row.default), (_, value: unknown) =>
      row.dtype === 'int64' && typeof value === 'number' ? BigInt(value) : value,
    ) as readonly unknown[] | null
    const feature = FixedLenFeature(row.shape, row.dtype, given === null ? {} : { defaultValue: given })
    const parse = (): unknown => parseExample(fromHex(row.hex), { a: feature }).a
    if (row.error === true) {
      expect(parse).toThrow(expect.objectContaining({ name: 'InvalidArgumentError' }))
      return
    }
    const value = parse()
    const plain: unknown = isNdArray(value) ? value.toArray() : value
    expect(JSON.parse(JSON.stringify(plain, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v)))).toEqual(
      row.value,
    )
  })
})
