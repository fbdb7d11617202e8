import { checkAs } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { mapSpec, TensorSpec, type Spec } from '../core/spec.ts'
import { newMemory, type Allocator } from './batchMemory.ts'
import { isTyped, typedArrayOf } from './dtype.ts'
import { isStructure, joinPath, notAnElement } from './element.ts'
import { describe, isNdArray, ndarray, NdArray, scalarAt, sizeOf } from './ndarray.ts'

/** A structure of NdArrays, read row by row along axis 0. */
export interface Rows<T> {
  /** Number of rows. */
  readonly length: number
  /** Row `index` of every leaf, in the structure's form: views and plain scalars, no copies. */
  at(index: number): T
  /** Several rows of every leaf, copied into one batch; `memory` is where it lies, new memory by default. */
  gather(indices: readonly number[], memory?: Allocator): unknown
}

/**
 * Opens a structure of NdArrays for reading by row.
 *
 * @throws InvalidArgumentError where a leaf has no axis, or the leaves' first axes differ
 */
export function rowsOf<T>(structure: unknown): Rows<T> {
  const leaves: { path: string; array: NdArray }[] = []
  const { at, gather } = reader(structure, '', leaves)
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
  return { length: first.array.shape[0], at: at as (index: number) => T, gather }
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

/** How many rows so many batches of a spec have; undefined where that is not known. */
export function rowTotal(batches: number | undefined, spec: Spec | undefined): number | undefined {
  if (batches === 0 || batches === Infinity) return batches
  const rows = spec && firstLeaf(spec)?.shape?.[0]
  return batches === undefined || rows === undefined || rows === null ? undefined : batches * rows
}

function firstLeaf(spec: Spec): TensorSpec | undefined {
  if (spec instanceof TensorSpec) return spec
  const [part] = Object.values(spec) as readonly (Spec | undefined)[]
  return part && firstLeaf(part)
}

/**
 * Makes the NdArrays of an argument: typed arrays become vectors, nested plain arrays of scalars tensors; objects, and
 * arrays that hold NdArrays, typed arrays or objects, are structures of such.
 */
export function toTensors(value: unknown, path = ''): unknown {
  if (isNdArray(value)) return value
  if (ArrayBuffer.isView(value) || (Array.isArray(value) && !isTuple(value))) {
    return checkAs(name(path), () => ndarray(value))
  }
  if (!isStructure(value)) return value
  if (Array.isArray(value)) return value.map((part, i) => toTensors(part, `${path}[${i}]`))
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toTensors(part, joinPath(path, key))]))
}

function isTuple(value: readonly unknown[]): boolean {
  return value.some((part) => (Array.isArray(part) ? isTuple(part) : typeof part === 'object' && part !== null))
}

/** How one leaf, or a part of the structure, is read. */
type RowReader = Pick<Rows<unknown>, 'at' | 'gather'>

function reader(value: unknown, path: string, leaves: { path: string; array: NdArray }[]): RowReader {
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
    return {
      at: (index) => parts.map((part) => part.at(index)),
      gather: (indices, memory) => parts.map((part) => part.gather(indices, memory)),
    }
  }
  const keys = Object.keys(value)
  const parts = Object.entries(value).map(([key, part]) => reader(part, joinPath(path, key), leaves))
  // An assignment to this name would set the prototype, and the part be lost.
  if (keys.includes('__proto__')) {
    return {
      at: (index) => Object.fromEntries(keys.map((key, i) => [key, parts[i].at(index)])),
      gather: (indices, memory) => Object.fromEntries(keys.map((key, i) => [key, parts[i].gather(indices, memory)])),
    }
  }
  // Plain loops: a batch of a small step is not made often enough to be optimized soon.
  return {
    at: (index) => {
      const element: Record<string, unknown> = {}
      for (let i = 0; i < parts.length; i++) element[keys[i]] = parts[i].at(index)
      return element
    },
    gather: (indices, memory) => {
      const batch: Record<string, unknown> = {}
      for (let i = 0; i < parts.length; i++) batch[keys[i]] = parts[i].gather(indices, memory)
      return batch
    },
  }
}

