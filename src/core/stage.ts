import type { Cursor } from './cursor.ts'
import { foldIn, keyOf, type RandomKey } from './random.ts'
import type { Hints } from './hints.ts'
import type { Memory } from './memory.ts'
import { openRandomAccess, type RandomAccess } from './randomAccess.ts'
import type { Spec } from './spec.ts'
import type { StageReport } from './stageReport.ts'
import type { State } from './state.ts'
import type { Tuner } from './tuner.ts'

/** Number of elements: exact, Infinity, or undefined where it is not known without running. */
export type Cardinality = number | undefined

/** What one iteration of a pipeline is given, and every stage in it sees. */
export interface Run {
  /** Decides every random choice of the stages that have no seed of their own. */
  readonly seed: number
  /** Zero-based number of the pass over the data; `repeat` counts it on. */
  readonly epoch: number
  /** Aborted when the iteration is to end early. */
  readonly signal: AbortSignal
  /** The operation, with its element, whose inner dataset this is; begins every path in it. */
  readonly within?: string | undefined
  /**
   * The seed that was set for the pipeline, before branches and inner datasets made theirs of it. What must be the same
   * wherever a dataset is used, as a cache, depends on this one.
   */
  readonly pipelineSeed?: number | undefined
  /** Watches the cursors that are opened; a run without it pays nothing. */
  readonly observer?: Observer | undefined
  /** Chooses what is AUTOTUNE; a run without it leaves that where it begins. */
  readonly tuner?: Tuner | undefined
  /** The cap on what its buffers hold; a run without it measures no elements. */
  readonly memory?: Memory | undefined
}

/** Watches the cursors of a run from outside, to measure them. */
export interface Observer {
  /** The observer of a stage that is about to be opened, and of the inner datasets that this stage opens. */
  enter(node: PlanNode): StageObserver
}

/** The observer of one stage. */
export interface StageObserver extends Observer {
  /** The observer of the stage's input at a place. */
  input(place: number): Observer
  /** The cursor to use in place of the stage's. */
  watch<T>(cursor: Cursor<T>): Cursor<T>
  /** The stage has something to say of itself; called while it is being opened, before `watch`. */
  report?(says: StageReport): void
}

/** A run as one stage sees it. */
export interface StageContext extends Run {
  readonly observer?: StageObserver | undefined
  /** The operation with those before it, as in `range.shuffle.map`. */
  readonly path: string
  /** The key of this stage's random choices: seed and place in the plan, without the epoch. */
  readonly key: RandomKey
}

/** An input of a stage: opened from the start or from a state by the same call, as often as wanted. */
export interface Upstream<out T = unknown> {
  /** Its plan as it was written, for the stages that must know what they are built on. */
  readonly node: PlanNode<T>
  readonly cardinality: Cardinality
  readonly spec: Spec | undefined
  open(state?: State, change?: Partial<Run>): Cursor<T>
  /** Opens the elements by index, where `isRandomAccess` of the plan says that they can be. */
  openRandomAccess(change?: Partial<Run>): RandomAccess<T> | Promise<RandomAccess<T>>
}

/**
 * One operation of a plan, as plain frozen data: its name and arguments, what it makes of the number and the spec of
 * its inputs' elements, and how to open a cursor on them. Building one does no I/O.
 */
export interface Stage<in In = never, out Out = unknown> {
  readonly name: string
  /** The arguments as `explain()` shows them, defaults filled in. */
  readonly args: Readonly<Record<string, unknown>>
  /** Names of arguments that change speed alone; a state may be restored under other values of them. */
  readonly tuning?: readonly string[]
  /**
   * What decides the elements beside the arguments: a digest of data in memory, or the sizes and times of files. The
   * keys of caches are made of it.
   */
  readonly identity?: () => string | Promise<string>
  cardinality(inputs: readonly Cardinality[], specs: readonly (Spec | undefined)[]): Cardinality
  spec(inputs: readonly (Spec | undefined)[]): Spec | undefined
  open(inputs: readonly Upstream<In>[], context: StageContext, state?: State): Cursor<Out>
  /** Opens the elements by index, over inputs that can be; absent where one cannot be made without those before it. */
  readonly randomAccess?: (
    inputs: readonly Upstream<In>[],
    context: StageContext,
  ) => RandomAccess<Out> | Promise<RandomAccess<Out>>
  readonly hints?: Hints<In, Out>
}

/** A stage with its inputs: a node of the immutable logical plan. */
export interface PlanNode<out T = unknown> {
  readonly stage: Stage<never, T>
  readonly inputs: readonly PlanNode[]
  readonly cardinality: Cardinality
  readonly spec: Spec | undefined
  /** Number of stages before this one, along the longest way from a source. */
  readonly depth: number
  readonly path: string
  /** The node as it was written, where this one stands for it in the plan as it runs. */
  readonly written?: PlanNode
}

