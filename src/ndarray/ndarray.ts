import { InvalidArgumentError } from '../core/errors.ts'
import { checkShape, shapeText, type DType } from '../core/spec.ts'
import {
  allocate,
  integerRange,
  dtypeOf,
  dtypes,
  type DataOf,
  type DTypeOf,
  type ScalarOf,
  type TypedArray,
} from './dtype.ts'

/** The rank before and after one axis is taken away or added; any rank stays any rank. */
export type RankBelow<R extends number> = number extends R ? number : [never, 0, 1, 2, 3, 4, 5, 6, 7][R]
export type RankAbove<R extends number> = number extends R ? number : [1, 2, 3, 4, 5, 6, 7, 8][R]

/** A row of an NdArray along axis 0: a plain scalar where the array has one axis. */
export type RowOf<D extends DType, R extends number> = number extends R
  ? NdArray<D> | ScalarOf<D>
  : R extends 1
    ? ScalarOf<D>
    : NdArray<D, RankBelow<R>>

const brand: unique symbol = Symbol.for('millrace.NdArray')

/**
 * Values of one dtype in row-major order, with a shape. A slice along axis 0 is a view on the same memory; nothing in
 * this package writes into an NdArray it was given.
 *
 * @example
 * const a = new NdArray('int32', [2, 3], Int32Array.of(1, 2, 3, 4, 5, 6))
 * a.row(1) // int32 [4, 5, 6]
 */
export class NdArray<out D extends DType = DType, out R extends number = number> {
  readonly dtype: D
  readonly shape: readonly number[]
  readonly data: DataOf[D]

  /**
   * @param data its values; not copied, so whoever made it lets go of it here
   * @throws InvalidArgumentError where the shape does not hold as many values as `data`
   */
  constructor(dtype: D, shape: readonly number[], data: DataOf[D]) {
    // One plain loop: arrays are made by the thousand, one for each row.
    let size = 1
    for (let axis = 0; axis < shape.length; axis++) {
      const length = shape[axis]
      size *= length >= 0 && Number.isInteger(length) ? length : NaN
    }
    if (size !== data.length) {
      checkShape('shape', shape)
      throw new InvalidArgumentError(`shape ${shapeText(shape)} holds ${sizeOf(shape)} values, got ${data.length}.`)
    }
    this.dtype = dtype
    this.shape = shape
    this.data = data
  }

  /** Marks an NdArray for other copies of this package, as a bundle in a worker may hold one. */
  get [brand](): true {
    return true
  }

  /** Number of values. */
  get size(): number {
    return this.data.length
  }

  /** Number of axes. */
  get rank(): R {
    return this.shape.length as R
  }

  /** Row `index` along axis 0: a view of one axis less, or a plain scalar where this has one axis. */
  row(index: number): NdArray<D> | ScalarOf<D> {
    const rows = this.#rows()
    if (!(Number.isSafeInteger(index) && index >= 0 && index < rows)) {
      throw new InvalidArgumentError(`there is no row ${index} in ${this.dtype} ${shapeText(this.shape)}.`)
    }
    if (this.shape.length === 1) return scalarAt(this, index)
    const shape = this.shape.slice(1)
    const size = sizeOf(shape)
    return new NdArray(this.dtype, shape, part(this.data, index * size, (index + 1) * size))
  }

  /** Rows `start` to `end` (not included) along axis 0, as a view. */
  slice(start: number, end: number = this.#rows()): NdArray<D, R> {
    const rows = this.#rows()
    if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= rows)) {
      throw new InvalidArgumentError(`there are no rows ${start} to ${end} in ${this.dtype} ${shapeText(this.shape)}.`)
    }
    const size = sizeOf(this.shape.slice(1))
    return new NdArray(this.dtype, [end - start, ...this.shape.slice(1)], part(this.data, start * size, end * size))
  }

  /** The same values under another shape of the same size. */
  reshape<const S extends readonly number[]>(shape: S): NdArray<D, S['length']> {
    return new NdArray(this.dtype, shape, this.data)
  }

  /** The values as nested plain arrays, or one plain scalar where the shape is []. */
  toArray(): unknown {
    return this.shape.length === 0
      ? scalarAt(this, 0)
      : Array.from({ length: this.shape[0] }, (_, i) => {
          const row: unknown = this.row(i)
          return isNdArray(row) ? row.toArray() : row
        })
  }

  #rows(): number {
    if (this.shape.length === 0) throw new InvalidArgumentError(`a scalar ${this.dtype} [] has no rows.`)
    return this.shape[0]
  }
}

/** Whether a value is an NdArray, of whatever dtype and rank, also one of another copy of this package. */
export function isNdArray(value: unknown): value is NdArray {
  return value instanceof NdArray || (typeof value === 'object' && value !== null && brand in value)
}

/** Number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (const axis of shape) size *= axis
  return size
}

/** The value at a flat position, as a plain scalar. */
export function scalarAt<D extends DType>(
  array: { readonly dtype: D; readonly data: DataOf[D] },
  position: number,
): ScalarOf<D>
export function scalarAt(array: Pick<NdArray, 'dtype' | 'data'>, position: number): ScalarOf<DType> {
  const value = array.data[position]
  return array.dtype === 'bool' ? value === 1 : value
}

