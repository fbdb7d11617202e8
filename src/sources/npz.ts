import { basename } from 'node:path'
import { checkOptions, wrongArgument } from '../core/checks.ts'
import type { Stage } from '../core/stage.ts'
import { readWhole } from '../files/fileBytes.ts'
import { filePath, type FilePath } from '../files/filePaths.ts'
import { filesIdentity } from '../files/filesIdentity.ts'
import { parseNpz } from '../ndarray/npz.ts'
import { loadRows, LoadedRowsCursor } from './loadedRows.ts'

/** Options of `npz`. */
export interface NpzOptions<K extends string = string> {
  /** The arrays to read, all by default; they must have the same number of rows, and others are not decompressed. */
  readonly keys?: readonly K[]
}

/**
 * The rows of the arrays in an npz file (`numpy.savez`, `numpy.savez_compressed`) along axis 0.
 *
 * Out: one object a row, with a leaf for each array: views, and plain scalars where an array has one axis. The file is
 * read as a whole at the first pull of each pass, and let go of at its end. Length: unknown. Saved: the position.
 *
 * @example
 * Dataset.npz('points.npz', { keys: ['x', 'label'] }) // { x: float32 [1, 2], label: 'a' }, { x: float32 [3, 4], label: 'b' }
 * @throws NotFoundError, InvalidArgumentError, DataLossError at the first element, where the file does not exist, is no
 *   npz file, lacks a key, has arrays of different lengths, or is damaged
 */
export function npz<T>(file: FilePath, options: NpzOptions = {}): Stage<never, T> {
  checkOptions('npz', options, ['keys'])
  const { keys } = options
  const isList = Array.isArray(keys) && keys.length > 0 && keys.every((key: unknown) => typeof key === 'string')
  if (keys !== undefined && !isList) throw wrongArgument('npz', 'keys', 'a list of names', keys)
  const path = filePath('npz', 'file', file)
  const load = async () => parseNpz(await readWhole(path, 'none'), path, keys)
  return Object.freeze({
    name: 'npz',
    args: { file: basename(path), ...(keys !== undefined && { keys }) },
    cardinality: () => undefined,
    spec: () => undefined,
    open: (_inputs, context, state) => new LoadedRowsCursor<T>(load, context, state),
    randomAccess: (_inputs, context) => loadRows<T>(load, context),
    identity: () => filesIdentity([path]),
  } satisfies Stage<never, T>)
}
