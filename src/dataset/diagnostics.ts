/**
 * What millrace says of itself over `node:diagnostics_channel`. Nothing is measured or published for a channel without
 * subscribers.
 *
 *   millrace:iterator:end    an iteration ended, in whatever way: an IteratorEnd
 */
import { channel } from 'node:diagnostics_channel'
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

/** Tells the subscribers, if there are any, that an iteration is over. */
export function publishEnd(profiler: Profiler, error: unknown): void {
  if (!iteratorEnd.hasSubscribers) return
  const message: IteratorEnd = { stats: profiler.stats(), ...(error !== undefined && { error }) }
  iteratorEnd.publish(message)
}
