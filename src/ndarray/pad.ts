import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import { shapeText, TensorSpec, type Shape, type Spec } from '../core/spec.ts'
import { allocate, type DataOf, type ScalarOf } from './dtype.ts'
import { isStructure, type Batched, type Scalar } from './element.ts'
import { checkScalar, isNdArray, NdArray, sizeOf } from './ndarray.ts'
import { differs, elementPath, stackBy, type Place } from './stack.ts'

/**
 * Sizes to pad each leaf to, in the form of the element; null, -1 or undefined where the longest of the batch decides.
 */
export type PaddedShapes<T> = T extends NdArray
  ? readonly (number | null | undefined)[]
  : T extends Scalar
    ? readonly []
    : { readonly [K in keyof T]?: PaddedShapes<T[K]> | undefined }

/** What to pad each leaf with, in the form of the element. */
export type PaddingValues<T> =
  T extends NdArray<infer D>
    ? ScalarOf<D>
    : T extends Scalar
      ? Scalar
      : { readonly [K in keyof T]?: PaddingValues<T[K]> | undefined }

/** Shapes and values by leaf; undefined where all of it is by default. */
export interface Padding {
  readonly shapes: unknown
  readonly values: unknown
}

/**
 * Stacks elements of one structure after padding their NdArrays at the end of each axis.
 *
 * @param firstIndex index of the first element, for messages
 * @throws DataLossError where an element is longer than the shape it is to be padded to
 * @throws InvalidArgumentError where structures, dtypes or ranks differ, or a value is not of the dtype
 */
export function padStack<T>(rows: readonly T[], padding: Padding, spec?: Spec, firstIndex = 0): Batched<T> {
  const join = (leaves: readonly unknown[], first: NdArray, place: Place): NdArray => {
    const wanted = shapeAt(padding.shapes, place.keys)
    return padArrays(leaves, first, place, wanted, valueAt(padding.values, place.keys))
  }
  return stackBy(rows, join, spec, firstIndex) as Batched<T>
}

/**
 * The spec of what `padStack` makes, checked against what is to be padded.
 *
 * @throws InvalidArgumentError where a shape has another rank, or a value another dtype
 */
