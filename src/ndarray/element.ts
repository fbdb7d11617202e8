import { InvalidArgumentError } from '../core/errors.ts'
import { specMismatch, TensorSpec, type DType, type NumericDType, type Spec } from '../core/spec.ts'
import type { DTypeOf, TypedArray } from './dtype.ts'
import { describe, isNdArray, type NdArray, type RankAbove, type RowOf } from './ndarray.ts'

/** A plain leaf of an element; a Uint8Array is one string of bytes. */
export type Scalar = number | bigint | boolean | string | Uint8Array

/** What a batch of elements T is: each leaf with one axis more, in front. */
export type Batched<T> =
  T extends NdArray<infer D, infer R>
    ? NdArray<D, RankAbove<R>>
    : T extends boolean
      ? NdArray<'bool', 1>
      : T extends number
        ? NdArray<NumericDType, 1>
        : T extends bigint
          ? NdArray<'int64', 1>
          : T extends string
            ? NdArray<'string', 1>
            : T extends Uint8Array
              ? NdArray<'bytes', 1>
              : { [K in keyof T]: Batched<T[K]> }

/** What a row of T along axis 0 is: the inverse of `Batched`. */
export type Unbatched<T> =
  T extends NdArray<infer D, infer R> ? RowOf<D, R> : T extends Scalar ? never : { [K in keyof T]: Unbatched<T[K]> }

type Nested<S> = S | readonly Nested<S>[]

/** The NdArray that an argument such as `fromTensorSlices`' stands for: typed and nested plain arrays become one. */
export type Tensors<T> =
  T extends NdArray<infer D, infer R>
    ? NdArray<D, R>
    : T extends TypedArray
      ? NdArray<DTypeOf<T>, 1>
      : T extends Scalar
        ? T
        : T extends readonly (infer E)[]
          ? [E] extends [Nested<number>]
            ? NdArray<NumericDType, PlainRank<T>>
            : [E] extends [Nested<string>]
              ? NdArray<'string', PlainRank<T>>
              : [E] extends [Nested<boolean>]
                ? NdArray<'bool', PlainRank<T>>
                : [E] extends [Nested<bigint>]
                  ? NdArray<'int64', PlainRank<T>>
                  : { [K in keyof T]: Tensors<T[K]> }
          : { [K in keyof T]: Tensors<T[K]> }

type PlainRank<T> = T extends readonly (infer A)[]
  ? A extends readonly (infer B)[]
    ? B extends readonly (infer C)[]
      ? C extends readonly unknown[]
        ? number
        : 3
      : 2
    : 1
  : 0

/** A tuple or a plain object of parts, as opposed to a leaf, and to a Date, a Map, a promise or a like object. */
export function isStructure(value: unknown): value is readonly unknown[] | Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  // The last prototype of all, also where the object comes from another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * The spec of one element, as it shows: its leaves' shapes and dtypes. A plain number shows no dtype, and gets
 * `numberDType`: float32 by default, or what a function says of it.
 *
 * @throws InvalidArgumentError naming a part that an element cannot hold
 */
export function specOf(
  element: unknown,
  numberDType: NumericDType | ((value: number) => NumericDType) = 'float32',
  path = '',
): Spec {
  if (isNdArray(element)) return new TensorSpec(element.shape, element.dtype)
  const dtype =
    typeof element === 'number' && typeof numberDType === 'function'
      ? numberDType(element)
      : scalarDType(element, numberDType as NumericDType)
  if (dtype !== undefined) return new TensorSpec([], dtype)
  if (!isStructure(element)) throw notAnElement(element, path)
  if (Array.isArray(element)) return element.map((part, i) => specOf(part, numberDType, `${path}[${i}]`))
  return Object.fromEntries(
    Object.entries(element).map(([key, part]) => [key, specOf(part, numberDType, joinPath(path, key))]),
  )
}

/**
 * Where an element does not fit a spec, at the first leaf that differs; undefined where it fits. A plain number shows no
 * dtype, and fits each that holds numbers.
 *
 * @throws InvalidArgumentError naming a part that an element cannot hold
 */
export function elementMismatch(element: unknown, wanted: Spec, path = ''): string | undefined {
  const given = specOf(element, numberDTypeOf(wanted), path)
  if (given instanceof TensorSpec || wanted instanceof TensorSpec) return specMismatch(given, wanted, path)
  const parts: readonly (readonly [string, Spec])[] = Object.entries(wanted)
  const sameKeys = parts.length === Object.keys(given).length && parts.every(([key]) => Object.hasOwn(given, key))
  if (!sameKeys || Array.isArray(given) !== Array.isArray(wanted)) return specMismatch(given, wanted, path)
  for (const [key, part] of parts) {
    const place = Array.isArray(wanted) ? `${path}[${key}]` : joinPath(path, key)
    const mismatch = elementMismatch((element as Readonly<Record<string, unknown>>)[key], part, place)
    if (mismatch !== undefined) return mismatch
  }
  return undefined
}

function numberDTypeOf(wanted: Spec): NumericDType {
  const dtype = wanted instanceof TensorSpec ? wanted.dtype : 'float32'
  return dtype === 'int64' || dtype === 'bool' || dtype === 'string' || dtype === 'bytes' ? 'float32' : dtype
}

/** The dtype of a plain scalar, or undefined where the value is none. */
export function scalarDType(value: unknown, numberDType: NumericDType): DType | undefined {
  if (typeof value === 'number') return numberDType
  if (typeof value === 'bigint') return 'int64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return value instanceof Uint8Array ? 'bytes' : undefined
}

/** The error for a value that can be no part of an element. */
export function notAnElement(value: unknown, path: string): InvalidArgumentError {
  const hint = ArrayBuffer.isView(value)
    ? 'Wrap it: ndarray(value).'
    : 'It holds plain objects and arrays of numbers, bigints, booleans, strings, Uint8Arrays and NdArrays.'
  return new InvalidArgumentError(
    `${path === '' ? 'the element' : path} is ${describe(value)}, which an element cannot hold.`,
    { hint },
  )
}

/** `image.pixels` from `image` and `pixels`. */
export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
