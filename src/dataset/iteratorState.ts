import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { checkSamePlan, planText } from '../core/planText.ts'
import type { PlanNode } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/** The format that this release writes and reads. */
const formatNumber = 1

/**
 * What `iterator.save()` gives: plain JSON to keep and to hand to `dataset.iterator({ state })`, also in another
 * process. The plan is in it only to refuse the state of another pipeline by name.
 */
export interface IteratorState {
  /** Format number of this layout. */
  readonly millrace: number
  /** The operations with the arguments that decide results, inputs before what is built on them. */
  readonly plan: readonly string[]
  readonly seed: number
  readonly epoch: number
  readonly position: State
}

/** Wraps a position. */
export function makeState(node: PlanNode, run: { seed: number; epoch: number }, position: State): IteratorState {
  return { millrace: formatNumber, plan: planText(node), seed: run.seed, epoch: run.epoch, position }
}

/**
 * Refuses a state that is none, or that another pipeline made.
 *
 * @throws InvalidArgumentError where it is no iterator state
 * @throws FailedPreconditionError where the plan or the format differs, naming the first difference
 */
export function checkState(node: PlanNode, state: unknown): IteratorState {
  if (!isIteratorState(state)) {
    throw new InvalidArgumentError('iterator: state is not what iterator.save() gave.', {
      hint: 'Hand over the whole object, parsed where it was stored as JSON.',
    })
  }
  if (state.millrace !== formatNumber) {
    throw new FailedPreconditionError(`iterator: state has format ${state.millrace}, not ${formatNumber}.`, {
      hint: 'It was saved by another release of millrace.',
    })
  }
  checkSamePlan('iterator', state.plan, planText(node))
  return state
}

function isIteratorState(value: unknown): value is IteratorState {
  if (typeof value !== 'object' || value === null) return false
  const { millrace, plan, seed, epoch, position } = value as Readonly<Record<keyof IteratorState, unknown>>
  // Another format may hold anything: it is refused by its number.
  if (millrace !== formatNumber) return typeof millrace === 'number'
  return Array.isArray(plan) && isCount(seed) && isCount(epoch) && typeof position === 'object' && position !== null
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
