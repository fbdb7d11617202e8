/**
 * What millrace says of itself over `node:diagnostics_channel`. Nothing is measured or published for a channel without
 * subscribers.
 *
 *   millrace:iterator:end    an iteration ended, in whatever way: an IteratorEnd
 *   millrace:stall           the watchdog of an iteration told of a wait: a Stall
 */
import { channel } from 'node:diagnostics_channel'
import type { Stall, Tuning } from '../core/runOptions.ts'
import type { PipelineStats } from './pipelineStats.ts'
import type { Profiler } from './profiler.ts'

/** The message of `millrace:iterator:end`. */
export interface IteratorEnd {
  readonly stats: PipelineStats
  /** What it failed with, where it did. */
  readonly error?: unknown
}

/** Iterations that began while this has subscribers are measured. */
export const iteratorEnd = channel('millrace:iterator:end')

const stalls = channel('millrace:stall')

/** Tells the subscribers, if there are any, that a consumer waits for too long. */
export function publishStall(stall: Stall): void {
  stalls.publish(stall)
}

/** Tells the subscribers, if there are any, that an iteration is over. */
export function publishEnd(profiler: Profiler, tuned: Tuning, error: unknown): void {
  if (!iteratorEnd.hasSubscribers) return
  const message: IteratorEnd = { stats: profiler.stats(tuned), ...(error !== undefined && { error }) }
  iteratorEnd.publish(message)
}
