/**
 * Measures the cursors of a run from outside. All time goes through `tick`, which is called at every event (a pull
 * begins, returns, waits or settles) and shares out what passed since the last one:
 *
 * - while a pull runs, to the stage whose code runs: the innermost one;
 * - else to the stages that are waited for and that wait for no input themselves. Where this is a single one and the
 *   consumer waits for it, what the event loop was not idle of it is the stage's own work, after a promise settled.
 *
 * So a stage's time never holds that of its inputs.
 */
import type { StalledStage, Tuning } from '../core/runOptions.ts'
import type { Observer, PlanNode } from '../core/stage.ts'
import { systemClock, type Clock } from './clock.ts'
import { PipelineStats } from './pipelineStats.ts'
import { StageMeter } from './stageMeter.ts'

export class Profiler implements Observer {
  readonly #clock: Clock
  readonly #pending = new Set<StageMeter>()
  #root: StageMeter | undefined
  #running: StageMeter | undefined
  #last = 0
  #lastIdle = 0
  #started = false
  #stopped = false
  /** Pulls of the last stage, which the consumer makes, that are not done; and since when there are some. */
  #pulls = 0
  #pullingSince = 0
  #elapsedMs = 0
  #pulledMs = 0

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  enter(node: PlanNode): StageMeter {
    return (this.#root ??= new StageMeter(this, node))
  }

  /**
   * What was measured so far.
   *
   * @param tuned the numbers that are AUTOTUNE, as they are now
   */
  stats(tuned: Tuning = {}): PipelineStats {
    if (this.#started) this.#tick()
    const nodes = this.#root?.stats(this.#elapsedMs, tuned) ?? []
    return new PipelineStats(this.#elapsedMs, this.#elapsedMs - this.#pulledMs, nodes)
  }

  /** Since when the consumer waits for an element, by the clock; undefined where it does not. */
  get waitingSince(): number | undefined {
    return this.#pulls > 0 && !this.#stopped ? this.#pullingSince : undefined
  }

  /** The stages that wait for something, inputs before what is built on them. */
  stalled(): StalledStage[] {
    return this.#root?.stalled(this.#clock.now()) ?? []
  }

  /** Ends the measurement. */
  stop(): void {
    if (this.#started) this.#tick()
    this.#stopped = true
  }

  /** A stage's code begins to run; gives the one that ran, for `leave`. */
  begin(meter: StageMeter): StageMeter | undefined {
    if (!this.#started) this.#start()
    this.#tick()
    if (meter === this.#root && this.#pulls++ === 0) this.#pullingSince = this.#last
    const outer = this.#running
    this.#running = meter
    return outer
  }

  /** It returned, with a promise where `waits`. */
  leave(meter: StageMeter, outer: StageMeter | undefined, waits: boolean): void {
    this.#tick()
    this.#running = outer
    if (waits) {
      if (this.#pending.size === 0) this.#lastIdle = this.#clock.idle()
      this.#pending.add(meter)
      if (meter.pulls++ === 0) meter.since = this.#last
      if (meter.parent !== undefined) meter.parent.inputPulls++
    } else if (meter === this.#root) this.#pulls--
  }

  /** A promise that it returned is settled. */
  settle(meter: StageMeter): void {
    this.#tick()
    meter.pulls--
    if (meter.pulls === 0) this.#pending.delete(meter)
    if (meter.parent !== undefined) meter.parent.inputPulls--
    if (meter === this.#root) this.#pulls--
  }

  /** What passed since the last tick is nobody's: measuring itself took it. */
  forget(): void {
    this.#last = this.#clock.now()
  }

  #start(): void {
    this.#started = true
    this.#last = this.#clock.now()
  }

  #tick(): void {
    if (this.#stopped) return
    const now = this.#clock.now()
    const passed = now - this.#last
    this.#last = now
    this.#elapsedMs += passed
    if (this.#pulls > 0) this.#pulledMs += passed
    if (this.#running !== undefined) this.#running.busyMs += passed
    else if (this.#pending.size > 0) this.#shareWaiting(passed)
  }

  #shareWaiting(passed: number): void {
    const idle = this.#clock.idle()
    const idled = Math.min(passed, idle - this.#lastIdle)
    this.#lastIdle = idle
    const waitedFor = [...this.#pending].filter(({ inputPulls }) => inputPulls === 0)
    const waiting = waitedFor.length === 1 && this.#pulls > 0 ? idled : passed
    for (const meter of waitedFor) {
      meter.waitingMs += waiting
      meter.busyMs += passed - waiting
    }
  }
}
