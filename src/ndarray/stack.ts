import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText, TensorSpec, type NumericDType, type Spec } from '../core/spec.ts'
import { newMemory } from './batchMemory.ts'
import { allocate, allocateUnset, isTyped, type DataOf } from './dtype.ts'
import { isStructure, joinPath, notAnElement, scalarDType, type Batched } from './element.ts'
import { describe, isNdArray, NdArray, sizeOf } from './ndarray.ts'

/**
 * Stacks elements of one structure into a batch: every leaf gets one axis more, in front. Each value is copied once.
 *
 * The dtype of plain numbers comes from `spec`; without one they become float32, and a whole number that float32
 * cannot hold is refused rather than rounded.
 *
 * @param rows the elements, at least one
 * @param spec what is known of one element
 * @param firstIndex index of the first element, for messages
 * @param memory where its NdArrays are to lie; new memory by default
 * @throws InvalidArgumentError naming both elements where structure, dtype or shape differ
 */
export function stack<T>(rows: readonly T[], spec?: Spec, firstIndex = 0, memory = newMemory): Batched<T> {
  const join: JoinArrays = (parts, first, place, part) =>
    stackArrays(parts, first, place, part, memory.allocate(first.dtype, parts.length * first.size))
  return stackBy(rows, join, spec, firstIndex) as Batched<T>
}

/** What becomes of the NdArrays at one leaf. */
export type JoinArrays = (rows: readonly unknown[], first: NdArray, place: Place, spec: Spec | undefined) => unknown

/** As `stack`, but the NdArrays of each leaf are joined in another way. */
export function stackBy(rows: readonly unknown[], join: JoinArrays, spec?: Spec, firstIndex = 0): unknown {
  return stackPart(rows, spec, { firstIndex, path: '', keys: [], join })
}

/** A leaf of the elements that are stacked. */
export interface Place {
  readonly firstIndex: number
  readonly path: string
  readonly keys: readonly string[]
  readonly join: JoinArrays
}

function stackPart(rows: readonly unknown[], spec: Spec | undefined, place: Place): unknown {
  const first = rows[0]
  if (isNdArray(first)) return place.join(rows, first, place, spec)
  if (typeof first === 'number') return stackNumbers(rows, numericDType(spec), place)
  const dtype = scalarDType(first, 'float32')
  if (dtype !== undefined) return stackScalars(rows, dtype as 'int64' | 'bool' | 'string' | 'bytes', place)
  if (!isStructure(first)) throw notAnElement(first, elementPath(place, 0))
  const keys = Object.keys(first)
  const parts = keys.map((key) => {
    const within = {
      ...place,
      keys: [...place.keys, key],
      path: Array.isArray(first) ? `${place.path}[${key}]` : joinPath(place.path, key),
    }
    const column = rows.map((row, i) => {
      if (!isStructure(row) || Array.isArray(row) !== Array.isArray(first)) throw differs(first, row, i, place)
      const value = (row as Readonly<Record<string, unknown>>)[key]
      if (value !== undefined) return value
      throw Object.hasOwn(row, key) ? notAnElement(value, elementPath(within, i)) : differs(first, row, i, place)
    })
    const inner = isStructure(spec) && !(spec instanceof TensorSpec) ? (spec as Record<string, Spec>)[key] : undefined
    return stackPart(column, inner, within)
  })
  for (let i = 1; i < rows.length; i++) {
    if (Object.keys(rows[i] as object).length !== keys.length) throw differs(first, rows[i], i, place)
  }
  return Array.isArray(first) ? parts : Object.fromEntries(keys.map((key, i) => [key, parts[i]]))
}

/**
 * Stacks the NdArrays of one leaf.
 *
 * @param room where to put the values, with room for all of them; new memory by default
 */
