import { checkCount, checkOptions } from '../core/checks.ts'
import type { Stage } from '../core/stage.ts'

/** Options of a pipeline. */
export interface PipelineOptions {
  /** Decides every random choice of the operations before it that have no seed of their own; 0 by default. */
  readonly seed?: number
}

/**
 * Sets options for all the operations before it (`tf.data.Dataset.with_options`). Where there are several, the nearest
 * one after an operation decides.
 *
 * Out: the elements, unchanged. Length: unchanged. Saved: the upstream.
 *
 * @example
 * Dataset.range(3).map((x, { rng }) => rng.integer(100)).withOptions({ seed: 3 }) // 19, 90, 5
 */
export function withOptions<T>(options: PipelineOptions): Stage<T, T> {
  checkOptions('withOptions', options, ['seed'])
  const { seed } = options
  if (seed !== undefined) checkCount('withOptions', 'seed', seed)
  const change = seed === undefined ? {} : { seed, pipelineSeed: seed }
  return Object.freeze({
    name: 'withOptions',
    args: { ...options },
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], _context, state) => upstream.open(state, change),
    randomAccess: ([upstream]) => upstream.openRandomAccess(change),
    hints: seed === undefined ? { transparent: true, noOp: true } : { transparent: true },
  } satisfies Stage<T, T>)
}
