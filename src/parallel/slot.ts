import { align, leafBytes, readElement, writeLeaves, type Layout, type Leaf } from './layout.ts'

/*
 * A slot of the ring:
 *
 *   0                64-bit floats: number of the layout, bytes of the state, then the sizes of every leaf's axes
 *   aligned          the state after this element, as JSON in UTF-8
 *   aligned          the leaves, each aligned
 */

const headNumbers = 2

/** An element in a slot, and the state after it as JSON text. */
export interface SlotContent {
  readonly layout: number
  readonly state: string
  readonly element: unknown
}

/** Bytes a slot needs for an element. */
export function slotBytes(leaves: readonly Leaf[], stateBytes: number): number {
  return headBytes(leaves.reduce((count, { rank }) => count + rank, 0)) + align(stateBytes) + leafBytes(leaves)
}

/** Writes an element into a slot that is large enough. */
export function writeSlot(buffer: SharedArrayBuffer, layout: number, leaves: readonly Leaf[], state: string): void {
  const sizes = leaves.flatMap(({ shape }) => shape)
  const stateBytes = Buffer.byteLength(state)
  const start = headBytes(sizes.length)
  new Float64Array(buffer, 0, headNumbers + sizes.length).set([layout, stateBytes, ...sizes])
  Buffer.from(buffer, start, stateBytes).write(state)
  writeLeaves(leaves, buffer, start + align(stateBytes))
}

/** Reads the element of a slot, over the slot's own memory. */
export function readSlot(buffer: SharedArrayBuffer, layouts: readonly Layout[]): SlotContent {
  const head = new Float64Array(buffer)
  const [number, stateBytes] = head
  const layout = layouts[number]
  let at = headNumbers
  const shapes = layout.leaves.map(({ rank }) => Array.from(head.subarray(at, (at += rank))))
  const start = headBytes(at - headNumbers)
  const state = Buffer.from(buffer, start, stateBytes).toString()
  return { layout: number, state, element: readElement(layout, shapes, buffer, start + align(stateBytes)) }
}

function headBytes(sizes: number): number {
  return align(8 * (headNumbers + sizes))
}
