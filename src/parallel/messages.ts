import { errorClasses, MillraceError, messageOf, UnknownError } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import { dtypes, isTyped } from '../ndarray/dtype.ts'
import { isStructure } from '../ndarray/element.ts'
import { isNdArray, NdArray } from '../ndarray/ndarray.ts'
import type { Layout } from './layout.ts'

/*
 * What host and worker say to each other: all that the two share, but the ring. Batches themselves travel in the ring;
 * messages carry what is rare.
 */

/** What a pipeline worker is started with. */
export interface PipelineTask {
  /** URL and export of the function that builds the dataset, and its arguments. */
  readonly module: string
  readonly exportName: string
  readonly args: readonly unknown[]
  /** This worker makes elements `worker`, `worker + workers`, ... of those that follow `state`. */
  readonly worker: number
  readonly workers: number
  readonly seed: number
  readonly epoch: number
  readonly state: PipelineState | undefined
  readonly slots: number
  readonly control: SharedArrayBuffer
}

/** Where a pipeline stands, with its plan, which a restored one must have too. */
export interface PipelineState {
  readonly plan: readonly string[]
  readonly upstream: State
}

/** From the worker to the host. */
export type WorkerMessage =
  | { readonly kind: 'plan'; readonly plan: readonly string[] }
  | { readonly kind: 'slot'; readonly slot: number; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'layout'; readonly layout: Layout }
  | { readonly kind: 'element'; readonly element: unknown; readonly state: State }
  | { readonly kind: 'error'; readonly error: PackedError; readonly state: State | undefined }
  | { readonly kind: 'end'; readonly state: State }
  | { readonly kind: 'wake' }

/** From the host to the worker: the consumer wants no more. */
export interface CloseMessage {
  readonly kind: 'close'
}

/** An error as plain data. */
export interface PackedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly fields: Readonly<Record<string, string | number | undefined>>
}

/** Makes an error ready to travel. */
export function packError(thrown: unknown): PackedError {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  if (!(thrown instanceof MillraceError)) {
    return { name: thrown instanceof Error ? thrown.name : 'Error', message: messageOf(thrown), stack, fields: {} }
  }
  const { name, message, path, index, file, record, byteOffset } = thrown
  return { name, message, stack, fields: { path, index, file, record, byteOffset } }
}

/** Makes the error again: of its class, with the worker's own as cause. */
export function unpackError({ name, message, stack, fields }: PackedError): MillraceError {
  const original = new Error(message)
  original.name = name
  if (stack !== undefined) original.stack = stack
  const Class = errorClasses[name] ?? UnknownError
  return new Class(message, { ...fields, cause: original })
}

/** An NdArray as plain data, which structured clone keeps. */
interface PackedArray {
  readonly ndarray: true
  readonly dtype: NdArray['dtype']
  readonly shape: readonly number[]
  readonly data: NdArray['data']
}

/** Makes an element ready to be cloned: NdArrays become plain data over no more memory than they show. */
export function packElement(element: unknown): unknown {
  if (isNdArray(element)) {
    const { dtype, shape, data } = element
    const own = isTyped(dtype) ? (data as Uint8Array).slice() : data
    return { ndarray: true, dtype, shape, data: own } satisfies PackedArray
  }
  if (!isStructure(element)) return element
  if (Array.isArray(element)) return element.map(packElement)
  return Object.fromEntries(Object.entries(element).map(([key, part]) => [key, packElement(part)]))
}

/** Makes the element again. */
export function unpackElement(packed: unknown): unknown {
  if (!isStructure(packed)) return packed
  if (Array.isArray(packed)) return packed.map(unpackElement)
  if (isPackedArray(packed)) return new NdArray(packed.dtype, packed.shape, packed.data)
  return Object.fromEntries(Object.entries(packed).map(([key, part]) => [key, unpackElement(part)]))
}

function isPackedArray(value: object): value is PackedArray {
  return 'ndarray' in value && value.ndarray === true && 'dtype' in value && dtypes.includes(value.dtype as never)
}
