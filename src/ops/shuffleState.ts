import { FailedPreconditionError } from '../core/errors.ts'
import type { State } from '../core/state.ts'

/** Where a shuffle is. */
export interface ShuffleState {
  /** Elements delivered in this pass. */
  readonly delivered: number
  /** Elements read in this pass. */
  readonly read: number
  /** Elements read before `upstream`. */
  readonly anchor: number
  /** For each element that failed after `anchor`, how many were read before it. */
  readonly failed: readonly number[]
  readonly upstream: State
}

/** Elements read between two anchors: restoring reads at most so many in vain. */
export const anchorStride = 256

/** The stride of an element before which so many were read. */
export function strideOf(read: number): number {
  return Math.floor(read / anchorStride)
}

export function endedEarly(path: string, read: number, state: ShuffleState): FailedPreconditionError {
  return new FailedPreconditionError(
    `${path}: the input ended after ${read} elements, but ${state.read} had been read when the state was saved.`,
    { path, hint: 'Restore it over the same data.' },
  )
}
