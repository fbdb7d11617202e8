import type { Cursor } from './cursor.ts'
import { foldIn, keyOf, type RandomKey } from './random.ts'
import type { Hints } from './hints.ts'
import { openRandomAccess, type RandomAccess } from './randomAccess.ts'
import type { Spec } from './spec.ts'
import type { State } from './state.ts'

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
  readonly within?: string
}

/** A run as one stage sees it. */
export interface StageContext extends Run {
  /** The operation with those before it, as in `range.shuffle.map`. */
  readonly path: string
  /** The key of this stage's random choices: seed and place in the plan, without the epoch. */
  readonly key: RandomKey
}

/** An input of a stage: opened from the start or from a state by the same call, as often as wanted. */
export interface Upstream<out T = unknown> {
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
    inputs: Object.freeze([...inputs]),
    cardinality: stage.cardinality(
      inputs.map((input) => input.cardinality),
      specs,
    ),
    spec: stage.spec(specs),
    depth: inputs.reduce((depth, input) => Math.max(depth, input.depth + 1), 0),
    path: main === undefined ? stage.name : `${main.path}.${stage.name}`,
  })
}

/** Opens a cursor on a plan, from the start or from a state. */
export function openPlan<T>(node: PlanNode<T>, run: Run, state?: State): Cursor<T> {
  return node.stage.open(upstreamsOf(node, run), contextOf(node, run), state)
}

/** The inputs of a node as its stage sees them. */
export function upstreamsOf(node: PlanNode, run: Run): Upstream<never>[] {
  return node.inputs.map((input, i): Upstream<never> => {
    // Inputs beside the first get a seed of their own, so that two equal branches draw different numbers.
    const seed = i === 0 ? run.seed : foldIn(keyOf(run.seed), i).a
    return {
      cardinality: input.cardinality,
      spec: input.spec,
      open: (state, change) => openPlan(input as PlanNode<never>, { ...run, seed, ...change }, state),
      openRandomAccess: (change) => openRandomAccess(input as PlanNode<never>, { ...run, seed, ...change }),
    }
  })
}

/** A run as the stage of a node sees it. */
export function contextOf(node: PlanNode, run: Run): StageContext {
  const path = run.within === undefined ? node.path : `${run.within} > ${node.path}`
  return { ...run, path, key: foldIn(keyOf(run.seed), node.depth) }
}