/** Anything that stands for a plan: `Dataset`, for the stages that take other datasets. */
export interface Source<out T = unknown> {
  /** The plan as it was written. */
  readonly node: PlanNode<T>
  /** The plan as it runs, with the same elements and the same state; the one that was written where it is left out. */
  readonly optimized?: PlanNode<T>
}

/** The plan of a source as it runs. */
export function runningPlan<T>(source: Source<T>): PlanNode<T> {
  return source.optimized ?? source.node
}

/** Whether a value stands for a plan. */
export function isSource(value: unknown): value is Source {
  const node: unknown = typeof value === 'object' && value !== null && 'node' in value ? value.node : undefined
  return typeof node === 'object' && node !== null && 'stage' in node
}

/** Puts a stage on top of its inputs. */
export function planNode<In, Out>(stage: Stage<In, Out>, inputs: readonly PlanNode[]): PlanNode<Out> {
  const main = inputs[0] as PlanNode | undefined
  const specs = inputs.map((input) => input.spec)
  return Object.freeze({
    stage,
    inputs: main === undefined ? noInputs : Object.freeze([...inputs]),
    cardinality: stage.cardinality(
      inputs.map((input) => input.cardinality),
      specs,
    ),
    spec: stage.spec(specs),
    depth: inputs.reduce((depth, input) => Math.max(depth, input.depth + 1), 0),
    path: main === undefined ? stage.name : `${main.path}.${stage.name}`,
  })
}

const noInputs: readonly PlanNode[] = Object.freeze([])

/** Opens a cursor on a plan, from the start or from a state. */
export function openPlan<T>(node: PlanNode<T>, run: Run, state?: State): Cursor<T> {
  const observer = run.observer?.enter(node)
  const context = new NodeContext(node, run, observer)
  const cursor = node.stage.open(upstreamsOf(node, context), context, state)
  return observer === undefined ? cursor : observer.watch(cursor)
}

/** The inputs of a node as its stage, which sees the run as `context`, is given them. */
export function upstreamsOf(node: PlanNode, context: StageContext): Upstream<never>[] {
  return node.inputs.map((input, i): Upstream<never> => {
    const below = input as PlanNode<never>
    return {
      node: writtenNode(input) as PlanNode<never>,
      cardinality: input.cardinality,
      spec: input.spec,
      open: (state, change) => openPlan(below, runOf(context, i, change), state),
      openRandomAccess: (change) => openRandomAccess(below, runOf(context, i, change)),
    }
  })
}

/** The run of the input at a place: that of the stage itself wherever it can be, for it is opened for every inner dataset. */
function runOf(context: StageContext, place: number, change: Partial<Run> | undefined): Run {
  const { observer } = context
  if (place === 0 && observer === undefined && change === undefined) return context
  return { ...context, seed: seedOf(context, place), observer: observer?.input(place), ...change }
}

/** Inputs beside the first get a seed of their own, so that two equal branches draw different numbers. */
function seedOf({ seed }: Run, place: number): number {
  return place === 0 ? seed : foldIn(keyOf(seed), place).a
}

/** A node as it was written. */
export function writtenNode(node: PlanNode): PlanNode {
  return node.written ?? node
}

/** The run of a stage as that of another node, which the stage stands for. */
export function contextOf(node: PlanNode, context: StageContext): StageContext {
  return new NodeContext(node, context, context.observer)
}

/** The run of an element by index, which nobody watches, as the stage of a node sees it. */
export function unwatched(node: PlanNode, run: Run): StageContext {
  return new NodeContext(node, run, undefined)
}

/** Every field of a run, so that none is forgotten where a run is made of another. */
export type WholeRun = { readonly [K in keyof Required<Run>]: Run[K] }

/** Makes the key only where a stage asks for it: that costs more than all the rest of opening. */
class NodeContext implements StageContext, WholeRun {
  readonly seed: number
  readonly epoch: number
  readonly signal: AbortSignal
  readonly within: string | undefined
  readonly pipelineSeed: number
  readonly observer: StageObserver | undefined
  readonly tuner: Tuner | undefined
  readonly memory: Memory | undefined
  readonly path: string
  readonly #depth: number
  #key: RandomKey | undefined

  constructor(node: PlanNode, run: Run, observer: StageObserver | undefined) {
    const { seed, epoch, signal, within, pipelineSeed, tuner, memory } = run
    this.seed = seed
    this.epoch = epoch
    this.signal = signal
    this.within = within
    this.pipelineSeed = pipelineSeed ?? seed
    this.observer = observer
    this.tuner = tuner
    this.memory = memory
    this.path = within === undefined ? node.path : `${within} > ${node.path}`
    this.#depth = node.depth
  }

  get key(): RandomKey {
    this.#key ??= foldIn(keyOf(this.seed), this.#depth)
    return this.#key
  }
}