function leafReader(array: NdArray): RowReader {
  const { dtype, data, shape } = array
  const rowShape = Object.freeze(shape.slice(1))
  const size = sizeOf(rowShape)
  // One shape for all batches of a size.
  let batchShape: readonly number[] = []
  const batchOf = (count: number, values: NdArray['data']): NdArray => {
    if (batchShape[0] !== count) batchShape = Object.freeze([count, ...rowShape])
    return new NdArray(dtype, batchShape, values)
  }
  const gatherValues = (indices: readonly number[], memory = newMemory): NdArray => {
    const out = memory.allocate(dtype, indices.length * size)
    copyValues(out as unknown[], data as unknown as unknown[], indices, size)
    return batchOf(indices.length, out)
  }
  if (shape.length === 1) return { at: (index) => scalarAt(array, index), gather: gatherValues }
  if (!isTyped(dtype)) return { at: (index) => array.row(index), gather: gatherValues }
  // A third faster than subarray().
  const Class = typedArrayOf(dtype) as typeof Float32Array
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = data as Float32Array
  const rowBytes = size * BYTES_PER_ELEMENT
  const at = (index: number): NdArray =>
    new NdArray(dtype, rowShape, new Class(buffer, byteOffset + index * rowBytes, size))
  if (size < fewValues) return { at, gather: gatherValues }
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  // Rows that are touched together; none where they are long.
  const longest = byteLength < farBytes ? longNearRowBytes : longRowBytes
  const together = rowBytes > longest ? 0 : Math.ceil(touchedBytes / rowBytes)
  const touchRows = rowBytes < shortRowBytes ? touchShortRows : touchLongRows
  return {
    at,
    gather: (indices, memory = newMemory) => {
      const count = indices.length
      const out = memory.allocate(dtype, count * size) as Float32Array
      // Views of one class, whatever the dtype: making one is a tenth of the work.
      const outBytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
      for (let i = 0; i < count; i++) {
        if (i % together === 0) touchRows(bytes, rowBytes, indices, i, Math.min(i + together, count))
        outBytes.set(new Uint8Array(buffer, byteOffset + indices[i] * rowBytes, rowBytes), i * rowBytes)
      }
      return batchOf(count, out)
    },
  }
}

/** Values below which a loop copies a row faster than a call does. */
const fewValues = 48
/** In a row longer than this, what is won at its beginning is lost in the whole. */
const longRowBytes = 1 << 13
/** The same where all rows are near, in the cache that the cores share. */
const longNearRowBytes = 1 << 12
/** An array of fewer bytes is near. */
const farBytes = 1 << 25
/** In a row shorter than this the processor does not read ahead in time, at least where others want the memory too. */
const shortRowBytes = 1 << 10
/** How far it reads ahead in a longer one. */
const aheadBytes = 1 << 9
/** What is touched before it is copied: little enough to be in the cache still. */
const touchedBytes = 1 << 17
const cacheLineBytes = 64
/** Written where rows are touched, so that the reads are not optimized away. */
const touched = new Uint8Array(1)

/**
 * Reads a byte of each cache line of some rows. A copy waits for the memory of one row after the other; these reads wait
 * for nothing, so that the processor fetches many rows at once: the copies after it take half of the time. The fewer
 * instructions a row takes, the further it looks ahead: a loop over the lines takes almost twice as long as these steps.
 */
function touchShortRows(bytes: Uint8Array, rowBytes: number, rows: readonly number[], from: number, to: number): void {
  const lines = Math.ceil(rowBytes / cacheLineBytes)
  const [by8, by4, by2, one] = [lines >> 3, lines & 4, lines & 2, lines & 1]
  let sum = 0
  for (let i = from; i < to; i++) {
    let at = rows[i] * rowBytes
    for (let step = 0; step < by8; step++) {
      sum ^= bytes[at] ^ bytes[at + 64] ^ bytes[at + 128] ^ bytes[at + 192]
      sum ^= bytes[at + 256] ^ bytes[at + 320] ^ bytes[at + 384] ^ bytes[at + 448]
      at += 512
    }
    if (by4 !== 0) {
      sum ^= bytes[at] ^ bytes[at + 64] ^ bytes[at + 128] ^ bytes[at + 192]
      at += 256
    }
    if (by2 !== 0) {
      sum ^= bytes[at] ^ bytes[at + 64]
      at += 128
    }
    if (one !== 0) sum ^= bytes[at]
  }
  touched[0] = sum
}

/** Reads a byte here and there in some rows: the processor reads ahead by itself, and what it does not, a copy waits for. */
function touchLongRows(bytes: Uint8Array, rowBytes: number, rows: readonly number[], from: number, to: number): void {
  let sum = 0
  for (let i = from; i < to; i++) {
    const begin = rows[i] * rowBytes
    const end = begin + rowBytes
    for (let at = begin; at < end; at += aheadBytes) sum ^= bytes[at]
  }
  touched[0] = sum
}

function copyValues(out: unknown[], data: readonly unknown[], indices: readonly number[], size: number): void {
  let to = 0
  for (const index of indices) {
    const end = (index + 1) * size
    for (let from = index * size; from < end; from++) out[to++] = data[from]
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function' && value !== undefined
}

function name(path: string): string {
  return path === '' ? 'the tensor' : path
}
