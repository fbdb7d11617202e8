import { ResourceExhaustedError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'

/** What holds the values of each dtype: a typed array, or a plain array for text and bytes. */
export interface DataOf {
  float32: Float32Array
  float64: Float64Array
  int8: Int8Array
  int16: Int16Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  uint16: Uint16Array
  uint32: Uint32Array
  /** 0 is false and 1 is true. */
  bool: Uint8Array
  string: string[]
  bytes: Uint8Array[]
}

/** The JavaScript scalar of each dtype. */
export type ScalarOf<D extends DType> = D extends 'int64'
  ? bigint
  : D extends 'bool'
    ? boolean
    : D extends 'string'
      ? string
      : D extends 'bytes'
        ? Uint8Array
        : number

/** The typed arrays that hold a dtype. */
export type TypedArray = DataOf[TypedDType]

/** The dtype of a typed array; that of a Uint8Array is uint8, never bool. */
export type DTypeOf<T extends TypedArray> = {
  [D in Exclude<TypedDType, 'bool'>]: T extends DataOf[D] ? D : never
}[Exclude<TypedDType, 'bool'>]

/** The dtypes whose values lie in one block of memory. */
export type TypedDType = Exclude<DType, 'string' | 'bytes'>

const typedArrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const

/** Every dtype, in the order messages list them. */
export const dtypes: readonly DType[] = [...(Object.keys(typedArrays) as TypedDType[]), 'string', 'bytes']

/** The typed-array class of a dtype. */
export function typedArrayOf<D extends TypedDType>(dtype: D): (typeof typedArrays)[D] {
  return typedArrays[dtype]
}

/** Bytes of one value of a dtype that lies in one block of memory. */
export function itemBytes(dtype: TypedDType): number {
  return typedArrays[dtype].BYTES_PER_ELEMENT
}

/** Whether the values of a dtype lie in one block of memory. */
export function isTyped(dtype: DType): dtype is TypedDType {
  return dtype in typedArrays
}

/**
 * A new zeroed (or empty-string) block for `length` values.
 *
 * @throws ResourceExhaustedError where there is no memory for so many, as does `allocateUnset`
 */
export function allocate<D extends DType>(dtype: D, length: number): DataOf[D]
export function allocate(dtype: DType, length: number): DataOf[DType] {
  try {
    if (isTyped(dtype)) return new typedArrays[dtype](length)
    if (dtype === 'string') return new Array<string>(length).fill('')
    return new Array<Uint8Array>(length).fill(new Uint8Array(0))
  } catch (cause) {
    throw tooLarge(dtype, length, cause)
  }
}

/** Bytes from which on it pays not to have a block zeroed. */
const zeroedBytes = 1 << 12

/** A new block whose values are not set yet: for who sets each of them. A tenth to a fifth faster than a zeroed one. */
export function allocateUnset<D extends DType>(dtype: D, length: number): DataOf[D]
export function allocateUnset(dtype: DType, length: number): DataOf[DType] {
  if (!isTyped(dtype)) return allocate(dtype, length)
  const bytes = length * itemBytes(dtype)
  if (bytes < zeroedBytes) return new typedArrays[dtype](length)
  try {
    return new typedArrays[dtype](Buffer.allocUnsafeSlow(bytes).buffer, 0, length)
  } catch (cause) {
    throw tooLarge(dtype, length, cause)
  }
}

function tooLarge(dtype: DType, length: number, cause: unknown): ResourceExhaustedError {
  const hint = 'Is a size or a shape larger than meant?'
  return new ResourceExhaustedError(`there is no memory for an array of ${length} ${dtype} values.`, { hint, cause })
}

/** The dtype that a typed array holds; a Uint8Array is uint8, never bool. */
export function dtypeOf(data: ArrayBufferView): TypedDType | undefined {
  for (const dtype of Object.keys(typedArrays) as TypedDType[]) {
    if (dtype !== 'bool' && data instanceof typedArrays[dtype]) return dtype
  }
  return undefined
}

/** The least and the greatest number that each integer dtype holds. */
export const integerRange: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 4294967295],
}
