import { fileURLToPath } from 'node:url'
import { wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'

/** A file: its path, or its `file:` URL. */
export type FilePath = string | URL

/**
 * The paths of a source's files, in their order.
 *
 * @throws InvalidArgumentError where there is none, or one that is no path
 */
export function filePaths(operation: string, files: FilePath | readonly FilePath[]): string[] {
  const list: readonly unknown[] = Array.isArray(files) ? files : [files]
  if (list.length === 0) {
    throw new InvalidArgumentError(`${operation}: there is no file in the list.`, {
      hint: 'Check the pattern it came from.',
    })
  }
  return list.map((file) => filePath(operation, 'files', file))
}

/** The path of one file. */
export function filePath(operation: string, argument: string, file: unknown): string {
  if (typeof file === 'string' && file !== '') return file
  if (file instanceof URL && file.protocol === 'file:') return fileURLToPath(file)
  throw wrongArgument(operation, argument, 'paths or file: URLs', file instanceof URL ? file.href : file)
}
