import { InvalidArgumentError } from '../core/errors.ts'
import { TensorSpec, type DType, type Spec } from '../core/spec.ts'
import { allocate, type ScalarOf } from './dtype.ts'
import type { Batched, Scalar } from './element.ts'
import { describe, isNdArray, NdArray } from './ndarray.ts'
import { padStack } from './pad.ts'
import { differs, stackBy, type Place } from './stack.ts'

/** What row splits may be. */
export type RowSplitsDType = 'int32' | 'int64'

/**
 * Rows of unequal length, one behind the other (`tf.RaggedTensor`): row i is `values` from `rowSplits[i]` to
 * `rowSplits[i + 1]`. Where further axes vary, `values` is ragged itself. Plain data, so that it goes where elements go.
 */
export interface Ragged<V = unknown, S extends RowSplitsDType = RowSplitsDType> {
  readonly values: V
  readonly rowSplits: NdArray<S, 1>
}

/** Values that may be ragged, to any depth. */
export type RaggedValues<D extends DType = DType, S extends RowSplitsDType = RowSplitsDType> =
  NdArray<D> | RaggedArray<D, S>

/** Rows of NdArrays whose first axis varies, or more of them. */
export interface RaggedArray<D extends DType = DType, S extends RowSplitsDType = RowSplitsDType> extends Ragged<
  RaggedValues<D, S>,
  S
> {
  readonly values: RaggedValues<D, S>
}

/** What `raggedBatch` makes of elements T: each NdArray becomes ragged, each plain scalar a vector. */
export type RaggedBatched<T, S extends RowSplitsDType = 'int64'> =
  T extends NdArray<infer D>
    ? RaggedArray<D, S>
    : T extends Scalar
      ? Batched<T>
      : { [K in keyof T]: RaggedBatched<T[K], S> }

/**
 * Joins elements of one structure whose NdArrays differ in shape. The axes up to the last one of unknown size become
 * ragged; all of them where nothing is known.
 *
 * @throws InvalidArgumentError where structures, dtypes, ranks or the sizes of the other axes differ
 */
export function raggedStack<T>(
  rows: readonly T[],
  splitsDType: RowSplitsDType,
  spec?: Spec,
  firstIndex = 0,
): RaggedBatched<T, RowSplitsDType> {
  const join = (leaves: readonly unknown[], first: NdArray, place: Place, leafSpec: Spec | undefined) =>
    joinArrays(leaves, first, raggedRank(leafSpec, first.rank), splitsDType, place)
  return stackBy(rows, join, spec, firstIndex) as RaggedBatched<T, RowSplitsDType>
}

/** The spec of what `raggedStack` makes. */
export function raggedSpec(spec: Spec, splitsDType: RowSplitsDType, rows: number | null): Spec | undefined {
  const unknown: TensorSpec[] = []
  const made = mapLeaves(spec, (leaf) => {
    const { shape, dtype } = leaf
    if (shape === undefined) unknown.push(leaf)
    if (shape === undefined || shape.length === 0) return new TensorSpec([rows], dtype)
    const rank = raggedRank(new TensorSpec(shape, dtype), shape.length)
    let part: Spec = new TensorSpec([null, ...shape.slice(rank)], dtype)
    for (let axis = rank; axis > 0; axis--) {
      const splits = axis === 1 && rows !== null ? rows + 1 : null
      part = { values: part, rowSplits: new TensorSpec([splits], splitsDType) }
    }
    return part
  })
  return unknown.length === 0 ? made : undefined
}

/** The rows of a ragged batch: views, ragged themselves where `values` is. */
export function raggedRows<V extends RaggedValues>({ values, rowSplits }: Ragged<V>): V[] {
  return Array.from({ length: rowSplits.size - 1 }, (_, i) =>
    sliceOf(values, Number(rowSplits.data[i]), Number(rowSplits.data[i + 1])),
  )
}

