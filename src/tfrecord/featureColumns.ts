/** The columns that features are read into, and what is made of them: a batch, or one record that is a batch of one. */
import { shapeText, type DType } from '../core/spec.ts'
import { allocate, type DataOf } from '../ndarray/dtype.ts'
import { NdArray, sizeOf } from '../ndarray/ndarray.ts'
import { Column, type ColumnRequest, type FinishedColumn } from './column.ts'
import type { FeatureSchema } from './features.ts'
import type { FixedLenSequenceFeature } from './fixedLenSequenceFeature.ts'
import { raggedRows } from './ragged.ts'
import { sparseAt, sparseRows } from './sparse.ts'

/** What is made of one feature's columns. */
export interface FeatureColumns {
  readonly columns: readonly Column[]
  /** What was asked for, as errors say it. */
  readonly wanted: string
  /**
   * @param finished the columns, in their order
   * @param single whether they hold one record, whose value is not to have an axis of records
   */
  readonly assemble: (finished: readonly FinishedColumn[], single: boolean) => unknown
}

/** Gives the column for a request, the same one where it was asked for before. */
export type ColumnSource = (request: ColumnRequest) => Column

/** Shares columns among features that read the same list in the same way. */
export function columnSource(columns: Column[]): ColumnSource {
  const shared = new Map<string, Column>()
  return (request) => {
    const { name, dtype, count, unit, optional } = request
    const key = JSON.stringify([name, dtype, count, unit, optional])
    const known = request.defaultValue === undefined ? shared.get(key) : undefined
    if (known !== undefined) return known
    const column = new Column(request)
    columns.push(column)
    if (request.defaultValue === undefined) shared.set(key, column)
    return column
  }
}

/**
 * The columns of a feature.
 *
 * @param steps whether each record is a step of a SequenceExample, in which a FixedLenSequenceFeature is one item
 */
export function featureColumns(
  name: string,
  feature: FeatureSchema,
  column: ColumnSource,
  steps = false,
): FeatureColumns {
  const list = (key: string, dtype: DType, wanted: string): Column =>
    column({ name: key, dtype, wanted, count: undefined, unit: 1, optional: true, defaultValue: undefined })
  switch (feature.kind) {
    case 'fixedLen':
      return fixed(name, feature.dtype, feature.shape, feature.defaultValue, column)
    case 'fixedLenSequence':
      return steps ? fixed(name, feature.dtype, feature.shape, undefined, column) : sequence(name, feature, column)
    case 'varLen': {
      const wanted = `${feature.dtype} [?]`
      return {
        columns: [list(name, feature.dtype, wanted)],
        wanted,
        assemble: ([values], single) => sparseRows(values, single),
      }
    }
    case 'sparse': {
      const { dtype, indexKeys, valueKey, size, alreadySorted } = feature
      const keys = indexKeys.map((key) => list(key, 'int32', 'the indices of a sparse feature, int32 [?]'))
      const wanted = `sparse ${dtype} ${shapeText(size)}`
      return {
        columns: [list(valueKey, dtype, `${dtype} [?]`), ...keys],
        wanted,
        assemble: ([values, ...indices], single) => sparseAt(indices, values, size, { single, alreadySorted }),
      }
    }
    case 'ragged': {
      const { dtype, partitions, valueKey = name } = feature
      const wanted = `ragged ${dtype}`
      const keys = partitions.flatMap((partition) =>
        partition.by === 'uniformRowLength' ? [] : [list(partition.key, 'int32', `${partition.by}, int32 [?]`)],
      )
      return {
        columns: [list(valueKey, dtype, `${dtype} [?]`), ...keys],
        wanted,
        assemble: ([values, ...numbers], single) => {
          let next = 0
          const pairs = partitions.map(
            (partition) => [partition, partition.by === 'uniformRowLength' ? undefined : numbers[next++]] as const,
          )
          return raggedRows(values, pairs, single)
        },
      }
    }
  }
}

function fixed(
  name: string,
  dtype: DType,
  shape: readonly number[],
  defaultValue: unknown,
  column: ColumnSource,
): FeatureColumns {
  const wanted = `${dtype} ${shapeText(shape)}`
  const optional = defaultValue !== undefined
  return {
    columns: [column({ name, dtype, wanted, count: sizeOf(shape), unit: 1, optional, defaultValue })],
    wanted,
    assemble: ([{ data, rows }]) => new NdArray(dtype, [rows, ...shape], data),
  }
}

function sequence(name: string, feature: FixedLenSequenceFeature, column: ColumnSource): FeatureColumns {
  const { dtype, shape, allowMissing } = feature
  const wanted = `${dtype} ${shapeText([null, ...shape])}`
  const unit = sizeOf(shape)
  return {
    columns: [column({ name, dtype, wanted, count: undefined, unit, optional: allowMissing, defaultValue: undefined })],
    wanted,
    assemble: ([values], single) =>
      single ? new NdArray(dtype, [values.data.length / unit, ...shape], values.data) : padded(values, feature),
  }
}

/** Rows of values, filled up to the length of the longest. */
export function padded(
  { data, splits }: Pick<FinishedColumn, 'data' | 'splits'>,
  feature: FixedLenSequenceFeature,
): NdArray {
  const { dtype, shape, defaultValue } = feature
  const rows = splits.length - 1
  let longest = 0
  for (let row = 0; row < rows; row++) longest = Math.max(longest, splits[row + 1] - splits[row])
  const into: { [index: number]: unknown } = allocate(dtype, rows * longest)
  for (let row = 0; row < rows; row++) {
    let at = row * longest
    for (let i = splits[row]; i < splits[row + 1]; i++) into[at++] = data[i]
    const fill = dtype === 'bool' && defaultValue !== undefined ? Number(defaultValue) : defaultValue
    if (fill !== undefined) for (const end = (row + 1) * longest; at < end; at++) into[at] = fill
  }
  return new NdArray<DType>(dtype, [rows, longest / sizeOf(shape), ...shape], into as DataOf[DType])
}
