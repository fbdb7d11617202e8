import { checkOptions, wrongArgument } from '../core/checks.ts'
import { KeptPassCursor, type PassStore } from '../core/keptPass.ts'
import type { PlanNode, Stage } from '../core/stage.ts'
import type { Compression } from '../files/decompressed.ts'
import { MemoryPasses } from '../ndarray/memoryPasses.ts'
import { checkCompression, DirectoryPasses } from '../records/directoryPasses.ts'

/** Options of a `cache` on disk. */
export interface CacheOptions {
  /** Names the version of your code: another key is another cache. '' by default. */
  readonly key?: string
  /** How each element is compressed; not by default. */
  readonly compression?: Compression
}

/** A stage that keeps elements, and what makes it forget them. */
export interface Cache<T> {
  readonly stage: Stage<T, T>
  /** Forgets what is kept of an input. */
  readonly clear: (input: PlanNode<T>) => void | Promise<void>
}

/**
 * Keeps the elements of the first whole pass and gives them from then on, without running what comes before
 * (`tf.data.Dataset.cache`): in memory, for all iterations of the dataset in this thread, or in a directory, for every
 * process.
 *
 * Out: the elements, in order. A pass that is left early, or in which an element fails, is not kept, and
 * nothing is of an endless input. Passes at the same
 * time each run the input until one is whole. Kept is pass 0 under the seed of the pipeline: shuffles and random numbers
 * before the cache are the same in every pass. Length: unchanged. Saved: the index, and the input's state while that is
 * read; restored where nothing is kept, the pass goes on by reading the input, and is not kept itself.
 *
 * On disk, what is kept is found again by a key: the operations before with their arguments, the text of their functions,
 * data in memory, and files by their size and time. Not seen is what a function calls or closes over, and what a
 * generator reads: give another `key` when that changes. Several processes may use a directory at once.
 *
 * @example
 * const cached = Dataset.range(3).map((x) => x * 2).cache()
 * cached.repeat(2) // 0, 2, 4, 0, 2, 4
 * @throws ResourceExhaustedError, PermissionDeniedError and other named errors where the disk takes no more
 * @throws DataLossError where what is kept on disk was damaged, naming the file
 */
export function cache<T>(directory?: string, options: CacheOptions = {}): Cache<T> {
  checkOptions('cache', options, ['key', 'compression'])
  if (directory === undefined) {
    if (Object.keys(options).length > 0) throw wrongArgument('cache', 'directory', 'a path', directory)
    const memory = new MemoryPasses<T>()
    return { stage: cacheStage({}, (input, seed) => memory.store(input, seed)), clear: () => memory.clear() }
  }
  if (typeof directory !== 'string' || directory === '') throw wrongArgument('cache', 'directory', 'a path', directory)
  const { key = '' } = options
  if (typeof key !== 'string') throw wrongArgument('cache', 'key', 'a string', key)
  const compression = checkCompression('cache', options.compression)
  const passes = new DirectoryPasses<T>(directory, { key, compression, shards: 1 })
  const args = { directory, ...options }
  return { stage: cacheStage(args, (input, seed) => passes.store(input, seed)), clear: (input) => passes.clear(input) }
}

function cacheStage<T>(
  args: Readonly<Record<string, unknown>>,
  store: (input: PlanNode, seed: number) => PassStore<T>,
): Stage<T, T> {
  return Object.freeze({
    name: 'cache',
    args,
    // Where it is kept decides no element.
    tuning: Object.keys(args),
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], context, state) =>
      new KeptPassCursor(upstream, store(upstream.node, context.pipelineSeed ?? context.seed), context, state),
  } satisfies Stage<T, T>)
}
