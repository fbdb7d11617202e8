import type { Knob } from '../core/tuner.ts'
import type { BlockMemory } from './blockMemory.ts'

/** How blocks are cut, and in which order their results are handed on. */
export interface WorkerMapping {
  /** Elements of a block. */
  readonly blockSize: Knob
  /** Blocks that run at a time; twice as many may wait to be handed on, so far may a slow one be behind. */
  readonly calls: Knob
  readonly deterministic: boolean
  /** Where each block becomes one batch: the path of the operation that stacks it. */
  readonly batch: { readonly path: string; readonly dropRemainder: boolean } | undefined
  /** Of the elements that were read, and the results that wait to be handed on. */
  readonly memory: BlockMemory
}
