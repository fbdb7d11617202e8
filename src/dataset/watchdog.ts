import type { Stall, StalledStage } from '../core/runOptions.ts'
import type { Clock } from './clock.ts'
import { publishStall } from './diagnostics.ts'
import type { Profiler } from './profiler.ts'

/** What the watchdog is told. */
export interface WatchdogOptions {
  /** Milliseconds that the consumer may wait for one element. */
  readonly watchdogMs: number
  readonly onStall?: ((stall: Stall) => void) | undefined
}

/**
 * Tells of a consumer that has waited for one element for too long: which stage waits for what, and how long. It looks
 * twice in `watchdogMs`, and tells once a wait. What blocks the thread it cannot see before the thread is free again.
 */
export class Watchdog {
  readonly #profiler: Profiler
  readonly #clock: Clock
  readonly #options: WatchdogOptions
  readonly #end: () => void
  /** The wait that was told of, by its beginning. */
  #told: number | undefined

  constructor(profiler: Profiler, clock: Clock, options: WatchdogOptions) {
    this.#profiler = profiler
    this.#clock = clock
    this.#options = options
    this.#end = clock.every(options.watchdogMs / 2, () => this.#look())
  }

  stop(): void {
    this.#end()
  }

  #look(): void {
    const { waitingSince: since } = this.#profiler
    if (since === undefined || since === this.#told) return
    const waitedMs = this.#clock.now() - since
    if (waitedMs < this.#options.watchdogMs) return
    this.#told = since
    const stages = this.#profiler.stalled()
    const stall = Object.freeze({ waitedMs, stages, message: sentence(waitedMs, stages) })
    publishStall(stall)
    if (this.#options.onStall === undefined) process.emitWarning(stall.message, { code: 'MILLRACE_STALL' })
    else this.#options.onStall(stall)
  }
}

function sentence(waitedMs: number, stages: readonly StalledStage[]): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  const waits = stages.map(
    ({ path, waitingFor, waitedMs: ms }) => `${path} has waited ${seconds(ms)} for ${waitingFor}`,
  )
  return `millrace: no element for ${seconds(waitedMs)}: ${waits.join('; ')}.`
}
