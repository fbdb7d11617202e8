import type { DType } from '../core/spec.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import type { Ragged } from '../ndarray/ragged.ts'
import type { FinishedColumn } from './column.ts'
import { Misfit } from './listValues.ts'
import type { Partition } from './raggedFeature.ts'

/** Values that are ragged or not, and how many of their rows each record has. */
interface Divided {
  readonly values: NdArray | Ragged
  /** Rows of all records before each one. */
  readonly splits: Int32Array
}

/**
 * The values of a column divided by partitions.
 *
 * @param partitions each with the column of its numbers, from the outermost to the innermost
 * @param single whether the column is that of one record, whose rows are not to be divided by records
 * @returns a Misfit where a partition does not fit the values, with the record
 */
export function raggedRows(
  { dtype, data, splits }: FinishedColumn,
  partitions: readonly (readonly [Partition, FinishedColumn | undefined])[],
  single: boolean,
): NdArray | Ragged | { readonly misfit: Misfit; readonly row: number } {
  let divided: Divided = { values: new NdArray<DType>(dtype, [data.length], data), splits }
  for (const [partition, numbers] of [...partitions].reverse()) {
    const next = divide(divided, partition, numbers)
    if ('misfit' in next) return next
    divided = next
  }
  return single ? divided.values : ragged(divided.values, divided.splits)
}

/** A record whose features do not go together. */
interface RowMisfit {
  readonly misfit: Misfit
  readonly row: number
}

/** Whether parsing stopped at a record. */
export function isRowMisfit(value: unknown): value is RowMisfit {
  return typeof value === 'object' && value !== null && 'misfit' in value && value.misfit instanceof Misfit
}

export function ragged<V>(values: V, splits: Int32Array): Ragged<V, 'int32'> {
  return { values, rowSplits: new NdArray('int32', [splits.length], splits) }
}

function divide(
  { values, splits }: Divided,
  partition: Partition,
  numbers: FinishedColumn | undefined,
): Divided | { readonly misfit: Misfit; readonly row: number } {
  const ends: number[] = [0]
  const outer = new Int32Array(splits.length)
  for (let record = 0; record + 1 < splits.length; record++) {
    const count = splits[record + 1] - splits[record]
    const lengths =
      partition.by === 'uniformRowLength'
        ? evenLengths(count, partition.length)
        : lengthsOf(partition, count, recordNumbers(numbers, record))
    if (lengths instanceof Misfit) return { misfit: lengths, row: record }
    for (const length of lengths) ends.push(ends[ends.length - 1] + length)
    outer[record + 1] = ends.length - 1
  }
  // TensorFlow makes an axis of rows that are all of one length, unless they are ragged inside.
  if (partition.by === 'uniformRowLength' && values instanceof NdArray) {
    const shape = [ends.length - 1, partition.length, ...values.shape.slice(1)]
    return { values: values.reshape(shape), splits: outer }
  }
  return { values: ragged(values, Int32Array.from(ends)), splits: outer }
}

function recordNumbers(numbers: FinishedColumn | undefined, record: number): Int32Array {
  if (numbers === undefined) return new Int32Array(0)
  return (numbers.data as Int32Array).subarray(numbers.splits[record], numbers.splits[record + 1])
}

function evenLengths(count: number, length: number): readonly number[] | Misfit {
  if (count % length === 0) return new Array<number>(count / length).fill(length)
  return new Misfit(`its ${count} values cannot be divided into rows of ${length}`)
}

/** The lengths of the rows into which `numbers` divide `count` values. */
function lengthsOf(
  { by, key }: Exclude<Partition, { by: 'uniformRowLength' }>,
  count: number,
  numbers: Int32Array,
): readonly number[] | Misfit {
  const wrong = (): Misfit =>
    new Misfit(`the ${by} in ${JSON.stringify(key)} do not divide its ${count} values`, rules[by])
  if (by === 'valueRowids') return numbers.length === count ? (rowLengths(numbers) ?? wrong()) : wrong()
  if ((by === 'rowSplits' || by === 'rowStarts') && numbers.length > 0 && numbers[0] !== 0) return wrong()
  const lengths = by === 'rowLengths' ? [...numbers] : differences(by, count, numbers)
  let total = 0
  for (const length of lengths) {
    if (length < 0) return wrong()
    total += length
  }
  return total === count ? lengths : wrong()
}

function differences(by: 'rowSplits' | 'rowStarts' | 'rowLimits', count: number, numbers: Int32Array): number[] {
  const places = [...numbers]
  // The splits of a record that has none, and so no values either, are those of no rows.
  if (by === 'rowLimits' || (by === 'rowSplits' && places.length === 0)) places.unshift(0)
  if (by === 'rowStarts' && places.length > 0) places.push(count)
  return places.slice(1).map((place, i) => place - places[i])
}

/** The number of values in each row; undefined where the row ids are no ascending ones. */
function rowLengths(ids: Int32Array): number[] | undefined {
  const lengths: number[] = []
  let last = 0
  for (const [i, id] of ids.entries()) {
    // Empty rows are believed only within reason: memory must not hang on what one number says.
    if (id < last || id - i > mostEmptyRows) return undefined
    while (lengths.length <= id) lengths.push(0)
    lengths[id]++
    last = id
  }
  return lengths
}

/** Rows of one record that row ids may leave empty. */
const mostEmptyRows = 1 << 20

const rules: Readonly<Record<Exclude<Partition['by'], 'uniformRowLength'>, string>> = {
  rowSplits: 'They begin with 0, ascend, and end with the number of values.',
  rowLengths: 'They are at least 0 and add up to the number of values.',
  rowStarts: 'They begin with 0 and ascend to at most the number of values.',
  rowLimits: 'They ascend from at least 0 to the number of values.',
  valueRowids: 'There is one for each value, and they ascend from at least 0, with at most 2^20 rows empty.',
}
