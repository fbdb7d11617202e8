import type { StageContext } from './stage.ts'

/** What lies in the queue of a stage that works ahead of its consumer. */
export interface QueueDepth {
  /** Elements that are there and wait to be taken. */
  readonly ready: number
  /** Calls, pulls or blocks in flight. */
  readonly inFlight: number
}

/** How far the worker threads of a stage are in use. */
export interface WorkerUse {
  readonly workers: number
  /** Time that they were busy since the stage was opened, all of them together, in milliseconds. */
  readonly busyMs: number
}

/** What a stage says of itself, when it is asked, to whoever watches the run. */
export interface StageReport {
  readonly queue?: () => QueueDepth
  readonly workers?: () => WorkerUse
  /** What the consumer's pull is waiting for, beside the stage's input: a call on element 7, block 3 of worker 1. */
  readonly waitingFor?: () => string | undefined
}

/** To be called by a stage that has something to say, while it is being opened. */
export function report(context: StageContext, says: StageReport): void {
  context.observer?.report?.(says)
}
