import type { RunOptions, Tuning } from '../core/runOptions.ts'
import type { Run } from '../core/stage.ts'
import { elementSize } from '../ndarray/elementSize.ts'
import { tunedRun, type TunedRun } from '../tuning/tunedRun.ts'
import type { Clock } from './clock.ts'
import { iteratorEnd, publishEnd } from './diagnostics.ts'
import type { PipelineStats } from './pipelineStats.ts'
import { Profiler } from './profiler.ts'
import { Watchdog } from './watchdog.ts'

/** What measures, tunes and bounds one run. */
export class RunInstruments {
  readonly #clock: Clock
  readonly #profiler: Profiler | undefined
  readonly #tuned: TunedRun
  readonly #options: RunOptions
  #watchdog: Watchdog | undefined

  /** @param profiler where the run is to be measured in any case */
  constructor(options: RunOptions, clock: Clock, profiler: Profiler | undefined) {
    this.#options = options
    this.#clock = clock
    const measured = options.watchdogMs !== undefined || iteratorEnd.hasSubscribers
    this.#profiler = profiler ?? (measured ? new Profiler(clock) : undefined)
    this.#tuned = tunedRun(options, { now: () => clock.now(), sizeOf: elementSize })
  }

  /** What a run is given. */
  get run(): Pick<Run, 'observer' | 'tuner' | 'memory'> {
    return { observer: this.#profiler, ...this.#tuned }
  }

  /** The run begins. */
  start(): void {
    const { watchdogMs, onStall } = this.#options
    if (watchdogMs === undefined || this.#profiler === undefined) return
    this.#watchdog = new Watchdog(this.#profiler, this.#clock, { watchdogMs, onStall })
  }

  /**
   * Refuses an element that is larger than the memory, also where no buffer held it.
   *
   * @param path of the operation that gave it
   */
  check(element: unknown, path: string): void {
    const { memory } = this.#tuned
    if (memory !== undefined) memory.check(elementSize(element), path)
  }

  tuned(): Tuning {
    return this.#tuned.tuner?.tuned() ?? {}
  }

  /** What was measured, where it was. */
  stats(): PipelineStats | undefined {
    return this.#profiler?.stats(this.tuned())
  }

  /** The run is over. */
  stop(error: unknown): void {
    this.#watchdog?.stop()
    if (this.#profiler === undefined) return
    this.#profiler.stop()
    publishEnd(this.#profiler, this.tuned(), error)
  }
}
