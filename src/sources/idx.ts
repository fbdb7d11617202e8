import { basename } from 'node:path'
import { checkOptions, wrongArgument } from '../core/checks.ts'
import type { NumericDType } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import { checkCompression, readWhole, type FileCompression } from '../files/fileBytes.ts'
import { filePath, type FilePath } from '../files/filePaths.ts'
import { filesIdentity } from '../files/filesIdentity.ts'
import { isStructure, joinPath } from '../ndarray/element.ts'
import { parseIdx } from '../ndarray/idx.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { loadRows, LoadedRowsCursor } from './loadedRows.ts'

/** One idx file, or a tuple or an object of such. */
export type IdxFiles = FilePath | readonly IdxFiles[] | { readonly [key: string]: IdxFiles }

/** The element that rows of idx files are: arrays, or numbers where a file has one axis. */
export type IdxRow<F> = F extends FilePath ? NdArray<NumericDType> | number : { -readonly [K in keyof F]: IdxRow<F[K]> }

/** Options of `idx`. */
export interface IdxOptions {
  /** How the files are compressed; by default `'detect'`: GZIP where their first bytes say so, else not at all. */
  readonly compression?: FileCompression
}

/**
 * The rows of idx files, the format of MNIST, along axis 0.
 *
 * In: a path or file: URL, or a tuple or an object of them, all with the same number of rows. Out: one element a row, in
 * the same form: views, and plain numbers where a file has one axis. The files are read as a whole at the first pull of
 * each pass, and let go of at its end. Length: unknown. Saved: the position.
 *
 * @example
 * const bytes = (...values: number[]) => file(Uint8Array.from(values))
 * const image = bytes(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4)
 * const label = bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 9)
 * Dataset.idx({ image, label }) // { image: uint8 [1, 2], label: 7 }, { image: uint8 [3, 4], label: 9 }
 * @throws NotFoundError, InvalidArgumentError, DataLossError at the first element, where a file does not exist, is no idx
 *   file, has another number of rows than the others, or is cut short
 */
export function idx<T>(files: IdxFiles, options: IdxOptions = {}): Stage<never, T> {
  checkOptions('idx', options, ['compression'])
  const compression = checkCompression('idx', options.compression)
  const paths = mapFiles(files, (file, path) => filePath('idx', path === '' ? 'files' : `files.${path}`, file))
  return Object.freeze({
    name: 'idx',
    args: { files: mapFiles(paths, (file) => basename(String(file))) },
    cardinality: () => undefined,
    spec: () => undefined,
    open: (_inputs, context, state) => new LoadedRowsCursor<T>(() => load(paths, compression), context, state),
    randomAccess: (_inputs, context) => loadRows<T>(() => load(paths, compression), context),
    identity: () => filesIdentity(leavesOf(paths)),
  } satisfies Stage<never, T>)
}

async function load(paths: unknown, compression: FileCompression): Promise<unknown> {
  if (typeof paths === 'string') return parseIdx(await readWhole(paths, compression), paths)
  const parts = Object.entries(paths as Readonly<Record<string, unknown>>)
  const loaded: (readonly [string, unknown])[] = []
  for (const [key, part] of parts) loaded.push([key, await load(part, compression)])
  return Array.isArray(paths) ? loaded.map(([, part]) => part) : Object.fromEntries(loaded)
}

/** The paths in a structure of them. */
function leavesOf(paths: unknown): string[] {
  return typeof paths === 'string'
    ? [paths]
    : Object.values(paths as Readonly<Record<string, unknown>>).flatMap(leavesOf)
}

function mapFiles(files: unknown, change: (file: unknown, path: string) => string, path = ''): unknown {
  if (!isStructure(files)) return change(files, path)
  const parts = Object.entries(files).map(([key, part]) => [key, mapFiles(part, change, joinPath(path, key))] as const)
  if (parts.length === 0) throw wrongArgument('idx', 'files', 'a path, or a structure of at least one', files)
  return Array.isArray(files) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}
