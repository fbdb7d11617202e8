import { isStructure } from './element.ts'
import { isNdArray, NdArray } from './ndarray.ts'

/** The element with memory of its own. */
export function copyElement<T>(element: T): T
export function copyElement(element: unknown): unknown {
  if (isNdArray(element)) {
    const { dtype, shape, data } = element
    return new NdArray(dtype, shape, ArrayBuffer.isView(data) ? data.slice() : copyElement(data))
  }
  // Not slice(): that of a Buffer is no copy.
  if (element instanceof Uint8Array) return new Uint8Array(element)
  if (!isStructure(element)) return element
  if (Array.isArray(element)) return element.map((part: unknown) => copyElement(part))
  return Object.fromEntries(Object.entries(element).map(([key, part]) => [key, copyElement(part)]))
}
