import { InvalidArgumentError } from '../core/errors.ts'
import { isTyped } from '../ndarray/dtype.ts'
import { isStructure, joinPath } from '../ndarray/element.ts'
import { describe, isNdArray, NdArray } from '../ndarray/ndarray.ts'

/*
 * Elements, and arguments of functions, as plain data that structured clone keeps: an NdArray becomes
 * `{ ndarray: true, dtype, shape, data }`, and an object that has a key `ndarray` of its own `{ ndarray: false, object }`.
 */

/** An NdArray as plain data. */
interface PackedArray {
  readonly ndarray: true
  readonly dtype: NdArray['dtype']
  readonly shape: readonly number[]
  readonly data: NdArray['data']
}

/** An object that would be taken for one of these. */
interface PackedObject {
  readonly ndarray: false
  readonly object: Readonly<Record<string, unknown>>
}

/** How memory that threads share travels: copied, so that it changes no more, or as it is. */
export type SharedMemory = 'copied' | 'shared'

/**
 * Makes an element ready to be cloned. Arrays of memory are cut to what they show: a clone would take all that lies
 * under a view.
 *
 * @param place names the element in errors
 * @throws InvalidArgumentError naming the part that cannot travel, such as a function
 */
export function packElement(element: unknown, place: string, shared: SharedMemory = 'copied'): unknown {
  if (isNdArray(element)) {
    const { dtype, shape, data } = element
    return { ndarray: true, dtype, shape, data: packData(data, isTyped(dtype), shared) } satisfies PackedArray
  }
  if (isLeaf(element)) return ArrayBuffer.isView(element) ? packView(element, shared) : element
  if (!isStructure(element)) {
    throw new InvalidArgumentError(`${place} is ${describe(element)}, which cannot travel between threads.`, {
      hint: 'What can is numbers, bigints, booleans, strings, typed arrays, NdArrays, and plain objects and arrays.',
    })
  }
  if (Array.isArray(element)) return element.map((part, i) => packElement(part, `${place}[${i}]`, shared))
  const object = Object.fromEntries(
    Object.entries(element).map(([key, part]) => [key, packElement(part, joinPath(place, key), shared)]),
  )
  return 'ndarray' in object ? ({ ndarray: false, object } satisfies PackedObject) : object
}

/** Whether an element can be packed. */
export function canTravel(element: unknown): boolean {
  try {
    packElement(element, '')
    return true
  } catch {
    return false
  }
}

/** Makes the element again. */
export function unpackElement(packed: unknown): unknown {
  if (!isStructure(packed)) return packed
  if (Array.isArray(packed)) return packed.map(unpackElement)
  if ('ndarray' in packed) {
    const { ndarray, ...rest } = packed as unknown as PackedArray | PackedObject
    if (ndarray)
      return new NdArray((rest as PackedArray).dtype, (rest as PackedArray).shape, (rest as PackedArray).data)
    return unpackEntries((rest as PackedObject).object)
  }
  return unpackEntries(packed as Readonly<Record<string, unknown>>)
}

function unpackEntries(object: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(object).map(([key, part]) => [key, unpackElement(part)]))
}

function isLeaf(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol'
  if (ArrayBuffer.isView(value)) return !(value instanceof DataView)
  return [Date, RegExp, ArrayBuffer, SharedArrayBuffer].some((Class) => value instanceof Class)
}

function packData(data: NdArray['data'], typed: boolean, shared: SharedMemory): NdArray['data'] {
  if (typed) return packView(data as Uint8Array, shared)
  return (data as readonly unknown[]).map((value) =>
    ArrayBuffer.isView(value) ? packView(value, shared) : value,
  ) as NdArray['data']
}

function packView<V extends ArrayBufferView>(view: V, shared: SharedMemory): V {
  const { buffer } = view
  if (buffer instanceof SharedArrayBuffer ? shared === 'shared' : buffer.byteLength === view.byteLength) return view
  // A Buffer's own slice would be a view again.
  return Uint8Array.prototype.slice.call(view) as unknown as V
}
