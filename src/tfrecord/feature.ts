import { InvalidArgumentError } from '../core/errors.ts'
import { describe, isNdArray, type NdArray } from '../ndarray/ndarray.ts'

/** One feature as tf.train.Feature holds it: a list of one of three kinds, or nothing at all. */
export type Feature = BytesFeature | FloatFeature | Int64Feature | EmptyFeature

/** A BytesList; text counts as its UTF-8 bytes. */
export interface BytesFeature {
  readonly kind: 'bytes'
  readonly values: readonly (Uint8Array | string)[]
}

/** A FloatList: 32-bit floats, to which other numbers are rounded. */
export interface FloatFeature {
  readonly kind: 'float'
  readonly values: ArrayLike<number>
}

/** An Int64List; plain numbers have to be whole and below 2^53. */
export interface Int64Feature {
  readonly kind: 'int64'
  readonly values: ArrayLike<number | bigint | boolean>
}

/** A Feature in which no kind was set. */
export interface EmptyFeature {
  readonly kind: 'none'
  readonly values: readonly never[]
}

/** What a feature may be given as; see toFeature for the kind that each becomes. */
export type FeatureInput =
  | Feature
  | NdArray
  | string
  | number
  | bigint
  | boolean
  | ArrayLike<string>
  | ArrayLike<Uint8Array>
  | ArrayLike<number>
  | ArrayLike<bigint>
  | ArrayLike<boolean>

/** A BytesList feature of one or more byte strings or texts. */
export function bytesFeature(values: Uint8Array | string | readonly (Uint8Array | string)[]): BytesFeature {
  return { kind: 'bytes', values: typeof values === 'string' || values instanceof Uint8Array ? [values] : values }
}

/** A FloatList feature of one or more numbers. */
export function floatFeature(values: number | ArrayLike<number>): FloatFeature {
  return { kind: 'float', values: typeof values === 'number' ? [values] : values }
}

/** An Int64List feature of one or more whole numbers, bigints or booleans. */
export function int64Feature(values: number | bigint | boolean | ArrayLike<number | bigint | boolean>): Int64Feature {
  return { kind: 'int64', values: typeof values === 'object' ? values : [values] }
}

/**
 * The feature that a plain value stands for. Its type decides, and for plain numbers their values:
 *
 * - text, Uint8Array, Uint8ClampedArray, arrays of them, NdArrays of uint8 (as one raw string), string, bytes: bytes
 * - Float32Array, Float64Array, NdArrays of float32 and float64: float
 * - bigint, boolean, arrays of them, other typed arrays and NdArrays: int64
 * - numbers: int64 where all are whole, else float. A feature that may be either in a file needs a kind: a writer keeps
 *   to the kind of its first record (`known`), and `floatFeature` or `int64Feature` say it outright.
 *
 * @param name names the feature in errors
 * @param known the kind that plain numbers become, if that is settled already
 * @throws InvalidArgumentError where it stands for none
 */
export function toFeature(name: string, value: FeatureInput, known?: 'float' | 'int64'): Feature {
  switch (typeof value) {
    case 'string':
      return { kind: 'bytes', values: [value] }
    case 'bigint':
    case 'boolean':
      return { kind: 'int64', values: [value] }
    case 'number':
      return { kind: known ?? (Number.isInteger(value) ? 'int64' : 'float'), values: [value] }
    case 'object':
      return fromObject(name, value, known)
    default:
      throw notAFeature(name, value)
  }
}

function fromObject(name: string, value: object | null, known: 'float' | 'int64' | undefined): Feature {
  if (isFeature(value)) return value
  if (isNdArray(value)) return fromNdArray(value)
  if (value instanceof Uint8Array) return { kind: 'bytes', values: [value] }
  if (ArrayBuffer.isView(value)) return fromView(name, value)
  if (Array.isArray(value)) return fromArray(name, value as unknown[], known)
  throw notAFeature(name, value)
}

/** Looked for first, for writers that are made fast say what they write. */
function isFeature(value: object | null): value is Feature {
  return value !== null && 'kind' in value && 'values' in value && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

function fromNdArray({ data, dtype }: NdArray): Feature {
  if (Array.isArray(data)) return { kind: 'bytes', values: data }
  if (data instanceof Uint8Array && dtype === 'uint8') return { kind: 'bytes', values: [data] }
  return { kind: isFloats(data) ? 'float' : 'int64', values: data as Int32Array }
}

function fromView(name: string, view: ArrayBufferView): Feature {
  if (view instanceof Uint8ClampedArray) {
    return { kind: 'bytes', values: [new Uint8Array(view.buffer, view.byteOffset, view.length)] }
  }
  if (view instanceof DataView) throw notAFeature(name, view)
  return { kind: isFloats(view) ? 'float' : 'int64', values: view as Int32Array }
}

function fromArray(name: string, array: readonly unknown[], known: 'float' | 'int64' | undefined): Feature {
  const [first] = array
  switch (typeof first) {
    case 'number':
      return { kind: known ?? (array.every(Number.isInteger) ? 'int64' : 'float'), values: array as number[] }
    case 'bigint':
    case 'boolean':
      return { kind: 'int64', values: array as bigint[] }
    case 'string':
      return { kind: 'bytes', values: array as string[] }
    default:
      if (first instanceof Uint8Array) return { kind: 'bytes', values: array as Uint8Array[] }
      throw notAFeature(name, array)
  }
}

function isFloats(data: ArrayBufferView): boolean {
  return data instanceof Float32Array || data instanceof Float64Array
}

function notAFeature(name: string, value: unknown): InvalidArgumentError {
  const empty = Array.isArray(value) && value.length === 0
  return new InvalidArgumentError(`feature ${JSON.stringify(name)} cannot be made of ${describe(value)}.`, {
    hint: empty
      ? 'An empty list says nothing about its kind: use bytesFeature([]), floatFeature([]) or int64Feature([]).'
      : 'Give text, bytes, numbers, bigints, booleans, a flat array of them, a typed array or an NdArray.',
  })
}
