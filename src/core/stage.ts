import type { Cursor } from './cursor.ts'
import { foldIn, keyOf, type RandomKey } from './random.ts'
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
  /**
   * Stages that do together, one on top of the other, what this one and a `batch` on top of it do, with the same
   * elements and saved state, but without making each element: an optimizer may put them in their place.
   */
  batched?(batchSize: number, dropRemainder: boolean): readonly [Stage, Stage]
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
  readonly node: PlanNode<T>
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
  const inputs = node.inputs.map((input, i): Upstream<never> => {
    // Inputs beside the first get a seed of their own, so that two equal branches draw different numbers.
    const seed = i === 0 ? run.seed : foldIn(keyOf(run.seed), i).a
    return {
      cardinality: input.cardinality,
      spec: input.spec,
      open: (inputState, change) => openPlan(input as PlanNode<never>, { ...run, seed, ...change }, inputState),
    }
  })
  const context: StageContext = { ...run, path: node.path, key: foldIn(keyOf(run.seed), node.depth) }
  return node.stage.open(inputs, context, state)
}
