import { isNdArray } from './ndarray.ts'

/** Bytes of an element's values: those of its arrays and strings (UTF-8), 8 for a number or bigint, 1 for a boolean. */
export function elementSize(element: unknown): number {
  if (typeof element === 'number' || typeof element === 'bigint') return 8
  if (typeof element === 'boolean') return 1
  if (typeof element === 'string') return Buffer.byteLength(element)
  if (typeof element !== 'object' || element === null) return 0
  if (ArrayBuffer.isView(element)) return element.byteLength
  return sum(isNdArray(element) ? arrayParts(element.data) : Object.values(element))
}

function arrayParts(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [data]
}

function sum(parts: readonly unknown[]): number {
  return parts.reduce<number>((bytes, part) => bytes + elementSize(part), 0)
}
