import { copyBytes } from '../core/copyBytes.ts'
import { itemBytes, isTyped, typedArrayOf, type TypedDType } from '../ndarray/dtype.ts'
import { isNdArray, NdArray, sizeOf } from '../ndarray/ndarray.ts'
import { align } from './layout.ts'
import { packElement, unpackElement } from './packedElement.ts'

/*
 * One leaf of all the elements of a block, as a column. What lies in a block of memory (numbers, booleans, bigints, bytes
 * and NdArrays) is written into one buffer, row after row, which both threads see; what does not is cloned with the
 * message. So a message costs the same however many elements a block has.
 */

/** A column as the message says where it lies: `offset` in the buffer of its block. */
export type PackedColumn =
  | { readonly kind: 'numbers'; readonly offset: number }
  | { readonly kind: 'booleans'; readonly offset: number }
  | { readonly kind: 'bigints'; readonly offset: number }
  | { readonly kind: 'bytes'; readonly offset: number; readonly lengths: readonly number[] }
  | {
      /** NdArrays of one shape, without a gap. */
      readonly kind: 'arrays'
      readonly offset: number
      readonly dtype: TypedDType
      readonly shape: readonly number[]
    }
  | {
      /** NdArrays of several shapes, each aligned. */
      readonly kind: 'ragged'
      readonly offset: number
      readonly dtype: TypedDType
      readonly shapes: readonly (readonly number[])[]
    }
  | {
      /** NdArrays of one shape that lay in the buffer already. */
      readonly kind: 'placed'
      readonly offsets: readonly number[]
      readonly dtype: TypedDType
      readonly shape: readonly number[]
    }
  | { readonly kind: 'values'; readonly values: readonly unknown[] }

/** A column that is ready to be written. */
export interface ColumnPlan {
  /** Bytes that it takes in the buffer. */
  readonly bytes: number
  /** Writes it at an aligned place of a buffer, and says where it lies. */
  write(buffer: SharedArrayBuffer, offset: number): PackedColumn
}

/**
 * Chooses how the values of one leaf travel.
 *
 * @param place names the value of a row in errors
 * @param arena memory that NdArrays may lie in already: these are not copied
 * @throws InvalidArgumentError naming a value that cannot travel, such as a function
 */
export function planColumn(
  values: readonly unknown[],
  place: (row: number) => string,
  arena?: SharedArrayBuffer,
): ColumnPlan {
  const first = values[0]
  if (typeof first === 'number' && values.every((value) => typeof value === 'number')) return numbers(values)
  if (typeof first === 'boolean' && values.every((value) => typeof value === 'boolean')) return booleans(values)
  if (typeof first === 'bigint' && values.every(isInt64)) return bigints(values)
  if (isBytes(first) && values.every(isBytes)) return bytes(values)
  if (
    isNdArray(first) &&
    isTyped(first.dtype) &&
    values.every((value) => isNdArray(value) && value.dtype === first.dtype)
  )
    return arrays(values as readonly NdArray<TypedDType>[], arena)
  const packed = values.map((value, row) => packElement(value, place(row)))
  return { bytes: 0, write: () => ({ kind: 'values', values: packed }) }
}

/**
 * Gives the values of a column by row. NdArrays lie over the buffer itself; everything else is copied out of a shared
 * one.
 */
export function readColumn(column: PackedColumn, rows: number, buffer: ArrayBufferLike): (row: number) => unknown {
  if (column.kind === 'values') return (row) => unpackElement(column.values[row])
  if (column.kind === 'placed') return placedReader(column, buffer)
  const { offset } = column
  if (column.kind === 'numbers') {
    const values = new Float64Array(buffer, offset, rows).slice()
    return (row) => values[row]
  }
  if (column.kind === 'bigints') {
    const values = new BigInt64Array(buffer, offset, rows).slice()
    return (row) => values[row]
  }
  if (column.kind === 'booleans') {
    const values = new Uint8Array(buffer, offset, rows).slice()
    return (row) => values[row] === 1
  }
  if (column.kind === 'bytes') return bytesReader(column.lengths, offset, buffer)
  return column.kind === 'arrays' ? arraysReader(column, buffer) : raggedReader(column, buffer)
}

/** Whether the values of a column lie over the buffer of the block after they were read. */
export function liesInBuffer({ kind }: PackedColumn): boolean {
  return kind === 'arrays' || kind === 'ragged' || kind === 'placed'
}

function numbers(values: readonly number[]): ColumnPlan {
  return {
    bytes: 8 * values.length,
    write(buffer, offset) {
      const cells = new Float64Array(buffer, offset, values.length)
      for (let i = 0; i < values.length; i++) cells[i] = values[i]
      return { kind: 'numbers', offset }
    },
  }
}

