import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { checkBoolean, checkCount, checkFunction, checkOptions, wrongArgument } from '../core/checks.ts'
import { NotFoundError } from '../core/errors.ts'
import { splitIntervals } from '../core/splitIntervals.ts'
import { ContentHash } from '../ndarray/contentHash.ts'
import { filePath, type FilePath } from '../files/filePaths.ts'
import { classFolders, labelledByFunction, type Labelled } from './classes.ts'
import { listAsync, listSync, type Listing } from './listFolder.ts'
import {
  matcher,
  pictureExtensions,
  pictureFiles,
  type PictureFilesOptions,
  type PictureRules,
} from './pictureFiles.ts'

/** Options of `imageTable`. */
export interface ImageTableOptions extends PictureFilesOptions {
  /**
   * Where a picture's class comes from: `'inferred'`, the default, from the folder it lies in, the first one below `dir`;
   * a function from the path below `dir` to the name of a class; `'none'` for pictures without classes.
   */
  readonly labels?: 'inferred' | 'none' | ((file: string) => string)
  /** The classes, in the order of their labels 0, 1, ...; by default all that there are, sorted by name. */
  readonly classNames?: readonly string[]
}

/** Options of `split` of pictures. */
export interface ImageSplitOptions {
  /** Decides, with the path below the folder, which part a picture is in; 0 by default. */
  readonly seed?: number
  /**
   * What pictures are kept together by, given the path below the folder: pictures of one person, or frames of one film.
   * By default each is alone.
   */
  readonly group?: (file: string) => string
  /**
   * Whether each class is divided exactly by the fractions, to the nearest picture. Then pictures may change from one part
   * to the other when files are added. False by default: pictures stay where they are.
   */
  readonly exact?: boolean
}

/** Where the pictures of a folder lie, and their labels: what is known before any of them is read. */
export class ImageTable {
  /** The folder. */
  readonly dir: string
  /** Paths below the folder, with `/` between names: class after class, each sorted by bytes. */
  readonly files: readonly string[]
  /** The label of each, its place in `classNames`; undefined where there are no classes. */
  readonly labels: Int32Array | undefined
  readonly classNames: readonly string[]

  constructor(dir: string, { files, labels, classNames }: Labelled) {
    this.dir = dir
    this.files = Object.freeze([...files])
    this.labels = labels
    this.classNames = Object.freeze([...classNames])
    Object.freeze(this)
  }

  /** Number of pictures. */
  get length(): number {
    return this.files.length
  }

  /** The path of a picture, as it can be opened. */
  path(index: number): string {
    return join(this.dir, this.files[index])
  }

  /** How many pictures each class has. */
  classCounts(): Record<string, number> {
    const counts = Object.fromEntries(this.classNames.map((name) => [name, 0]))
    for (const label of this.labels ?? []) counts[this.classNames[label]]++
    return counts
  }

  /** The pictures for which a predicate holds, of their paths below the folder and labels; the classes stay. */
  filter(predicate: (file: string, label: number | undefined) => boolean): ImageTable {
    return this.#select((i) => predicate(this.files[i], this.labels?.[i]))
  }

  /**
   * Parts of the pictures by name, each class divided alike. The seed and the path below the folder alone decide which
   * part a picture is in, so it stays there when files are added, removed or moved with the folder; the fractions hold to
   * within chance, about the square root of a class's size. With `exact` they hold to the picture.
   *
   * @example
   * const { train, validation, test } = table.split({ train: 0.8, validation: 0.1, test: 0.1 }, { seed: 7 })
   */
  split<F extends Readonly<Record<string, number>>>(
    fractions: F,
    options: ImageSplitOptions = {},
  ): { -readonly [K in keyof F]: ImageTable } {
    const intervals = splitIntervals('split', fractions)
    checkOptions('split', options, ['seed', 'group', 'exact'])
    const seed = checkCount('split', 'seed', options.seed ?? 0)
    const exact = checkBoolean('split', 'exact', options.exact ?? false)
    const { group } = options
    if (group !== undefined) checkFunction('split', 'group', group)
    const hash = new ContentHash(seed)
    const units = this.files.map((file) => hash.unit(group === undefined ? file : group(file)))
    const places = exact ? this.#ranks(units) : units
    const parts = intervals.map(([part, { start, end }]) => {
      return [part, this.#select((i) => start <= places[i] && places[i] < end)] as const
    })
    return Object.fromEntries(parts) as { [K in keyof F]: ImageTable }
  }

  /** A digest of the files and their labels, which tells a state of other pictures. */
  digest(): string {
    const lines = this.files.map((file, i) => `\n${this.labels?.[i] ?? ''} ${file}`)
    return createHash('sha256').update(this.classNames.join('\0')).update(lines.join('')).digest('hex').slice(0, 16)
  }

  #select(isKept: (index: number) => boolean): ImageTable {
    const { files, labels, classNames } = this
    const kept = [...files.keys()].filter(isKept)
    return new ImageTable(this.dir, {
      files: kept.map((i) => files[i]),
      labels: labels && Int32Array.from(kept, (i) => labels[i]),
      classNames,
    })
  }

