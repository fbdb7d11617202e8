import { copyBytes } from '../core/copyBytes.ts'
import type { TypedDType } from '../ndarray/dtype.ts'
import { isTyped, itemBytes, typedArrayOf } from '../ndarray/dtype.ts'
import { isStructure } from '../ndarray/element.ts'
import { isNdArray, NdArray, sizeOf } from '../ndarray/ndarray.ts'

/** A leaf of an element that lies in one block of memory. */
export type Leaf = NdArray<TypedDType>

/** The form of an element, with the number of a leaf in place of each. */
export type Template = number | readonly Template[] | { readonly [key: string]: Template }

/** How the leaves of a kind of element lie one after the other. Sizes travel with each element; this does not. */
export interface Layout {
  readonly template: Template
  readonly leaves: readonly { readonly dtype: TypedDType; readonly rank: number }[]
}

/** Every leaf begins at a multiple of this, the size of a cache line. */
export const leafAlignment = 64

/**
 * Lists the leaves of an element in the order of its layout.
 *
 * @returns undefined where a leaf is no NdArray over one block of memory: such an element travels as a clone
 */
export function leavesOf(element: unknown): Leaf[] | undefined {
  const leaves: Leaf[] = []
  return collect(element, leaves) ? leaves : undefined
}

function collect(part: unknown, leaves: Leaf[]): boolean {
  if (isNdArray(part)) {
    if (!isTyped(part.dtype)) return false
    leaves.push(part as Leaf)
    return true
  }
  return isStructure(part) && Object.values(part).every((child) => collect(child, leaves))
}

/** The layout of an element all of whose leaves are NdArrays. */
export function layoutOf(element: unknown, leaves: readonly Leaf[]): Layout {
  let next = 0
  const number = (part: unknown): Template => {
    if (isNdArray(part)) return next++
    if (Array.isArray(part)) return part.map(number)
    return Object.fromEntries(Object.entries(part as object).map(([key, child]) => [key, number(child)]))
  }
  return { template: number(element), leaves: leaves.map(({ dtype, rank }) => ({ dtype, rank })) }
}

/** Whether an element with these leaves has this layout. */
export function hasLayout(layout: Layout, element: unknown, leaves: readonly Leaf[]): boolean {
  const same = leaves.every(({ dtype, rank }, i) => {
    const leaf = layout.leaves.at(i)
    return leaf !== undefined && leaf.dtype === dtype && leaf.rank === rank
  })
  return same && leaves.length === layout.leaves.length && hasForm(layout.template, element)
}

function hasForm(template: Template, part: unknown): boolean {
  if (typeof template === 'number') return isNdArray(part)
  if (!isStructure(part) || Array.isArray(template) !== Array.isArray(part)) return false
  const keys = Object.keys(template)
  const ownKeys = Object.keys(part)
  return (
    keys.length === ownKeys.length &&
    keys.every(
      (key, i) =>
        ownKeys[i] === key &&
        hasForm((template as Record<string, Template>)[key], (part as Readonly<Record<string, unknown>>)[key]),
    )
  )
}

/** Bytes that the leaves take, from an aligned start. */
export function leafBytes(leaves: readonly Leaf[]): number {
  return leaves.reduce((bytes, { dtype, size }) => bytes + align(size * itemBytes(dtype)), 0)
}

/** Copies the leaves into `buffer` from an aligned start: the only copy on the way to the other thread. */
export function writeLeaves(leaves: readonly Leaf[], buffer: SharedArrayBuffer, start: number): void {
  let offset = start
  for (const { dtype, size, data } of leaves) {
    copyBytes(leafOver(dtype, buffer, offset, size), data as Uint8Array)
    offset += align(size * itemBytes(dtype))
  }
}

/** Builds an element over the leaves in `buffer`, without a copy. */
export function readElement(
  layout: Layout,
  shapes: readonly (readonly number[])[],
  buffer: SharedArrayBuffer,
  start: number,
): unknown {
  let offset = start
  const arrays = layout.leaves.map(({ dtype }, i) => {
    const size = sizeOf(shapes[i])
    const data = leafOver(dtype, buffer, offset, size)
    offset += align(size * itemBytes(dtype))
    return new NdArray(dtype, shapes[i], data)
  })
  return fillTemplate(layout.template, arrays)
}

/** A copy of an element whose leaves lie in shared memory, over memory of its own. */
export function copyElement(layout: Layout, element: unknown): unknown {
  const leaves = leavesOf(element) ?? []
  const arrays = leaves.map(({ dtype, shape, data }) => new NdArray(dtype, shape, (data as Uint8Array).slice()))
  return fillTemplate(layout.template, arrays)
}

function leafOver(dtype: TypedDType, buffer: SharedArrayBuffer, offset: number, size: number): Uint8Array {
  return new (typedArrayOf(dtype) as Uint8ArrayConstructor)(buffer, offset, size)
}

function fillTemplate(template: Template, arrays: readonly NdArray[]): unknown {
  if (typeof template === 'number') return arrays[template]
  if (Array.isArray(template)) return template.map((part: Template) => fillTemplate(part, arrays))
  return Object.fromEntries(Object.entries(template).map(([key, part]) => [key, fillTemplate(part, arrays)]))
}

/** The next multiple of the alignment. */
export function align(bytes: number): number {
  return Math.ceil(bytes / leafAlignment) * leafAlignment
}
