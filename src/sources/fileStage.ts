import { basename } from 'node:path'
import { checkCount } from '../core/checks.ts'
import type { RandomAccess } from '../core/randomAccess.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import type { ByteSource } from '../files/byteSource.ts'
import { checkCompression, fileBytes, type FileCompression } from '../files/fileBytes.ts'
import { filePaths, type FilePath } from '../files/filePaths.ts'
import { filesIdentity } from '../files/filesIdentity.ts'
import type { FileFormat } from './elementReader.ts'
import { FilesCursor } from './filesCursor.ts'

/** What every source that reads files can be told. */
export interface FileOptions {
  /**
   * How the files are compressed; by default `'detect'`: GZIP where the first bytes of a file say so, else not at all.
   */
  readonly compression?: FileCompression
  /** Bytes read from a file at once; 256 KiB by default. */
  readonly chunkBytes?: number
}

/** Names of the options of every source that reads files. */
export const fileOptionNames = ['compression', 'chunkBytes'] as const

/** Makes the stage of a source that cuts files into elements. */
export function fileStage<T>(
  name: string,
  files: FilePath | readonly FilePath[],
  format: FileFormat<T>,
  options: FileOptions,
  plan: {
    readonly args?: Readonly<Record<string, unknown>>
    readonly spec?: Spec | undefined
    /** Opens the elements by index, where those of a file can be. */
    readonly openByIndex?: (sources: readonly ByteSource[]) => Promise<RandomAccess<T>>
  },
): Stage<never, T> {
  const paths = filePaths(name, files)
  const compression = checkCompression(name, options.compression)
  const { chunkBytes } = options
  const { openByIndex } = plan
  if (chunkBytes !== undefined) checkCount(name, 'chunkBytes', chunkBytes, { min: 1, max: 1 << 30 })
  return Object.freeze({
    name,
    // Names alone, so that a state can be restored where the files lie in another folder.
    args: { files: paths.map((path) => basename(path)), ...plan.args },
    cardinality: () => undefined,
    spec: () => plan.spec,
    identity: () => filesIdentity(paths),
    open: (_inputs, _context, state) => new FilesCursor(paths, format, { compression, chunkBytes }, state),
    ...(openByIndex !== undefined && {
      randomAccess: () => openByIndex(paths.map((path) => fileBytes(path, compression))),
    }),
  } satisfies Stage<never, T>)
}
