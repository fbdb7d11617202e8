import { InvalidArgumentError } from '../core/errors.ts'
import { mapSpec, TensorSpec, type Spec } from '../core/spec.ts'
import { isTyped, typedArrayOf } from './dtype.ts'
import { isStructure, joinPath, notAnElement } from './element.ts'
import { describe, isNdArray, ndarray, NdArray, scalarAt, sizeOf } from './ndarray.ts'

/** A structure of NdArrays, read row by row along axis 0. */
export interface Rows<T> {
  /** Number of rows. */
  readonly length: number
  /** Row `index` of every leaf, in the structure's form: views and plain scalars, no copies. */
  at(index: number): T
}

/**
 * Opens a structure of NdArrays for reading by row.
 *
 * @throws InvalidArgumentError where a leaf has no axis, or the leaves' first axes differ
 */
export function rowsOf<T>(structure: unknown): Rows<T> {
  const leaves: { path: string; array: NdArray }[] = []
  const at = reader(structure, '', leaves)
  const first = leaves[0] as { path: string; array: NdArray } | undefined
  if (first === undefined) throw new InvalidArgumentError('there is no NdArray to take rows from.')
  for (const { path, array } of leaves) {
    if (array.shape[0] !== first.array.shape[0]) {
      throw new InvalidArgumentError(
        `${name(path)} is ${describe(array)}, but ${name(first.path)} is ${describe(first.array)}.`,
        { hint: 'All leaves must have the same number of rows.' },
      )
    }
  }
  return { length: first.array.shape[0], at: at as (index: number) => T }
}

/**
 * The spec of a row from the spec of the whole.
 *
 * @throws InvalidArgumentError where a leaf is known to have no axis
 */
export function rowSpec(spec: Spec): Spec {
  return mapSpec(spec, ({ shape, dtype }, path) => {
    if (shape?.length === 0) throw new InvalidArgumentError(`${name(path)} is a scalar, which has no rows.`)
    return new TensorSpec(shape?.slice(1), dtype)
  })
}

/**
 * Makes the NdArrays of an argument: typed arrays become vectors, nested plain arrays of scalars tensors; objects, and
 * arrays that hold NdArrays, typed arrays or objects, are structures of such.
 */
export function toTensors(value: unknown, path = ''): unknown {
  if (isNdArray(value)) return value
  try {
    if (ArrayBuffer.isView(value) || (Array.isArray(value) && !isTuple(value))) return ndarray(value)
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new InvalidArgumentError(`${name(path)}: ${error.message}`)
    throw error
  }
  if (!isStructure(value)) return value
  if (Array.isArray(value)) return value.map((part, i) => toTensors(part, `${path}[${i}]`))
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toTensors(part, joinPath(path, key))]))
}

function isTuple(value: readonly unknown[]): boolean {
  return value.some((part) => (Array.isArray(part) ? isTuple(part) : typeof part === 'object' && part !== null))
}

function reader(value: unknown, path: string, leaves: { path: string; array: NdArray }[]): (index: number) => unknown {
  if (isNdArray(value)) {
    if (value.rank === 0) throw new InvalidArgumentError(`${name(path)} is a scalar, which has no rows.`)
    leaves.push({ path, array: value })
    return leafReader(value)
  }
  if (!isStructure(value)) {
    throw isScalar(value)
      ? new InvalidArgumentError(`${name(path)} is ${describe(value)}, which has no rows.`)
      : notAnElement(value, path)
  }
  if (Array.isArray(value)) {
    const parts = value.map((part, i) => reader(part, `${path}[${i}]`, leaves))
    return (index) => parts.map((part) => part(index))
  }
  const parts = Object.entries(value).map(([key, part]) => [key, reader(part, joinPath(path, key), leaves)] as const)
  return (index) => {
    const element: Record<string, unknown> = {}
    for (const [key, part] of parts) element[key] = part(index)
    return element
  }
}

function leafReader(array: NdArray): (index: number) => unknown {
  if (array.rank === 1) return (index) => scalarAt(array, index)
  const { dtype, data } = array
  const shape = Object.freeze(array.shape.slice(1))
  const size = sizeOf(shape)
  if (!isTyped(dtype)) return (index) => array.row(index)
  // A third faster than subarray().
  const Class = typedArrayOf(dtype) as typeof Float32Array
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = data as Float32Array
  return (index) => new NdArray(dtype, shape, new Class(buffer, byteOffset + index * size * BYTES_PER_ELEMENT, size))
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function' && value !== undefined
}

function name(path: string): string {
  return path === '' ? 'the tensor' : path
}