function booleans(values: readonly boolean[]): ColumnPlan {
  return {
    bytes: values.length,
    write(buffer, offset) {
      const cells = new Uint8Array(buffer, offset, values.length)
      for (let i = 0; i < values.length; i++) cells[i] = Number(values[i])
      return { kind: 'booleans', offset }
    },
  }
}

function isInt64(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value
}

function bigints(values: readonly bigint[]): ColumnPlan {
  return {
    bytes: 8 * values.length,
    write(buffer, offset) {
      new BigInt64Array(buffer, offset, values.length).set(values)
      return { kind: 'bigints', offset }
    },
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

function bytes(values: readonly Uint8Array[]): ColumnPlan {
  const lengths = values.map(({ length }) => length)
  return {
    bytes: lengths.reduce((sum, length) => sum + length, 0),
    write(buffer, offset) {
      let at = offset
      for (const value of values) {
        copyBytes(new Uint8Array(buffer, at, value.length), value)
        at += value.length
      }
      return { kind: 'bytes', offset, lengths }
    },
  }
}

function bytesReader(lengths: readonly number[], offset: number, buffer: ArrayBufferLike): (row: number) => Uint8Array {
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const all = new Uint8Array(buffer, offset, total)
  // Much that takes bytes, such as a text decoder, refuses memory that threads share.
  const own = buffer instanceof SharedArrayBuffer ? all.slice() : all
  const starts = [0]
  for (const length of lengths) starts.push(starts[starts.length - 1] + length)
  return (row) => own.subarray(starts[row], starts[row + 1])
}

function arrays(values: readonly NdArray<TypedDType>[], arena: SharedArrayBuffer | undefined): ColumnPlan {
  const { dtype, shape, size } = values[0]
  if (!values.every((value) => sameShape(value.shape, shape))) return ragged(values)
  if (arena !== undefined && values.every(({ data }) => data.buffer === (arena as ArrayBufferLike))) {
    const offsets = values.map(({ data }) => data.byteOffset)
    return { bytes: 0, write: () => ({ kind: 'placed', offsets, dtype, shape }) }
  }
  return {
    bytes: values.length * size * itemBytes(dtype),
    write(buffer, offset) {
      const rowBytes = size * itemBytes(dtype)
      for (let i = 0; i < values.length; i++) {
        copyBytes(over(dtype, buffer, offset + i * rowBytes, size), values[i].data as Uint8Array)
      }
      return { kind: 'arrays', offset, dtype, shape }
    },
  }
}

function arraysReader(
  { dtype, shape, offset }: PackedColumn & { kind: 'arrays' },
  buffer: ArrayBufferLike,
): (row: number) => NdArray {
  const size = sizeOf(shape)
  const rowBytes = size * itemBytes(dtype)
  return (row) => new NdArray(dtype, shape, over(dtype, buffer, offset + row * rowBytes, size))
}

function placedReader(
  { dtype, shape, offsets }: PackedColumn & { kind: 'placed' },
  buffer: ArrayBufferLike,
): (row: number) => NdArray {
  const size = sizeOf(shape)
  return (row) => new NdArray(dtype, shape, over(dtype, buffer, offsets[row], size))
}

function ragged(values: readonly NdArray<TypedDType>[]): ColumnPlan {
  const { dtype } = values[0]
  const shapes = values.map(({ shape }) => shape)
  return {
    bytes: values.reduce((sum, { size }) => sum + align(size * itemBytes(dtype)), 0),
    write(buffer, offset) {
      let at = offset
      for (const { data, size } of values) {
        copyBytes(over(dtype, buffer, at, size), data as Uint8Array)
        at += align(size * itemBytes(dtype))
      }
      return { kind: 'ragged', offset, dtype, shapes }
    },
  }
}

function raggedReader(
  { dtype, shapes, offset }: PackedColumn & { kind: 'ragged' },
  buffer: ArrayBufferLike,
): (row: number) => NdArray {
  const starts = [offset]
  for (const shape of shapes) starts.push(starts[starts.length - 1] + align(sizeOf(shape) * itemBytes(dtype)))
  return (row) => new NdArray(dtype, shapes[row], over(dtype, buffer, starts[row], sizeOf(shapes[row])))
}

function over(dtype: TypedDType, buffer: ArrayBufferLike, offset: number, size: number): Uint8Array {
  return new (typedArrayOf(dtype) as Uint8ArrayConstructor)(buffer, offset, size)
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((axis, i) => axis === b[i]))
}
