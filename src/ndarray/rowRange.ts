import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import { allocate, isTyped } from './dtype.ts'
import { isStructure, joinPath } from './element.ts'
import { describe, isNdArray, NdArray, sizeOf } from './ndarray.ts'
import { rowsOf } from './rows.ts'

/** Rows `start` to `end`, not included, of a structure of NdArrays. */
export interface RowRange {
  readonly structure: unknown
  readonly start: number
  readonly end: number
}

/**
 * Number of rows of a structure of NdArrays.
 *
 * @throws InvalidArgumentError where a leaf has no axis, or the leaves' first axes differ
 */
export function rowCount(structure: unknown): number {
  if (isNdArray(structure) && structure.rank > 0) return structure.shape[0]
  return rowsOf(structure).length
}

/**
 * The rows of all ranges, one after the other: a view where there is but one, else copied once.
 *
 * @param ranges at least one
 * @throws InvalidArgumentError naming the leaf where structures, dtypes or shapes of a row differ
 */
export function joinRows(ranges: readonly RowRange[], path = ''): unknown {
  const [{ structure: first }] = ranges
  if (isNdArray(first)) return joinLeaf(ranges, first, path)
  if (!isStructure(first)) throw new InvalidArgumentError(`${name(path)} is ${describe(first)}, which has no rows.`)
  const tuple = Array.isArray(first)
  const keys = Object.keys(first)
  const parts = keys.map((key): [string, unknown] => {
    const column = ranges.map(({ structure, start, end }) => {
      const same = isStructure(structure) && Array.isArray(structure) === tuple && key in structure
      if (!same || Object.keys(structure).length !== keys.length) throw differs(first, structure, path)
      return { structure: (structure as Readonly<Record<string, unknown>>)[key], start, end }
    })
    return [key, joinRows(column, tuple ? `${path}[${key}]` : joinPath(path, key))]
  })
  return tuple ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

function joinLeaf(ranges: readonly RowRange[], first: NdArray, path: string): NdArray {
  if (ranges.length === 1) return first.slice(ranges[0].start, ranges[0].end)
  const { dtype } = first
  const rowShape = first.shape.slice(1)
  const size = sizeOf(rowShape)
  const rows = ranges.reduce((total, { start, end }) => total + end - start, 0)
  const data = allocate(dtype, rows * size)
  let at = 0
  for (const { structure, start, end } of ranges) {
    if (!isNdArray(structure) || structure.dtype !== dtype || !sameRow(structure.shape, first.shape)) {
      throw differs(first, structure, path)
    }
    if (isTyped(dtype)) {
      const part = (structure.data as Float32Array).subarray(start * size, end * size)
      ;(data as Float32Array).set(part, at)
    } else {
      for (let i = start * size; i < end * size; i++) (data as unknown[])[at + i - start * size] = structure.data[i]
    }
    at += (end - start) * size
  }
  return new NdArray(dtype, [rows, ...rowShape], data)
}

function sameRow(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => axis === 0 || size === b[axis])
}

function differs(first: unknown, other: unknown, path: string): InvalidArgumentError {
  const hint =
    isNdArray(first) && isNdArray(other) && first.dtype === other.dtype
      ? `Make the rows equal in a map before it; they are ${shapeText(first.shape.slice(1))} and ${shapeText(other.shape.slice(1))}.`
      : 'Every batch must have the same structure and dtypes.'
  return new InvalidArgumentError(
    `${name(path)} is ${describe(first)} in one batch, and ${describe(other)} in another: they cannot be joined.`,
    { hint },
  )
}

function name(path: string): string {
  return path === '' ? 'the element' : path
}
