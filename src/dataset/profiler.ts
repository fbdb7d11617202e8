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
import { END, type Cursor, type Pull } from '../core/cursor.ts'
import type { Observer, PlanNode, StageObserver } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { elementSize } from '../ndarray/elementSize.ts'
import { PipelineStats, type NodeStats } from './pipelineStats.ts'

/** What time is measured with; replaced in tests. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number
  /** Milliseconds that the event loop of this thread had nothing to do. */
  idle(): number
}

const systemClock: Clock = {
  now: () => performance.now(),
  idle: () => performance.eventLoopUtilization().idle,
}

export class Profiler implements Observer {
  readonly #clock: Clock
  readonly #pending = new Set<StageMeter>()
  #root: StageMeter | undefined
  #running: StageMeter | undefined
  #last = 0
  #lastIdle = 0
  #started = false
  #stopped = false
  /** Pulls of the last stage, which the consumer makes, that are not done. */
  #pulls = 0
  #elapsedMs = 0
  #pulledMs = 0

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  enter(node: PlanNode): StageMeter {
    return (this.#root ??= new StageMeter(this, node))
  }

  /** What was measured so far. */
  stats(): PipelineStats {
    if (this.#started) this.#tick()
    return new PipelineStats(this.#elapsedMs, this.#elapsedMs - this.#pulledMs, this.#root?.stats() ?? [])
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
    if (meter === this.#root) this.#pulls++
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
      meter.pulls++
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

/** What one stage took and gave, however often it is opened. */
class StageMeter implements StageObserver {
  readonly parent: StageMeter | undefined
  busyMs = 0
  waitingMs = 0
  /** Pulls of this stage, and of its inputs, that wait. */
  pulls = 0
  inputPulls = 0
  #elements = 0
  #bytes = 0
  readonly #profiler: Profiler
  readonly #node: PlanNode
  /** What begins the path of a stage in an inner dataset. */
  readonly #within: string
  /** Inputs by their place, inner datasets by their path. */
  readonly #inputs = new Map<number | string, StageMeter>()

  constructor(profiler: Profiler, node: PlanNode, parent?: StageMeter, within = '') {
    this.#profiler = profiler
    this.#node = node
    this.parent = parent
    this.#within = within
  }

  enter(node: PlanNode): StageMeter {
    return this.#meter(node.path, node, `${this.#path} > `)
  }

  input(place: number): Observer {
    return { enter: (node) => this.#meter(place, node, this.#within) }
  }

  watch<T>(cursor: Cursor<T>): Cursor<T> {
    return cursor.skip === undefined
      ? new Watched(cursor, this, this.#profiler)
      : new WatchedSkipping(cursor, this, this.#profiler)
  }

  count(element: unknown): void {
    this.#elements++
    this.#bytes += elementSize(element)
  }

  /** Of this stage and all below it, inputs first. */
  stats(): NodeStats[] {
    const { busyMs, waitingMs } = this
    const own = { path: this.#path, name: this.#node.stage.name, busyMs, waitingMs }
    const inputs = [...this.#inputs.values()].flatMap((input) => input.stats())
    return [...inputs, { ...own, elements: this.#elements, bytes: this.#bytes }]
  }

  #meter(key: number | string, node: PlanNode, within: string): StageMeter {
    const known = this.#inputs.get(key)
    if (known !== undefined) return known
    const meter = new StageMeter(this.#profiler, node, this, within)
    this.#inputs.set(key, meter)
    return meter
  }

  get #path(): string {
    return `${this.#within}${this.#node.path}`
  }
}

class Watched<T> implements Cursor<T> {
  readonly cursor: Cursor<T>
  readonly #meter: StageMeter
  readonly #profiler: Profiler

  constructor(cursor: Cursor<T>, meter: StageMeter, profiler: Profiler) {
    this.cursor = cursor
    this.#meter = meter
    this.#profiler = profiler
  }

  next(): Pull<T> {
    const pulled = this.measure(() => this.cursor.next())
    return pulled instanceof Promise ? pulled.then((element) => this.#counted(element)) : this.#counted(pulled)
  }

  state(): State {
    return this.cursor.state()
  }

  close(): void | Promise<void> {
    return this.cursor.close()
  }

  /** The time of a call, and of the promise that it may give. */
  measure<R>(call: () => R | Promise<R>): R | Promise<R> {
    const outer = this.#profiler.begin(this.#meter)
    let result
    try {
      result = call()
    } finally {
      this.#profiler.leave(this.#meter, outer, result instanceof Promise)
    }
    if (!(result instanceof Promise)) return result
    return result.finally(() => this.#profiler.settle(this.#meter))
  }

  #counted(element: T | typeof END): T | typeof END {
    if (element === END) return END
    this.#meter.count(element)
    if (typeof element === 'object') this.#profiler.forget()
    return element
  }
}

class WatchedSkipping<T> extends Watched<T> {
  skip(count: number): number | Promise<number> {
    return this.measure(() => this.cursor.skip?.(count) ?? 0)
  }
}