/** The rows padded to the longest of them (`tf.RaggedTensor.to_tensor`), by default with 0, '' or false. */
export function raggedToPadded<D extends DType>(ragged: RaggedArray<D>, value?: ScalarOf<D>): NdArray<D> {
  const rows = raggedRows(ragged).map((row) => (isNdArray(row) ? row : raggedToPadded(row, value)))
  if (rows.length > 0) return padStack(rows, { shapes: undefined, values: value })
  let values: RaggedValues<D> = ragged
  let axes = 0
  for (; !isNdArray(values); values = values.values) axes++
  const shape = [...new Array<number>(axes + 1).fill(0), ...values.shape.slice(1)]
  return new NdArray(values.dtype, shape, allocate(values.dtype, 0))
}

function sliceOf<V extends RaggedValues>(values: V, start: number, end: number): V
function sliceOf(values: RaggedValues, start: number, end: number): RaggedValues {
  if (isNdArray(values)) return values.slice(start, end)
  const bounds = Array.from(values.rowSplits.data.subarray(start, end + 1), Number)
  const splits = bounds.map((bound) => bound - bounds[0])
  return {
    values: sliceOf(values.values, bounds[0], bounds[end - start]),
    rowSplits: splitsOf(values.rowSplits.dtype, splits),
  }
}

function splitsOf<S extends RowSplitsDType>(dtype: S, bounds: readonly number[]): NdArray<S, 1>
function splitsOf(dtype: RowSplitsDType, bounds: readonly number[]): NdArray {
  const data = dtype === 'int32' ? Int32Array.from(bounds) : BigInt64Array.from(bounds, BigInt)
  return new NdArray<RowSplitsDType>(dtype, [bounds.length], data)
}

/** Axes, from the first one, that are ragged in a batch: those up to the last one of unknown size, one at least. */
function raggedRank(spec: Spec | undefined, rank: number): number {
  const shape = spec instanceof TensorSpec ? spec.shape : undefined
  return shape === undefined ? rank : Math.max(1, shape.lastIndexOf(null) + 1)
}

function joinArrays(
  rows: readonly unknown[],
  first: NdArray,
  ragged: number,
  splitsDType: RowSplitsDType,
  place: Place,
): RaggedValues {
  const { dtype, rank } = first
  const inner = first.shape.slice(ragged)
  const bounds = Array.from({ length: ragged }, () => [0])
  let size = 0
  const arrays = rows.map((row, i) => {
    const fits = isNdArray(row) && row.dtype === dtype && row.rank === rank
    if (!fits || inner.some((length, axis) => row.shape[ragged + axis] !== length)) throw differs(first, row, i, place)
    let count = 1
    for (let axis = 0; axis < ragged; axis++) {
      const length = row.shape[axis]
      const splits = bounds[axis]
      for (let j = 0; j < count; j++) splits.push(splits[splits.length - 1] + length)
      count *= length
    }
    size += row.size
    return row
  })
  if (rank === 0) throw new InvalidArgumentError(`${place.path} is ${describe(first)}, which has no rows.`)
  const data = allocate(dtype, size)
  let at = 0
  for (const { data: from } of arrays) for (let i = 0; i < from.length; i++) data[at++] = from[i]
  const count = bounds[ragged - 1][bounds[ragged - 1].length - 1]
  let values: RaggedValues = new NdArray(dtype, [count, ...inner], data)
  for (let axis = ragged - 1; axis >= 0; axis--) values = { values, rowSplits: splitsOf(splitsDType, bounds[axis]) }
  return values
}

function mapLeaves(spec: Spec, change: (leaf: TensorSpec) => Spec): Spec {
  if (spec instanceof TensorSpec) return change(spec)
  const parts = Object.entries(spec as Readonly<Record<string, Spec>>).map(
    ([key, part]) => [key, mapLeaves(part, change)] as const,
  )
  return Array.isArray(spec) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}