export function stackArrays(
  rows: readonly unknown[],
  first: NdArray,
  place: Place,
  _spec?: Spec,
  room?: NdArray['data'],
): NdArray {
  const { dtype, shape } = first
  const size = sizeOf(shape)
  const data = room ?? allocateUnset(dtype, rows.length * size)
  // set() has a cost of its own, worth it from a few values on; bigints and text lie in other arrays.
  const block = isTyped(dtype) && size > 16 ? (data as Float32Array) : undefined
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    if (!isNdArray(row) || row.dtype !== dtype || !sameShape(row.shape, shape)) throw differs(first, row, i, place)
    if (block !== undefined) {
      if (!liesAt(row.data as Float32Array, block, i * size)) block.set(row.data as Float32Array, i * size)
    } else for (let j = 0; j < size; j++) (data as unknown[])[i * size + j] = row.data[j]
  }
  return new NdArray(dtype, [rows.length, ...shape], data)
}

/** Whether values lie at a place of a block already. */
function liesAt(values: Float32Array, block: Float32Array, place: number): boolean {
  return values.buffer === block.buffer && values.byteOffset === block.byteOffset + place * block.BYTES_PER_ELEMENT
}

function stackNumbers(rows: readonly unknown[], dtype: NumericDType, place: Place): NdArray {
  const data = allocate(dtype, rows.length)
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]
    if (typeof value !== 'number') throw differs(rows[0], value, i, place)
    data[i] = value
    if (data[i] !== value && !roundsWell(value, dtype)) throw doesNotFit(value, dtype, i, place)
  }
  return new NdArray(dtype, [rows.length], data)
}

function stackScalars(rows: readonly unknown[], dtype: 'int64' | 'bool' | 'string' | 'bytes', place: Place): NdArray {
  const data: unknown = allocate(dtype, rows.length)
  const cells = data as unknown[]
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]
    if (scalarDType(value, 'float32') !== dtype) throw differs(rows[0], value, i, place)
    cells[i] = dtype === 'bool' ? Number(value) : value
    if (dtype === 'int64' && cells[i] !== value) throw doesNotFit(value as bigint, dtype, i, place)
  }
  return new NdArray(dtype, [rows.length], data as DataOf[typeof dtype])
}

/** Fractions and NaN round to the nearest float; whole numbers must come through unchanged. */
function roundsWell(value: number, dtype: NumericDType): boolean {
  return Number.isNaN(value)
    ? dtype === 'float32' || dtype === 'float64'
    : dtype === 'float32' && !Number.isInteger(value)
}

function numericDType(spec: Spec | undefined): NumericDType {
  if (!(spec instanceof TensorSpec)) return 'float32'
  const { dtype } = spec
  return dtype === 'string' || dtype === 'bytes' || dtype === 'bool' || dtype === 'int64' ? 'float32' : dtype
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}

/** The error for a row that does not fit the first one. */
export function differs(first: unknown, row: unknown, i: number, place: Place): InvalidArgumentError {
  const shapes = isNdArray(first) && isNdArray(row) && first.dtype === row.dtype
  const hint = shapes
    ? `Make the shapes equal in a map before it, or batch them one by one; axis sizes are ${shapeText(first.shape)} and ${shapeText(row.shape)}.`
    : 'Every element of a batch must have the same structure and dtypes.'
  return new InvalidArgumentError(
    `${elementPath(place, 0)} is ${describe(first)}, but ${elementPath(place, i)} is ${describe(row)}: they cannot be stacked.`,
    { index: place.firstIndex + i, hint },
  )
}

function doesNotFit(value: number | bigint, dtype: string, i: number, place: Place): InvalidArgumentError {
  return new InvalidArgumentError(`${elementPath(place, i)} is ${value}, which ${dtype} cannot hold.`, {
    index: place.firstIndex + i,
    hint: 'Name a dtype that holds it in the outputSignature of the map or generator that made it.',
  })
}

/** Where a row lies: `y of element 3`. */
export function elementPath(place: Place, i: number): string {
  const element = `element ${place.firstIndex + i}`
  return place.path === '' ? element : `${place.path} of ${element}`
}
