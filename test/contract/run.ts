import { isDeepStrictEqual } from 'node:util'
import { END, type Cursor } from '../../src/core/cursor.ts'
import { messageOf } from '../../src/core/errors.ts'
import { TensorSpec, type Spec } from '../../src/core/spec.ts'
import { openPlan, type PlanNode } from '../../src/core/stage.ts'
import type { State } from '../../src/core/state.ts'
import { specOf } from '../../src/ndarray/element.ts'
import { isNdArray } from '../../src/ndarray/ndarray.ts'

/** Opens a cursor on a plan as an iterator does, without the iterator. */
export function open<T>(node: PlanNode<T>, state?: State, epoch = 0, seed = 0): Cursor<T> {
  return openPlan(node, { seed, epoch, signal: new AbortController().signal }, state)
}

/** What is left of a cursor, in comparable form; at most `limit` elements. Closes it. */
export async function drain(cursor: Cursor<unknown>, limit = 1000): Promise<unknown[]> {
  try {
    return await pull(cursor, limit)
  } finally {
    await cursor.close()
  }
}

/** Up to `count` elements, in comparable form. */
export async function pull(cursor: Cursor<unknown>, count: number): Promise<unknown[]> {
  const elements: unknown[] = []
  while (elements.length < count) {
    const element = await cursor.next()
    if (element === END) break
    elements.push(plain(element))
  }
  return elements
}

/** What the next pull gives: an element in comparable form, END, or the message of an error. */
export async function outcome(cursor: Cursor<unknown>): Promise<unknown> {
  try {
    return plain(await cursor.next())
  } catch (error) {
    return { threw: messageOf(error) }
  }
}

/** The outcomes up to the end, failures included; at most `limit`. Closes the cursor. */
export async function outcomes(cursor: Cursor<unknown>, limit = 1000): Promise<unknown[]> {
  const all: unknown[] = []
  while (all.length < limit) {
    const next = await outcome(cursor)
    if (next === END) break
    all.push(next)
  }
  await cursor.close()
  return all
}

/** A state as it comes back from a file. */
export function stored(state: State): State {
  return JSON.parse(JSON.stringify(state)) as State
}

/** An element with each NdArray as plain data, so that two runs compare by value. */
export function plain(element: unknown): unknown {
  if (isNdArray(element))
    return { dtype: element.dtype, shape: [...element.shape], values: Array.from<unknown>(element.data) }
  if (Array.isArray(element)) return element.map(plain)
  if (typeof element !== 'object' || element === null || ArrayBuffer.isView(element)) return element
  return Object.fromEntries(Object.entries(element).map(([key, part]) => [key, plain(part)]))
}

/** Whether an element has the structure, shapes and dtypes of a spec; the dtype of a plain number does not show. */
export function fits(element: unknown, spec: Spec): boolean {
  return fitsSpec(specOf(element), spec, element)
}

function fitsSpec(actual: Spec, spec: Spec, element: unknown): boolean {
  if (spec instanceof TensorSpec) {
    if (!(actual instanceof TensorSpec)) return false
    const sameDType = typeof element === 'number' || actual.dtype === spec.dtype
    return sameDType && fitsShape(actual.shape ?? [], spec.shape)
  }
  if (actual instanceof TensorSpec || Array.isArray(actual) !== Array.isArray(spec)) return false
  const parts = (of: Spec): Readonly<Record<string, Spec>> => of as Readonly<Record<string, Spec>>
  if (!isDeepStrictEqual(Object.keys(actual), Object.keys(spec))) return false
  return Object.keys(spec).every((key) =>
    fitsSpec(parts(actual)[key], parts(spec)[key], (element as Readonly<Record<string, unknown>>)[key]),
  )
}

function fitsShape(actual: readonly (number | null)[], shape: readonly (number | null)[] | undefined): boolean {
  if (shape === undefined) return true
  return actual.length === shape.length && shape.every((size, axis) => size === null || size === actual[axis])
}
