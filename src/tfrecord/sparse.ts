import type { DType } from '../core/spec.ts'
import { allocate, type DataOf } from '../ndarray/dtype.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import type { FinishedColumn } from './column.ts'
import { Misfit } from './listValues.ts'

/** Values at some places of a large array (`tf.SparseTensor`), in the order of their indices. */
export interface Sparse<D extends DType = DType> {
  /** One row for each value: its index along each axis. */
  readonly indices: NdArray<'int32', 2>
  readonly values: NdArray<D, 1>
  /** The sizes of the axes. */
  readonly denseShape: NdArray<'int32', 1>
}

/** The Sparse of these parts; `indices` holds those of one value after the other. */
export function sparse(
  indices: Int32Array,
  { dtype, data }: Pick<FinishedColumn, 'dtype' | 'data'>,
  shape: readonly number[],
): Sparse {
  return {
    indices: new NdArray('int32', [data.length, shape.length], indices),
    values: new NdArray(dtype, [data.length], data),
    denseShape: new NdArray('int32', [shape.length], Int32Array.from(shape)),
  }
}

/** The lists of a column as rows of a Sparse of two axes, or the one list of it as a Sparse of one axis. */
export function sparseRows(column: FinishedColumn, single: boolean): Sparse {
  const { data, splits } = column
  const rank = single ? 1 : 2
  const indices = new Int32Array(data.length * rank)
  let longest = 0
  let at = 0
  for (let row = 0; row + 1 < splits.length; row++) {
    const length = splits[row + 1] - splits[row]
    longest = Math.max(longest, length)
    for (let i = 0; i < length; i++) {
      if (!single) indices[at++] = row
      indices[at++] = i
    }
  }
  return sparse(indices, column, single ? [longest] : [splits.length - 1, longest])
}

/**
 * Values at the indices that other columns hold.
 *
 * @param keys the indices along each axis
 * @param size the sizes of the axes
 * @returns a Misfit where a record has another number of indices than of values, with the record
 */
export function sparseAt(
  keys: readonly FinishedColumn[],
  values: FinishedColumn,
  size: readonly number[],
  options: { readonly single: boolean; readonly alreadySorted: boolean },
): Sparse | { readonly misfit: Misfit; readonly row: number } {
  const { splits } = values
  const axes = keys.map(({ data }) => data as Int32Array)
  for (let row = 0; row + 1 < splits.length; row++) {
    const count = splits[row + 1] - splits[row]
    const other = keys.find((key) => key.splits[row + 1] - key.splits[row] !== count)
    if (other !== undefined) {
      const found = other.splits[row + 1] - other.splits[row]
      return { misfit: new Misfit(`there are ${found} indices for ${count} values`), row }
    }
  }
  const order = Int32Array.from({ length: values.data.length }, (_, i) => i)
  if (!options.alreadySorted) {
    for (let row = 0; row + 1 < splits.length; row++) sortPart(order.subarray(splits[row], splits[row + 1]), axes)
  }
  const lead = options.single ? 0 : 1
  const rank = axes.length + lead
  const indices = new Int32Array(order.length * rank)
  const data = allocate(values.dtype, order.length)
  let row = 0
  order.forEach((from, to) => {
    while (splits[row + 1] <= to) row++
    if (lead === 1) indices[to * rank] = row
    axes.forEach((axis, i) => (indices[to * rank + lead + i] = axis[from]))
    ;(data as unknown[])[to] = values.data[from]
  })
  return sparse(indices, { dtype: values.dtype, data }, options.single ? size : [splits.length - 1, ...size])
}

/** Sorts positions by the indices there; equal ones keep their order. */
function sortPart(order: Int32Array, axes: readonly DataOf['int32'][]): void {
  order.sort((a, b) => {
    for (const axis of axes) if (axis[a] !== axis[b]) return axis[a] - axis[b]
    return a - b
  })
}