export function paddedSpec(spec: Spec, padding: Padding, rows: number | null, keys: readonly string[] = []): Spec {
  if (spec instanceof TensorSpec) {
    const { shape, dtype } = spec
    const wanted = shapeAt(padding.shapes, keys)
    if (shape === undefined) return new TensorSpec(wanted && [rows, ...wanted], dtype)
    if (wanted !== undefined && wanted.length !== shape.length) throw wrongRank(wanted, shape, keys)
    const value = valueAt(padding.values, keys)
    if (value !== undefined && shape.length > 0) checkScalar(value, dtype)
    return new TensorSpec([rows, ...shape.map((size, axis) => wanted?.[axis] ?? size)], dtype)
  }
  const parts = Object.entries(spec as Readonly<Record<string, Spec>>).map(
    ([key, part]) => [key, paddedSpec(part, padding, rows, [...keys, key])] as const,
  )
  return Array.isArray(spec) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

/** Padded shapes for elements like `row`, in which `size` takes the place of each size left open. */
export function fillShapes(
  row: unknown,
  shapes: unknown,
  spec: Spec | undefined,
  size: number,
  keys: string[] = [],
): unknown {
  if (isNdArray(row)) {
    const leaf = partAt(spec, keys)
    const known = leaf instanceof TensorSpec ? leaf.shape : undefined
    const wanted = shapeAt(shapes, keys) ?? known ?? row.shape.map((_, axis) => (axis === 0 ? null : undefined))
    return wanted.map((length) => (length === null ? size : length))
  }
  if (!isStructure(row)) return []
  const parts = Object.entries(row).map(
    ([key, part]) => [key, fillShapes(part, shapes, spec, size, [...keys, key])] as const,
  )
  return Array.isArray(row) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

/** Refuses sizes that are neither whole nor left open. */
export function checkPaddedShapes(shapes: unknown, name: string): void {
  if (!Array.isArray(shapes) && !isStructure(shapes)) throw notAShape(shapes, name)
  const parts = Object.values(shapes) as unknown[]
  if (Array.isArray(shapes) && shapes.every((part) => typeof part !== 'object' || part === null)) {
    for (const size of parts) {
      if (size !== null && size !== undefined && !(Number.isSafeInteger(size) && (size as number) >= -1)) {
        throw notAShape(size, name)
      }
    }
    return
  }
  for (const part of parts) if (part !== undefined && part !== null) checkPaddedShapes(part, name)
}

function notAShape(value: unknown, name: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `${name} must hold whole numbers of at least 0, or null, -1 or undefined for the longest, got ${String(value)}.`,
  )
}

function wrongRank(wanted: Shape, shape: Shape, keys: readonly string[]): InvalidArgumentError {
  const leaf = keys.length === 0 ? 'the element' : keys.join('.')
  return new InvalidArgumentError(
    `${leaf} has shape ${shapeText(shape)}, which cannot be padded to ${shapeText(wanted)}.`,
    { hint: 'Name one size for each axis.' },
  )
}

function padArrays(
  rows: readonly unknown[],
  first: NdArray,
  place: Place,
  wanted: Shape | undefined,
  value: unknown,
): NdArray {
  const { dtype } = first
  const arrays = rows.map((row, i) => {
    if (!isNdArray(row) || row.dtype !== dtype || row.rank !== first.rank) throw differs(first, row, i, place)
    return row
  })
  if (wanted !== undefined && wanted.length !== first.rank) throw wrongRank(wanted, first.shape, place.keys)
  const shape = first.shape.map((_, axis) => sizeOfAxis(arrays, axis, wanted?.[axis], place))
  const size = sizeOf(shape)
  const data = allocate(dtype, rows.length * size)
  const fill: unknown = value === undefined ? undefined : checkScalar(value, dtype)
  if (fill !== undefined && fill !== 0 && fill !== '') (data as unknown[]).fill(fill)
  for (let i = 0; i < arrays.length; i++) copyInto(data, i * size, shape, arrays[i])
  return new NdArray(dtype, [rows.length, ...shape], data)
}

function sizeOfAxis(arrays: readonly NdArray[], axis: number, wanted: number | null | undefined, place: Place): number {
  let longest = 0
  for (let i = 0; i < arrays.length; i++) {
    const { shape } = arrays[i]
    if (shape[axis] > longest) longest = shape[axis]
    if (wanted !== null && wanted !== undefined && shape[axis] > wanted) {
      throw new DataLossError(
        `${elementPath(place, i)} has shape ${shapeText(shape)}, longer than the ${wanted} that axis ${axis} is padded to.`,
        { index: place.firstIndex + i, hint: 'Cut it in a map before, or pad to more.' },
      )
    }
  }
  return wanted ?? longest
}

/** Copies an array into the corner of a block of `shape` that begins at `start`. */
function copyInto(data: DataOf[keyof DataOf], start: number, shape: readonly number[], array: NdArray): void {
  const { rank, size } = array
  if (rank <= 1) {
    copyRun(data, start, array.data, 0, size)
    return
  }
  if (size === 0) return
  const length = array.shape[rank - 1]
  const place = new Array<number>(rank - 1).fill(0)
  for (let from = 0; from < size; from += length) {
    let at = 0
    for (let axis = 0; axis < rank - 1; axis++) at = (at + place[axis]) * shape[axis + 1]
    copyRun(data, start + at, array.data, from, length)
    for (let axis = rank - 2; axis >= 0 && ++place[axis] === array.shape[axis]; axis--) place[axis] = 0
  }
}

function copyRun(to: ArrayLike<unknown>, at: number, from: ArrayLike<unknown>, start: number, length: number): void {
  // set() has a cost of its own, and a subarray another one: worth it from some values on.
  if (length > 32 && ArrayBuffer.isView(from)) {
    // Both are of one dtype, whichever it is.
    const run = from as Float32Array
    const whole = length === run.length
    ;(to as unknown as Float32Array).set(whole ? run : run.subarray(start, start + length), at)
  } else for (let i = 0; i < length; i++) (to as unknown[])[at + i] = from[start + i]
}

function shapeAt(shapes: unknown, keys: readonly string[]): Shape | undefined {
  const found = partAt(shapes, keys)
  if (!Array.isArray(found)) return undefined
  return Array.from(found as readonly (number | null | undefined)[], (size) =>
    size === undefined || size === -1 ? null : size,
  )
}

/** A single value stands for every leaf. */
function valueAt(values: unknown, keys: readonly string[]): unknown {
  return isStructure(values) ? partAt(values, keys) : values
}

function partAt(structure: unknown, keys: readonly string[]): unknown {
  let part = structure
  for (const key of keys)
    part = typeof part === 'object' && part !== null ? (part as Readonly<Record<string, unknown>>)[key] : undefined
  return part
}
