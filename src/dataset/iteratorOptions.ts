import { checkRunOptions, checkTuned, runOptionsOf, type RunOptions, type Tuning } from '../core/runOptions.ts'
import type { PlanNode } from '../core/stage.ts'
import type { IteratorState } from './iteratorState.ts'

/** Options of `dataset.iterator`; those of the run decide where the dataset has others by `withOptions`. */
export interface IteratorOptions extends RunOptions {
  /** Where to go on, from `save()`; the start by default. */
  readonly state?: IteratorState
  /** Ends the iteration with a CancelledError when it is aborted, also while an element is waited for. */
  readonly signal?: AbortSignal
  /** Number of the pass, which decides reshuffling; by default each iterator of a dataset counts on from the last. */
  readonly epoch?: number
  /** Whether to measure each operation, for `stats()`; false by default. It costs up to a microsecond an element of each. */
  readonly profile?: boolean
  /** Numbers for what is AUTOTUNE, from `tuned()` of an earlier iteration; the same as `autotune`. */
  readonly tuning?: Tuning
}

/** The options of a run among those of an iterator. */
export function iteratorRunOptions(options: IteratorOptions, node: PlanNode): RunOptions {
  const { tuning, memory, autotune = tuning, watchdogMs, onStall } = options
  const given = { memory, autotune, watchdogMs, onStall }
  const own: RunOptions = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  checkRunOptions('iterator', own)
  const { autotune: decides } = { ...runOptionsOf(node), ...own }
  if (typeof decides === 'object') checkTuned('iterator', decides, node)
  return own
}
