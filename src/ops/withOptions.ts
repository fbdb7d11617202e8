import { checkCount, checkOptions } from '../core/checks.ts'
import { checkRunOptions, runOptionNames, type RunOptions } from '../core/runOptions.ts'
import type { Stage } from '../core/stage.ts'

/** Options of a pipeline. */
export interface PipelineOptions extends RunOptions {
  /** Decides every random choice of the operations before it that have no seed of their own; 0 by default. */
  readonly seed?: number
}

/**
 * Sets options for all the operations before it (`tf.data.Dataset.with_options`). Where there are several, the nearest
 * one after an operation decides about `seed`, and the last one about what holds for the whole run: `memory`, `autotune`,
 * `watchdogMs` and `onStall`, which states do not depend on.
 *
 * Out: the elements, unchanged. Length: unchanged. Saved: the upstream.
 *
 * @example
 * Dataset.range(3).map((x, { rng }) => rng.integer(100)).withOptions({ seed: 3 }) // 19, 90, 5
 */
export function withOptions<T>(options: PipelineOptions): Stage<T, T> {
  checkOptions('withOptions', options, ['seed', ...runOptionNames])
  checkRunOptions('withOptions', options)
  const { seed, onStall, ...numbers } = options
  const run = { ...numbers, ...(onStall && { onStall }) }
  if (seed !== undefined) checkCount('withOptions', 'seed', seed)
  const change = seed === undefined ? {} : { seed, pipelineSeed: seed }
  return Object.freeze({
    name: 'withOptions',
    args: { ...numbers, ...(seed !== undefined && { seed }) },
    tuning: runOptionNames,
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], _context, state) => upstream.open(state, change),
    randomAccess: ([upstream]) => upstream.openRandomAccess(change),
    hints: { transparent: true, options: run, ...(seed === undefined && { noOp: true }) },
  } satisfies Stage<T, T>)
}
