import type { State } from '../core/state.ts'
import type { Layout } from './layout.ts'
import type { PackedThrown } from './packedError.ts'

/*
 * What host and worker say to each other: all that the two share, but the ring. Batches themselves travel in the ring;
 * messages carry what is rare.
 */

/** What a pipeline worker is started with. */
export interface PipelineTask {
  /** URL and export of the function that builds the dataset, and its arguments, packed. */
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
  /** Elements and errors that came before. */
  readonly index: number
  readonly upstream: State
}

/**
 * From the worker to the host: what it needs to know to read elements; then those that lie in no slot, errors and the
 * end, which each take a place in the ring (an error without a state is the last); `wake` where the host sleeps; and an
 * error in closing.
 */
export type WorkerMessage =
  | { readonly kind: 'plan'; readonly plan: readonly string[] }
  | { readonly kind: 'slot'; readonly slot: number; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'layout'; readonly layout: Layout }
  | { readonly kind: 'element'; readonly element: unknown; readonly state: State }
  | { readonly kind: 'error'; readonly error: PackedThrown; readonly state: State | undefined }
  | { readonly kind: 'end'; readonly state: State }
  | { readonly kind: 'wake' }
  | { readonly kind: 'unclosed'; readonly error: PackedThrown }

/** From the host to the worker: the consumer wants no more. */
export interface CloseMessage {
  readonly kind: 'close'
}
