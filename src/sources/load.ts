import { basename } from 'node:path'
import { wrongArgument } from '../core/checks.ts'
import { NotFoundError } from '../core/errors.ts'
import type { Stage } from '../core/stage.ts'
import { ElementsCursor } from '../records/elementsCursor.ts'
import { metadataText, readMetadataSync, writeAgain, type ElementsMetadata } from '../records/elementsMetadata.ts'

/**
 * The elements that `dataset.save(path)` wrote, in the order in which they were given (`tf.data.Dataset.load`).
 *
 * This reads one small file at once, so that length and spec are known. With a `shardFunc` the elements come from the
 * shards in turn. Length: exact. Saved: the shard in turn, and record and byte offset in each, from which reading goes on
 * without reading again.
 *
 * @throws NotFoundError where nothing was saved there
 * @throws DataLossError where a file is damaged or missing, naming it
 */
export function load<T>(path: string): Stage<never, T> {
  if (typeof path !== 'string' || path === '') throw wrongArgument('load', 'path', 'a path', path)
  const metadata = metadataOf(path)
  const { elements, spec } = metadata
  return Object.freeze({
    name: 'load',
    // The name alone, so that a state can be restored where it lies in another folder.
    args: { path: basename(path), elements },
    identity: () => `${path} ${metadataText(metadata)}`,
    cardinality: () => elements,
    spec: () => spec,
    open: (_inputs, _context, state) => new ElementsCursor<T>(path, metadata, writeAgain, state),
  } satisfies Stage<never, T>)
}

function metadataOf(path: string): ElementsMetadata {
  try {
    return readMetadataSync(path)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    throw new NotFoundError(`load: there is no saved dataset at ${path}.`, {
      file: path,
      hint: 'Check the path: it is that of dataset.save().',
      cause: error,
    })
  }
}
