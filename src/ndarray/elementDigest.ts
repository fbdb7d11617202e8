import { digest } from '../core/planKey.ts'
import { isStructure } from './element.ts'
import { isNdArray } from './ndarray.ts'

/** A text of 64 hex digits that differs where elements do; undefined for what is no element. */
export function elementDigest(element: unknown): string | undefined {
  const parts: string[] = []
  return describe(element, parts) ? digest(Buffer.from(JSON.stringify(parts))) : undefined
}

/** Adds the parts of an element as text, memory as its digest; false where it holds something else. */
function describe(value: unknown, parts: string[]): boolean {
  if (isNdArray(value)) {
    parts.push(value.dtype, JSON.stringify(value.shape))
    return ArrayBuffer.isView(value.data) ? describe(value.data, parts) : describeAll(Object.entries(value.data), parts)
  }
  if (ArrayBuffer.isView(value)) {
    parts.push(value.constructor.name, digest(value))
    return true
  }
  if (isStructure(value)) {
    parts.push(Array.isArray(value) ? '[' : '{')
    return describeAll(Object.entries(value), parts)
  }
  const isPlain = value === null || ['number', 'bigint', 'boolean', 'string'].includes(typeof value)
  if (isPlain) parts.push(value === null ? 'null' : typeof value, Object.is(value, -0) ? '-0' : String(value))
  return isPlain
}

function describeAll(entries: readonly (readonly [string, unknown])[], parts: string[]): boolean {
  parts.push(String(entries.length))
  return entries.every(([key, part]) => {
    parts.push(key)
    return describe(part, parts)
  })
}
