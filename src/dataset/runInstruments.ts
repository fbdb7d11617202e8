import { Memory } from '../core/memory.ts'
import type { RunOptions, Tuning } from '../core/runOptions.ts'
import type { Run } from '../core/stage.ts'
import { elementSize } from '../ndarray/elementSize.ts'
import { Autotuner } from '../tuning/autotuner.ts'
import type { Clock } from './clock.ts'
import { iteratorEnd, publishEnd } from './diagnostics.ts'
import type { PipelineStats } from './pipelineStats.ts'
import { Profiler } from './profiler.ts'
import { Watchdog } from './watchdog.ts'

/** Bytes that the elements of one tuned buffer may take where the memory has no cap. */
const mostTunedBytes = 256 * 2 ** 20

/** What measures, tunes and bounds one run. */
export class RunInstruments {
  readonly #clock: Clock
  readonly #profiler: Profiler | undefined
  readonly #tuner: Autotuner | undefined
  readonly #memory: Memory | undefined
  readonly #options: RunOptions
  #watchdog: Watchdog | undefined

  /** @param profiler where the run is to be measured in any case */
  constructor(options: RunOptions, clock: Clock, profiler: Profiler | undefined) {
    const { memory, autotune = true, watchdogMs } = options
    this.#options = options
    this.#clock = clock
    const measured = watchdogMs !== undefined || iteratorEnd.hasSubscribers
    this.#profiler = profiler ?? (measured ? new Profiler(clock) : undefined)
    if (memory !== undefined) this.#memory = new Memory(memory, elementSize)
    if (autotune === false) return
    this.#tuner = new Autotuner({
      now: () => clock.now(),
      sizeOf: elementSize,
      mostBytes: memory === undefined ? mostTunedBytes : memory / 2,
      frozen: autotune === true ? undefined : autotune,
    })
  }

  /** What a run is given. */
  get run(): Pick<Run, 'observer' | 'tuner' | 'memory'> {
    return { observer: this.#profiler, tuner: this.#tuner, memory: this.#memory }
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
    if (this.#memory !== undefined) this.#memory.check(elementSize(element), path)
  }

  tuned(): Tuning {
    return this.#tuner?.tuned() ?? {}
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
