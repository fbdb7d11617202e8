import type { RandomKey } from '../core/random.ts'
import type { Json, State } from '../core/state.ts'
import type { Layout } from './layout.ts'
import type { PackedBlock } from './packedBlock.ts'
import type { PackedThrown } from './packedError.ts'
import type { LargeLeaf } from './sharedBatch.ts'

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
  /** What reads the module where it is TypeScript. */
  readonly loader: string | undefined
  /** Which part of the data the function is to read, where it divides the data itself. */
  readonly shard: Shard | undefined
}

/** Part `index` of `count` of the data, which a function that divides it reads. */
export interface Shard {
  readonly index: number
  readonly count: number
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
 * end, which each take a place in the ring (an error without a state is the last); `wake` where the host sleeps; an
 * error in closing; and `done` once the thread is free again.
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
  | { readonly kind: 'done' }

/** From the host to the worker: the consumer wants no more. */
export interface CloseMessage {
  readonly kind: 'close'
}

/** The function of a worker map: what a thread needs to find it, and what it prepares once. */
export interface MapSetup {
  /** Equal for equal setups: a thread that has prepared one does not prepare it again. */
  readonly key: string
  readonly module: string
  readonly exportName: string
  /** What reads the modules where they are TypeScript. */
  readonly loaders: readonly string[]
  readonly init: { readonly module: string; readonly exportName: string } | undefined
  /** Arguments of `init`, packed. */
  readonly args: readonly unknown[]
}

/** A block of elements for a worker map. */
export interface BlockTask {
  readonly setup: MapSetup
  /** Of the operation: where its errors happened, and what its random numbers are keyed by. */
  readonly path: string
  readonly key: RandomKey
  readonly epoch: number
  /** Index of the first element, or of each where they do not follow each other. */
  readonly indices: number | readonly number[]
  readonly input: PackedBlock
  readonly inputBuffer: SharedArrayBuffer | undefined
  /** Memory for the results, used where it is large enough. */
  readonly output: SharedArrayBuffer | undefined
  /** Where results are to be stacked: the spec of one, null where it is not known. */
  readonly stack: { readonly spec: Json } | undefined
  /** Words that both threads see, and where those of this block are among them: `blockWords.ts`. */
  readonly words: Int32Array<SharedArrayBuffer>
  readonly place: number
  /** Where other threads make the same batch. */
  readonly share: Share | undefined
}

/** A thread's part in a batch that several make together: `sharedBatch.ts`. */
export interface Share {
  /** The place of the first of them, where elements are taken. */
  readonly first: number
  /** The leaf whose rows all of them put into `output`. */
  readonly leaf: LargeLeaf
  /** Bytes of `output` that are this thread's. */
  readonly start: number
  readonly end: number
}

/**
 * What became of a block: its results, but for those of elements that failed; or that nobody wants it any more; or that
 * one thread has to make it, for results of it cannot travel by themselves; or why the function cannot be called at all.
 */
export type BlockReply =
  | {
      readonly kind: 'done'
      readonly results: PackedBlock
      /** Where they lie: in the memory that was given, in other memory, or nowhere. */
      readonly buffer: 'given' | SharedArrayBuffer | undefined
      /** Offset in the block, and what was thrown. Where results are stacked, the first one ends the block. */
      readonly errors: readonly (readonly [offset: number, error: PackedThrown])[]
      /** Offsets of the elements that these are the results of, where the block was shared. */
      readonly rows?: readonly number[]
      /** How long the thread was busy with it. */
      readonly busyMs: number
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unshared' }
  | { readonly kind: 'unprepared'; readonly error: PackedThrown }