  /** Places in [0, 1) that divide each class evenly, in the order of its units. */
  #ranks(units: readonly number[]): readonly number[] {
    const ofClass = new Map<number, number[]>()
    units.forEach((_, i) => {
      const label = this.labels?.[i] ?? 0
      const members = ofClass.get(label) ?? []
      members.push(i)
      ofClass.set(label, members)
    })
    const places = new Array<number>(units.length)
    for (const members of ofClass.values()) {
      members.sort((a, b) => units[a] - units[b])
      members.forEach((i, rank) => {
        places[i] = (rank + 0.5) / members.length
      })
    }
    return places
  }
}

/**
 * Lists the pictures of a folder, with their labels: for `imageFolder`, or to be mapped by hand.
 *
 * @param dir the folder; with inferred labels, one of folders that are named as their classes
 * @example
 * const table = await imageTable('flower_photos')
 * table.classNames // ['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips']
 * const batches = imageFolder(table, { size: [224, 224] }).batch(32)
 * @throws NotFoundError where the folder, a class or a picture is missing
 */
export async function imageTable(dir: FilePath, options: ImageTableOptions = {}): Promise<ImageTable> {
  const { root, listing } = prepare('imageTable', dir, options)
  return new ImageTable(root, await listAsync(listing))
}

/** The same at once. */
export function imageTableSync(operation: string, dir: FilePath, options: ImageTableOptions): ImageTable {
  const { root, listing } = prepare(operation, dir, options)
  return new ImageTable(root, listSync(listing))
}

/** Names of the options. */
export const imageTableNames = [
  'labels',
  'classNames',
  'extensions',
  'recursive',
  'include',
  'exclude',
  'followLinks',
  'hidden',
] as const

function prepare(
  operation: string,
  dir: FilePath,
  options: ImageTableOptions,
): { readonly root: string; readonly listing: Listing<Labelled> } {
  const root = filePath(operation, 'dir', dir)
  checkOptions(operation, options, imageTableNames)
  const { labels = 'inferred', classNames } = options
  if (labels !== 'inferred' && labels !== 'none' && typeof labels !== 'function') {
    throw wrongArgument(operation, 'labels', '"inferred", "none" or a function', labels)
  }
  if (classNames !== undefined) checkNames(operation, 'classNames', classNames)
  const rules = rulesOf(operation, options)
  return { root, listing: list(operation, root, labels, classNames, rules) }
}

function* list(
  operation: string,
  root: string,
  labels: 'inferred' | 'none' | ((file: string) => string),
  classNames: readonly string[] | undefined,
  rules: PictureRules,
): Listing<Labelled> {
  if (labels === 'inferred') return yield* classFolders(operation, root, classNames, rules)
  const files = yield* pictureFiles(root, '', rules)
  if (files.length === 0) {
    throw new NotFoundError(`${operation}: there is no picture in ${root}.`, {
      file: root,
      hint: `It looks for ${rules.extensions.join(', ')}${rules.recursive ? ', in all folders' : ''}.`,
    })
  }
  if (labels === 'none') return { files, labels: undefined, classNames: [] }
  return labelledByFunction(operation, files, labels, classNames)
}

function rulesOf(operation: string, options: PictureFilesOptions): PictureRules {
  const extensions = options.extensions ?? pictureExtensions
  checkNames(operation, 'extensions', extensions)
  for (const name of ['include', 'exclude'] as const) {
    const patterns = options[name]
    if (typeof patterns !== 'string' && patterns !== undefined) checkNames(operation, name, patterns)
  }
  return {
    extensions: extensions.map((extension) => extension.replace(/^\./, '').toLowerCase()),
    recursive: checkBoolean(operation, 'recursive', options.recursive ?? true),
    followLinks: checkBoolean(operation, 'followLinks', options.followLinks ?? false),
    hidden: checkBoolean(operation, 'hidden', options.hidden ?? false),
    matches: matcher(options),
  }
}

function checkNames(operation: string, argument: string, names: unknown): void {
  const isName = (name: unknown): boolean => typeof name === 'string' && name !== ''
  if (Array.isArray(names) && names.length > 0 && names.every(isName) && new Set(names).size === names.length) return
  throw wrongArgument(operation, argument, 'a list of different names', names)
}

/** The name of the folder alone, by which a plan shows it. */
export function shownDir({ dir }: ImageTable): string {
  return basename(dir)
}
