import { expandFiles, type FileInput, type NamedSource } from '../files/fileInput.ts'
import { indexPath } from './recordFileIndex.ts'

/**
 * The TFRecord files that the inputs stand for, in order; those of a glob sorted by name. An index beside a file in the
 * list (`<file>.index`) is not one of them, for `train-*` matches it too.
 *
 * @throws NotFoundError where a glob matches nothing
 */
export async function expandRecordFiles(inputs: readonly FileInput[]): Promise<NamedSource[]> {
  const found = await expandFiles(inputs)
  const indexes = new Set(found.map(({ file }) => indexPath(file)))
  return found.filter(({ file }) => !indexes.has(file))
}
