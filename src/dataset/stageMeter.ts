import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { tuningKey, type StalledStage, type Tuning } from '../core/runOptions.ts'
import { writtenNode, type Observer, type PlanNode, type StageObserver } from '../core/stage.ts'
import type { StageReport } from '../core/stageReport.ts'
import type { State } from '../core/state.ts'
import { elementSize } from '../ndarray/elementSize.ts'
import type { NodeStats } from './pipelineStats.ts'

/** Who shares the time out among the stages. */
export interface TimeKeeper {
  /** A stage's code begins to run; gives the one that ran, for `leave`. */
  begin(meter: StageMeter): StageMeter | undefined
  /** It returned, with a promise where `waits`. */
  leave(meter: StageMeter, outer: StageMeter | undefined, waits: boolean): void
  /** A promise that it returned is settled. */
  settle(meter: StageMeter): void
  /** What passed since the last event is nobody's: measuring itself took it. */
  forget(): void
}

/** What one stage took and gave, however often it is opened. */
export class StageMeter implements StageObserver {
  readonly parent: StageMeter | undefined
  busyMs = 0
  waitingMs = 0
  /** Pulls of this stage, and of its inputs, that wait. */
  pulls = 0
  inputPulls = 0
  /** When the oldest of its pulls began, by the clock. */
  since = 0
  #elements = 0
  #bytes = 0
  /** What the cursor that was opened last says, and the depths of its queue so far. */
  #says: StageReport | undefined
  readonly #depths = { samples: 0, sum: 0, most: 0 }
  readonly #keeper: TimeKeeper
  readonly #node: PlanNode
  /** What begins the path of a stage in an inner dataset. */
  readonly #within: string
  /** Inputs by their place, inner datasets by their path. */
  readonly #inputs = new Map<number | string, StageMeter>()

  constructor(keeper: TimeKeeper, node: PlanNode, parent?: StageMeter, within = '') {
    this.#keeper = keeper
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
      ? new Watched(cursor, this, this.#keeper)
      : new WatchedSkipping(cursor, this, this.#keeper)
  }

  report(says: StageReport): void {
    this.#says = says
  }

  /** Looks at the queue, before a pull. */
  sampleQueue(): void {
    const depth = this.#says?.queue?.()
    if (depth === undefined) return
    const depths = this.#depths
    depths.samples++
    depths.sum += depth.ready
    if (depth.ready > depths.most) depths.most = depth.ready
  }

  count(element: unknown): void {
    this.#elements++
    this.#bytes += elementSize(element)
  }

  /** Of this stage and all below it, inputs first. */
  stats(elapsedMs: number, tuned: Tuning): NodeStats[] {
    const { busyMs, waitingMs } = this
    const own: NodeStats = {
      path: this.#path,
      name: this.#node.stage.name,
      busyMs,
      waitingMs,
      elements: this.#elements,
      bytes: this.#bytes,
      settings: this.#settings(tuned),
      ...this.#queue(),
      ...this.#workers(elapsedMs),
    }
    return [...[...this.#inputs.values()].flatMap((input) => input.stats(elapsedMs, tuned)), own]
  }

  /** Of this stage and all below it, those that wait; inputs first. */
  stalled(now: number): StalledStage[] {
    const below = [...this.#inputs.values()].flatMap((input) => input.stalled(now))
    if (this.pulls === 0) return below
    return [...below, { path: this.#path, waitingFor: this.#waitingFor(), waitedMs: now - this.since }]
  }

  #waitingFor(): string {
    const said = this.#says?.waitingFor?.()
    if (said !== undefined) return said
    if (this.inputPulls > 0) return 'its input'
    const [input] = this.#inputs.values() as Iterable<StageMeter | undefined>
    // Serial: the function runs on the element that the input gave last.
    if (callsFunction(this.#node) && input !== undefined && input.#elements > 0)
      return `the call of its function on element ${input.#elements - 1}`
    return `its element ${this.#elements}`
  }

  /** The numbers among its arguments that change speed alone, as they were chosen. */
  #settings(tuned: Tuning): Readonly<Record<string, number>> {
    const { args, tuning = [] } = this.#node.stage
    const given = Object.entries(args).filter(([name, value]) => tuning.includes(name) && typeof value === 'number')
    return { ...(Object.fromEntries(given) as Record<string, number>), ...tuned[tuningKey(this.#path)] }
  }

  #queue(): Pick<NodeStats, 'queue'> {
    const now = this.#says?.queue?.()
    if (now === undefined) return {}
    const { samples, sum, most } = this.#depths
    return { queue: { ...now, mean: samples === 0 ? 0 : sum / samples, most } }
  }

  #workers(elapsedMs: number): Pick<NodeStats, 'workers'> {
    const use = this.#says?.workers?.()
    if (use === undefined) return {}
    const possible = use.workers * elapsedMs
    return { workers: { ...use, utilisation: possible === 0 ? 0 : Math.min(1, use.busyMs / possible) } }
  }

  #meter(key: number | string, node: PlanNode, within: string): StageMeter {
    const known = this.#inputs.get(key)
    if (known !== undefined) return known
    const meter = new StageMeter(this.#keeper, node, this, within)
    this.#inputs.set(key, meter)
    return meter
  }

  get #path(): string {
    return `${this.#within}${this.#node.path}`
  }
}

/** Whether an operation, or one that was made one with it, calls a function of the user. */
function callsFunction(node: PlanNode): boolean {
  const end = node.inputs.length === 0 ? undefined : writtenNode(node.inputs[0])
  for (let written: PlanNode | undefined = writtenNode(node); written !== undefined && written !== end;) {
    if (Object.values(written.stage.args).some((arg) => typeof arg === 'function')) return true
    written = written.inputs.at(0)
  }
  return false
}

class Watched<T> implements Cursor<T> {
  readonly cursor: Cursor<T>
  readonly #meter: StageMeter
  readonly #keeper: TimeKeeper

  constructor(cursor: Cursor<T>, meter: StageMeter, keeper: TimeKeeper) {
    this.cursor = cursor
    this.#meter = meter
    this.#keeper = keeper
  }

  get exhausted(): boolean {
    return this.cursor.exhausted === true
  }

  next(): Pull<T> {
    this.#meter.sampleQueue()
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
    const outer = this.#keeper.begin(this.#meter)
    let result
    try {
      result = call()
    } finally {
      this.#keeper.leave(this.#meter, outer, result instanceof Promise)
    }
    if (!(result instanceof Promise)) return result
    return result.finally(() => this.#keeper.settle(this.#meter))
  }

  #counted(element: T | typeof END): T | typeof END {
    if (isEnd(element)) return END
    this.#meter.count(element)
    if (typeof element === 'object') this.#keeper.forget()
    return element
  }
}

class WatchedSkipping<T> extends Watched<T> {
  skip(count: number): number | Promise<number> {
    return this.measure(() => this.cursor.skip?.(count) ?? 0)
  }
}
