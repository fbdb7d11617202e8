import { checkCount, checkOptions, checkSignal } from '../core/checks.ts'
import { isEnd } from '../core/cursor.ts'
import type { Source } from '../core/stage.ts'
import { DatasetIterator } from './datasetIterator.ts'
import type { PipelineStats } from './pipelineStats.ts'
import { Profiler } from './profiler.ts'

/** Options of `dataset.profile`. */
export interface ProfileOptions {
  /** Elements after which it stops; Infinity, so all, by default. */
  readonly elements?: number
  /** Ends it with a CancelledError. */
  readonly signal?: AbortSignal
}

/**
 * Runs a dataset, as fast as it goes, and measures each operation of the plan as it runs: where several were made one,
 * as a map and a batch, it has the path of the last. `explain()` shows which they are.
 *
 * @param profiler measures; replaced in tests
 * @example
 * const stats = await Dataset.range(100).map((x) => x + 1).batch(10).profile()
 * stats.nodes.map(({ path, elements, bytes }) => [path, elements, bytes]) // [['range', 100, 800], ['range.map.batch', 10, 400]]
 * console.log(stats.toString())
 */
export async function profile(
  source: Source,
  options: ProfileOptions = {},
  profiler: Profiler = new Profiler(),
): Promise<PipelineStats> {
  checkOptions('profile', options, ['elements', 'signal'])
  const elements = checkCount('profile', 'elements', options.elements ?? Infinity, { min: 1, infinite: true })
  const signal = checkSignal('profile', options.signal)
  await using iterator = new DatasetIterator(source, { seed: 0, epoch: 0, signal, profiler })
  for (let count = 0; count < elements; count++) {
    const pulled = iterator.pull()
    if (isEnd(pulled instanceof Promise ? await pulled : pulled)) break
  }
  profiler.stop()
  return iterator.stats()
}
