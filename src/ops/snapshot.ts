import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { KeptPassCursor } from '../core/keptPass.ts'
import type { PlanNode, Stage } from '../core/stage.ts'
import type { Compression } from '../files/decompressed.ts'
import { checkCompression, DirectoryPasses } from '../records/directoryPasses.ts'

/** Options of `snapshot`. */
export interface SnapshotOptions {
  /** Files that the elements are written to in turn; 1 by default. */
  readonly shards?: number
  /** How each element is compressed; not by default. */
  readonly compression?: Compression
  /** Names the version of your code: another key is another snapshot. '' by default. */
  readonly key?: string
}

/** A stage that writes a snapshot, and what removes it. */
export interface Snapshot<T> {
  readonly stage: Stage<T, T>
  readonly clear: (input: PlanNode<T>) => Promise<void>
}

/**
 * Writes the elements of the first whole pass to files and reads them from then on (`tf.data.Dataset.snapshot`).
 *
 * It is a `cache` on disk in several files: the same holds for what is kept, under which key, and what is saved. Each
 * input, seed and set of options has a folder of its own in `path`, which `Dataset.load` reads too. Out: the elements, in
 * order. Length: unchanged.
 *
 * @throws ResourceExhaustedError, PermissionDeniedError and other named errors where the disk takes no more
 * @throws DataLossError where a file was damaged, naming it
 */
export function snapshot<T>(path: string, options: SnapshotOptions = {}): Snapshot<T> {
  checkOptions('snapshot', options, ['shards', 'compression', 'key'])
  if (typeof path !== 'string' || path === '') throw wrongArgument('snapshot', 'path', 'a path', path)
  const { key = '' } = options
  if (typeof key !== 'string') throw wrongArgument('snapshot', 'key', 'a string', key)
  const shards = checkCount('snapshot', 'shards', options.shards ?? 1, { min: 1, max: 99_999 })
  const compression = checkCompression('snapshot', options.compression)
  const passes = new DirectoryPasses<T>(path, { key, compression, shards })
  const stage: Stage<T, T> = Object.freeze({
    name: 'snapshot',
    args: { path, shards, ...options },
    // Where and how it is kept decides no element.
    tuning: ['path', 'shards', 'compression', 'key'],
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], context, state) =>
      new KeptPassCursor(upstream, passes.store(upstream.node, context.pipelineSeed ?? context.seed), context, state),
  } satisfies Stage<T, T>)
  return { stage, clear: (input) => passes.clear(input) }
}
