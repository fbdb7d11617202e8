import type { TypedDType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { align, leafBytes, readElement, writeLeaves, type Layout } from './layout.ts'

/*
 * A slot of the ring:
 *
 *   0                32-bit words: number of the layout, bytes of the state, then the sizes of every leaf's axes
 *   aligned          the state after this element, as JSON in UTF-8
 *   aligned          the leaves, each aligned
 */

const headWords = 2

/** An element in a slot, and the state after it as JSON text. */
export interface SlotContent {
  readonly layout: number
  readonly state: string
  readonly element: unknown
}

/** Bytes a slot needs for an element. */
export function slotBytes(leaves: readonly NdArray<TypedDType>[], stateBytes: number): number {
  return headBytes(leaves.reduce((words, { rank }) => words + rank, 0)) + align(stateBytes) + leafBytes(leaves)
}

/** Writes an element into a slot that is large enough. */
export function writeSlot(
  buffer: SharedArrayBuffer,
  layout: number,
  leaves: readonly NdArray<TypedDType>[],
  state: string,
): void {
  const sizes = leaves.flatMap(({ shape }) => shape)
  const stateBytes = Buffer.byteLength(state)
  const start = headBytes(sizes.length)
  new Int32Array(buffer, 0, headWords + sizes.length).set([layout, stateBytes, ...sizes])
  Buffer.from(buffer, start, stateBytes).write(state)
  writeLeaves(leaves, buffer, start + align(stateBytes))
}

/** Reads the element of a slot, over the slot's own memory. */
export function readSlot(buffer: SharedArrayBuffer, layouts: readonly Layout[]): SlotContent {
  const words = new Int32Array(buffer)
  const [number, stateBytes] = words
  const layout = layouts[number]
  let at = headWords
  const shapes = layout.leaves.map(({ rank }) => Array.from(words.subarray(at, (at += rank))))
  const start = headBytes(at - headWords)
  const state = Buffer.from(buffer, start, stateBytes).toString()
  return { layout: number, state, element: readElement(layout, shapes, buffer, start + align(stateBytes)) }
}

function headBytes(sizes: number): number {
  return align(4 * (headWords + sizes))
}
