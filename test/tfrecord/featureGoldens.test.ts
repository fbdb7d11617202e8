import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import type { DType } from '../../src/core/spec.ts'
import { isNdArray } from '../../src/ndarray/ndarray.ts'
import { decodeSequenceExample } from '../../src/tfrecord/decodeSequenceExample.ts'
import { encodeSequenceExample, type SequenceExampleInput } from '../../src/tfrecord/encodeSequenceExample.ts'
import type { FeatureSchema, Features } from '../../src/tfrecord/features.ts'
import { FixedLenFeature } from '../../src/tfrecord/fixedLenFeature.ts'
import { FixedLenSequenceFeature } from '../../src/tfrecord/fixedLenSequenceFeature.ts'
import { parseExample } from '../../src/tfrecord/parseExample.ts'
import { parseSequenceExample, type SequenceFeatures } from '../../src/tfrecord/parseSequenceExample.ts'
import { RaggedFeature, type Partition } from '../../src/tfrecord/raggedFeature.ts'
import { SparseFeature } from '../../src/tfrecord/sparseFeature.ts'
import { VarLenFeature } from '../../src/tfrecord/varLenFeature.ts'
import { fromHex, hexOf, readJson } from './fixtures.ts'

/** A case of features.json; see features.py. */
interface Case {
  readonly name: string
  readonly records: readonly string[]
  readonly features?: Readonly<Record<string, Spec>>
  readonly context?: Readonly<Record<string, Spec>>
  readonly sequence?: Readonly<Record<string, Spec>>
  readonly single: readonly unknown[]
  readonly batch: unknown
}

interface Spec {
  readonly kind: FeatureSchema['kind']
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly default?: unknown
  readonly allowMissing?: boolean
  readonly alreadySorted?: boolean
  readonly indexKeys: readonly string[]
  readonly valueKey: string | undefined
  readonly size: readonly number[]
  readonly partitions: readonly (readonly [Partition['by'], never])[]
}

const cases = readJson('features.json') as readonly Case[]

function schema(spec: Spec): FeatureSchema {
  const { dtype, shape } = spec
  const whole = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(whole) : dtype === 'int64' ? BigInt(value as number) : value
  const given = spec.default === undefined ? {} : { defaultValue: whole(spec.default) as never }
  switch (spec.kind) {
    case 'fixedLen':
      return FixedLenFeature(shape, dtype, given)
    case 'fixedLenSequence': {
      const { allowMissing = false } = spec
      return FixedLenSequenceFeature(shape, dtype, {
        allowMissing,
        ...given,
      })
    }
    case 'varLen':
      return VarLenFeature(dtype)
    case 'sparse':
      return SparseFeature(spec.indexKeys, spec.valueKey ?? '', dtype, spec.size, {
        alreadySorted: spec.alreadySorted ?? false,
      })
    case 'ragged': {
      const partitions = spec.partitions.map(([by, argument]) => RaggedFeature[by](argument))
      return RaggedFeature(
        dtype,
        spec.valueKey === undefined ? { partitions } : { valueKey: spec.valueKey, partitions },
      )
    }
  }
}

function schemas(specs: Readonly<Record<string, Spec>> = {}): Features {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, schema(spec)]))
}

/** A parsed value in the form of features.json. */
function shown(value: unknown): unknown {
  const number = (one: unknown): unknown => (typeof one === 'bigint' ? Number(one) : one)
  if (isNdArray(value)) return { shape: [...value.shape], values: Array.from<unknown>(value.data).map(number) }
  if (typeof value !== 'object') return { shape: [], values: [number(value)] }
  return Object.fromEntries(Object.entries(value as object).map(([key, part]) => [key, shown(part)]))
}

function attempt(parse: () => unknown): unknown {
  try {
    return shown(parse())
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError)
    return { error: true }
  }
}

describe('SequenceExamples written', () => {
  // Python writes an empty context and empty feature lists where they were set; they mean the same as none.
  const written = cases.filter(({ name, sequence }) => sequence !== undefined && name !== 'list twice')
  it.each(written)('$name', ({ records }) => {
    for (const hex of records) {
      const decoded = decodeSequenceExample(fromHex(hex))
      const bare = Object.keys(decoded.sequence).length === 0 ? hex.replace(/1200$/, '') : hex
      expect(hexOf(encodeSequenceExample(decoded as SequenceExampleInput))).toBe(bare.replace(/^0a00/, ''))
    }
  })
})

describe('features parsed as TensorFlow does', () => {
  it.each(cases)('$name', ({ records, features, context, sequence, single, batch }) => {
    const bytes = records.map(fromHex)
    if (features !== undefined) {
      const asked = schemas(features)
      expect(bytes.map((record) => attempt(() => parseExample(record, asked)))).toEqual(single)
      expect(attempt(() => parseExample(bytes, asked))).toEqual(batch)
      return
    }
    const asked = { context: schemas(context), sequence: schemas(sequence) as SequenceFeatures }
    expect(bytes.map((record) => attempt(() => parseSequenceExample(record, asked)))).toEqual(single)
    expect(attempt(() => parseSequenceExample(bytes, asked))).toEqual(batch)
  })
})
