import { checkOptions } from '../core/checks.ts'
import { END, type Cursor } from '../core/cursor.ts'
import { TensorSpec, type Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { Dataset } from '../dataset/dataset.ts'
import { filesIdentity } from '../files/filesIdentity.ts'
import type { FilePath } from '../files/filePaths.ts'
import { ImageTable, imageTableSync, shownDir, type ImageTableOptions } from './imageTable.ts'

/** A picture that has not been read: its path, and its label where there are classes. */
export interface ImagePath {
  readonly path: string
  readonly label: number
}

/**
 * The paths and labels of the pictures in a folder, for those who read and map them themselves.
 *
 * Out: `{ path, label }`, class after class; without labels `{ path }`. Length: exact. Saved: the position.
 *
 * @param dir a folder, which is listed at once, or what `imageTable` listed
 * @example
 * imagePaths('flower_photos')
 *   .globalShuffle({ seed: 1 })
 *   .map(async ({ path, label }) => ({ image: await decodeImage(await readFile(path)), label }), { numParallelCalls: 4 })
 * @throws NotFoundError where the folder, a class or a picture is missing
 */
export function imagePaths(
  dir: FilePath | ImageTable,
  options: ImageTableOptions & { readonly labels: 'none' },
): Dataset<Pick<ImagePath, 'path'>>
export function imagePaths(dir: FilePath | ImageTable, options?: ImageTableOptions): Dataset<ImagePath>
export function imagePaths(
  dir: FilePath | ImageTable,
  options: ImageTableOptions = {},
): Dataset<Pick<ImagePath, 'path'>> {
  return Dataset.from(pathsStage('imagePaths', tableOf('imagePaths', dir, options)))
}

/** The table that a folder stands for. */
export function tableOf(operation: string, dir: FilePath | ImageTable, options: ImageTableOptions): ImageTable {
  if (!(dir instanceof ImageTable)) return imageTableSync(operation, dir, options)
  checkOptions(operation, options, [])
  return dir
}

/** What a label is in an element. */
export interface LabelForm {
  readonly make: (label: number) => unknown
  readonly spec: TensorSpec
}

/** The label's number. */
export const plainLabel: LabelForm = { make: (label) => label, spec: new TensorSpec([], 'int32') }

/** The paths of a table as a source. */
export function pathsStage(name: string, table: ImageTable, form: LabelForm = plainLabel): Stage<never, ImagePath> {
  const { length, labels } = table
  const at = (index: number): ImagePath => {
    const path = table.path(index)
    return (labels === undefined ? { path } : { path, label: form.make(labels[index]) }) as ImagePath
  }
  const spec: Spec = {
    path: new TensorSpec([], 'string'),
    ...(labels !== undefined && { label: form.spec }),
  }
  return Object.freeze({
    name,
    // The folder's name alone, so that a state can be restored where it lies elsewhere.
    args: { dir: shownDir(table), classes: table.classNames.length, files: length, list: table.digest() },
    identity: () => filesIdentity([...table.files.keys()].map((i) => table.path(i))),
    cardinality: () => length,
    spec: () => spec,
    open: (_inputs, _context, state) => new PathsCursor(at, length, state),
    randomAccess: () => ({ length, at, close: () => undefined }),
  } satisfies Stage<never, ImagePath>)
}

interface PathsState {
  readonly position: number
}

class PathsCursor implements Cursor<ImagePath> {
  readonly #at: (index: number) => ImagePath
  readonly #length: number
  #position: number

  constructor(at: (index: number) => ImagePath, length: number, state: State | undefined) {
    this.#at = at
    this.#length = length
    this.#position = (state as PathsState | undefined)?.position ?? 0
  }

  next(): ImagePath | typeof END {
    return this.#position < this.#length ? this.#at(this.#position++) : END
  }

  skip(count: number): number {
    const skipped = Math.min(count, this.#length - this.#position)
    this.#position += skipped
    return skipped
  }

  state() {
    return { position: this.#position }
  }

  close(): void {
    // Nothing is open.
  }
}
