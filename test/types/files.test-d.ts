import { expectTypeOf, test } from 'vitest'
import type { Json } from '../../src/core/state.ts'
import type { NumericDType } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { Scalar } from '../../src/ndarray/element.ts'
import type { NdArray } from '../../src/ndarray/ndarray.ts'

const columns = {
  id: 'int64',
  size: { dtype: 'float32', defaultValue: 0 },
  name: { dtype: 'string' },
  good: 'bool',
  raw: 'bytes',
} as const

test('rows of CSV files have the types of their columns', () => {
  const rows = Dataset.csv('a', { columns })
  expectTypeOf(rows).toEqualTypeOf<
    Dataset<{ id: bigint; size: number; name: string; good: boolean; raw: Uint8Array }>
  >()
  expectTypeOf(Dataset.csv(['a', new URL('file:///b')], { columns: { a: 'int32' } })).toEqualTypeOf<
    Dataset<{ a: number }>
  >()
})

test('a tuple of columns gives tuples', () => {
  const rows = Dataset.csv('a', { columns: ['int32', 'string', { dtype: 'int64', defaultValue: 1n }] })
  expectTypeOf(rows).toEqualTypeOf<Dataset<[number, string, bigint]>>()
})

test('selected columns alone are in the rows', () => {
  const rows = Dataset.csv('a', { columns, selectColumns: ['name', 'id'] })
  expectTypeOf(rows).toEqualTypeOf<Dataset<{ id: bigint; name: string }>>()
  // @ts-expect-error there is no such column
  Dataset.csv('a', { columns, selectColumns: ['nme'] })
})

test('a default has the type of its column', () => {
  // @ts-expect-error an int64 is a bigint
  Dataset.csv('a', { columns: { a: { dtype: 'int64', defaultValue: 1 } } })
  // @ts-expect-error there is no such dtype
  Dataset.csv('a', { columns: { a: 'int' } })
  // @ts-expect-error columns are needed
  Dataset.csv('a', {})
})

test('the other sources of files', () => {
  expectTypeOf(Dataset.textLines('a')).toEqualTypeOf<Dataset<string>>()
  expectTypeOf(Dataset.jsonLines('a')).toEqualTypeOf<Dataset<Json>>()
  expectTypeOf(Dataset.jsonLines<{ x: number }>('a')).toEqualTypeOf<Dataset<{ x: number }>>()
  expectTypeOf(Dataset.fixedLengthRecords('a', 3)).toEqualTypeOf<Dataset<Uint8Array>>()
  expectTypeOf(Dataset.listFiles('*')).toEqualTypeOf<Dataset<string>>()
  expectTypeOf(Dataset.npy('a')).toEqualTypeOf<Dataset<NdArray | Scalar>>()
  expectTypeOf(Dataset.npy<number>('a')).toEqualTypeOf<Dataset<number>>()
  expectTypeOf(Dataset.npz('a', { keys: ['x', 'y'] })).toEqualTypeOf<Dataset<Record<'x' | 'y', NdArray | Scalar>>>()
  type Row = NdArray<NumericDType> | number
  expectTypeOf(Dataset.idx('a')).toEqualTypeOf<Dataset<Row>>()
  expectTypeOf(Dataset.idx({ image: 'a', label: new URL('file:///b') })).toEqualTypeOf<
    Dataset<{ image: Row; label: Row }>
  >()
})