/**
 * Makes an NdArray from a typed array, which is not copied (with its shape, one axis if none is given), or from nested
 * plain arrays.
 *
 * Plain numbers become int32 where all of them are whole and fit, else float32; bigints int64, booleans bool, strings
 * string and Uint8Arrays bytes. Give `dtype` for another.
 *
 * @example
 * ndarray([[1, 2], [3, 4]]) // int32 [[1, 2], [3, 4]]
 * ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]) // float32 [[1, 2], [3, 4]]
 */
export function ndarray<T extends TypedArray, const S extends readonly number[] = [number]>(
  values: T,
  shape?: S,
): NdArray<DTypeOf<T>, S['length']>
export function ndarray<D extends DType = DType, const S extends readonly number[] = readonly number[]>(
  values: unknown,
  shape?: S,
  dtype?: D,
): NdArray<D, S['length']>
export function ndarray(values: unknown, shape?: readonly number[], dtype?: DType): unknown {
  if (dtype !== undefined && !dtypes.includes(dtype)) {
    throw new InvalidArgumentError(`ndarray: there is no dtype ${dtype}.`, {
      hint: `It is one of ${dtypes.join(', ')}.`,
    })
  }
  if (isNdArray(values)) {
    return dtype === undefined || dtype === values.dtype
      ? values.reshape(shape ?? values.shape)
      : ndarray(Array.from<unknown>(values.data), shape ?? values.shape, dtype)
  }
  if (ArrayBuffer.isView(values)) {
    const own = dtypeOf(values)
    if (own !== undefined && (dtype === undefined || dtype === own)) {
      const data = values as DataOf[typeof own]
      return new NdArray(own, shape ?? [data.length], data)
    }
    if (own !== undefined) return ndarray(Array.from(values as Uint8Array), shape, dtype)
  }
  const found: number[] = []
  for (let v = values; Array.isArray(v); v = (v as unknown[])[0]) found.push(v.length)
  const flat: unknown[] = []
  flatten(values, found, [], flat)
  const type = dtype ?? plainDType(flat)
  const data = allocate(type, flat.length)
  flat.forEach((value, i) => {
    data[i] = checkScalar(value, type)
  })
  return new NdArray(type, shape ?? found, data)
}

/** Refuses a plain value that `dtype` cannot hold; returns it as it is stored. */
export function checkScalar(value: unknown, dtype: DType): never {
  const kind = dtype === 'int64' ? 'bigint' : dtype === 'bool' ? 'boolean' : dtype === 'string' ? 'string' : 'number'
  const fits = dtype === 'bytes' ? value instanceof Uint8Array : typeof value === kind && holds(value, dtype)
  if (!fits) throw new InvalidArgumentError(`${dtype} cannot hold ${describe(value)}.`)
  return (dtype === 'bool' ? Number(value) : value) as never
}

/** A value as it is named in a message. */
export function describe(value: unknown): string {
  if (isNdArray(value)) return `an NdArray ${value.dtype} ${shapeText(value.shape)}`
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)}`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value)
    const plain = prototype === null || prototype === Object.prototype
    return plain ? `an object {${Object.keys(value).join(', ')}}` : `a ${value.constructor.name}`
  }
  return String(value)
}

/** Whether a number or bigint comes through unchanged; fractions may round to the nearest float. */
function holds(value: unknown, dtype: DType): boolean {
  if (dtype === 'int64') return BigInt.asIntN(64, value as bigint) === value
  if (dtype === 'float32') return !Number.isInteger(value) || Math.fround(value as number) === value
  const range = integerRange[dtype]
  return (
    range === undefined || (Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1])
  )
}

/** The dtype that plain values get. */
export function plainDType(flat: readonly unknown[]): DType {
  const first = flat[0]
  if (typeof first === 'bigint') return 'int64'
  if (typeof first === 'boolean') return 'bool'
  if (typeof first === 'string') return 'string'
  if (first instanceof Uint8Array) return 'bytes'
  return first !== undefined && flat.every((value) => holds(value, 'int32')) ? 'int32' : 'float32'
}

function flatten(values: unknown, shape: readonly number[], place: number[], flat: unknown[], axis = 0): void {
  if (Array.isArray(values) ? values.length !== shape[axis] : axis < shape.length) {
    throw new InvalidArgumentError(
      `nested arrays must have equal lengths: ${describe(values)} at [${place.slice(0, axis).join('][')}] does not fit ${shapeText(shape)}.`,
    )
  }
  if (!Array.isArray(values)) {
    flat.push(values)
    return
  }
  for (let i = 0; i < values.length; i++) {
    place[axis] = i
    flatten(values[i], shape, place, flat, axis + 1)
  }
}

function part<D extends DType>(data: DataOf[D], start: number, end: number): DataOf[D]
function part(data: DataOf[DType], start: number, end: number): DataOf[DType] {
  return Array.isArray(data) ? data.slice(start, end) : data.subarray(start, end)
}
