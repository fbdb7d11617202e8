import { checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { planNode, type Stage } from '../core/stage.ts'
import { Dataset } from '../dataset/dataset.ts'
import type { GlobalShuffleOptions, ShuffleOptions } from '../ops/index.ts'
import type { ImagePath } from './imagePaths.ts'
import type { ImageSplitOptions, ImageTable } from './imageTable.ts'

/** What an `ImageDataset` is made of. */
export interface ImageParts<T> {
  readonly table: ImageTable
  /** Makes the paths of a table, in its order. */
  readonly pathsOf: (table: ImageTable) => Dataset<ImagePath>
  readonly load: Stage<ImagePath, T>
}

/**
 * The pictures of a folder, as `imageFolder` gives them. Whatever only chooses and orders elements (`shuffle`,
 * `globalShuffle`, `take`, `skip`, `shard`, `repeat`, `split`) is done with their paths, before any of them is read; its
 * result is the same.
 */
export class ImageDataset<out T> extends Dataset<T> {
  /** The pictures, their labels and classes. */
  readonly table: ImageTable
  /** The paths and labels of the pictures, in the order in which they are read. */
  readonly paths: Dataset<ImagePath>
  readonly #parts: ImageParts<T>

  constructor(parts: ImageParts<T>, paths: Dataset<ImagePath> = parts.pathsOf(parts.table)) {
    super(planNode(parts.load, [paths.node]))
    this.#parts = parts
    this.table = parts.table
    this.paths = paths
  }

  /** The names of the classes; that of label i is the i-th. */
  get classNames(): readonly string[] {
    return this.table.classNames
  }

  override globalShuffle(options?: GlobalShuffleOptions): ImageDataset<T> {
    return this.#of(this.paths.globalShuffle(options))
  }

  override repeat(count?: number): ImageDataset<T> {
    return this.#of(this.paths.repeat(count))
  }

  override shard(numShards: number, index: number): ImageDataset<T> {
    return this.#of(this.paths.shard(numShards, index))
  }

  override shuffle(bufferSize: number, options?: ShuffleOptions): ImageDataset<T> {
    return this.#of(this.paths.shuffle(bufferSize, options))
  }

  override skip(count: number): ImageDataset<T> {
    return this.#of(this.paths.skip(count))
  }

  override take(count: number): ImageDataset<T> {
    return this.#of(this.paths.take(count))
  }

  /**
   * Parts of the pictures by name, each class divided alike, stable when files are added; see `ImageTable.split`. Each is
   * read by index too, and has an exact length.
   *
   * @throws InvalidArgumentError after an operation that chose or ordered pictures: split first
   */
  override split<F extends Readonly<Record<string, number>>>(
    fractions: F,
    options: ImageSplitOptions = {},
  ): { -readonly [K in keyof F]: ImageDataset<T> } {
    checkOptions('split', options, ['seed', 'group', 'exact'])
    if (this.paths.node.inputs.length > 0) {
      throw new InvalidArgumentError(`split: ${this.paths.node.path} cannot be split.`, {
        hint: 'Split first, and shuffle or take of the parts.',
      })
    }
    const parts = Object.entries<ImageTable>(this.table.split(fractions, options))
    return Object.fromEntries(parts.map(([part, table]) => [part, new ImageDataset({ ...this.#parts, table })])) as {
      [K in keyof F]: ImageDataset<T>
    }
  }

  #of(paths: Dataset<ImagePath>): ImageDataset<T> {
    return new ImageDataset(this.#parts, paths)
  }
}
