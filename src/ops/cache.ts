import { KeptPassCursor } from '../core/keptPass.ts'
import type { PlanNode, Stage } from '../core/stage.ts'
import { MemoryPasses } from '../ndarray/memoryPasses.ts'

/** A stage that keeps elements, and what makes it forget them. */
export interface Cache<T> {
  readonly stage: Stage<T, T>
  /** Forgets what is kept of an input. */
  readonly clear: (input: PlanNode<T>) => void | Promise<void>
}

/**
 * Keeps the elements of the first whole pass and gives them from then on, without running what comes before
 * (`tf.data.Dataset.cache`): in memory, for all iterations of the dataset in this thread.
 *
 * Out: the elements, in order. A pass that is left early, or in which an element fails, is not kept. Passes at the same
 * time each run the input until one is whole. Kept is pass 0 under the seed of the pipeline: shuffles and random numbers
 * before the cache are the same in every pass. Length: unchanged. Saved: the index, and the input's state while that is
 * read; restored in a process where nothing is kept, the pass goes on by reading the input, and is not kept itself.
 *
 * @example
 * const cached = Dataset.range(3).map((x) => x * 2).cache()
 * cached.repeat(2) // 0, 2, 4, 0, 2, 4
 */
export function cache<T>(): Cache<T> {
  const passes = new MemoryPasses<T>()
  const stage: Stage<T, T> = Object.freeze({
    name: 'cache',
    args: {},
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => {
      const store = passes.store(upstream.node, context.pipelineSeed ?? context.seed)
      return new KeptPassCursor(upstream, store, context, state)
    },
  } satisfies Stage<T, T>)
  return { stage, clear: () => passes.clear() }
}
