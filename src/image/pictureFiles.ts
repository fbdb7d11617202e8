import { createRequire } from 'node:module'
import { join } from 'node:path'
import type picomatch from 'picomatch'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Listing } from './listFolder.ts'

/** Which files of a folder are pictures. */
export interface PictureFilesOptions {
  /** Endings of names, in any case; jpg, jpeg, png, webp, gif, bmp, tif and tiff by default. */
  readonly extensions?: readonly string[]
  /** Whether folders within folders are looked into; true by default. */
  readonly recursive?: boolean
  /** Patterns of picomatch, relative to the folder of the whole, of which a file must match one; all by default. */
  readonly include?: string | readonly string[]
  /** Patterns of files that are left out. */
  readonly exclude?: string | readonly string[]
  /**
   * Whether links to folders are followed; false by default, but for the folders of classes, as in Keras. Links to files are
   * read always, and one that leads nowhere is a picture that cannot be read.
   */
  readonly followLinks?: boolean
  /** Whether files and folders whose names begin with a dot count; false by default. */
  readonly hidden?: boolean
}

/** Their defaults. */
export interface PictureRules {
  readonly extensions: readonly string[]
  readonly recursive: boolean
  readonly matches: (file: string) => boolean
  readonly followLinks: boolean
  readonly hidden: boolean
}

export const pictureExtensions = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'tif', 'tiff'] as const

/** What the patterns say of a file, by its path from the folder of the whole. */
export function matcher(options: Pick<PictureFilesOptions, 'include' | 'exclude'>): (file: string) => boolean {
  const { include, exclude } = options
  if (include === undefined && exclude === undefined) return () => true
  // Loaded where it is needed: most programs give no patterns.
  const compile = createRequire(import.meta.url)('picomatch') as typeof picomatch
  const included = include === undefined ? () => true : compile(listOf(include), { dot: true })
  const excluded = exclude === undefined ? () => false : compile(listOf(exclude), { dot: true })
  return (file) => included(file) && !excluded(file)
}

function listOf(patterns: string | readonly string[]): string[] {
  return typeof patterns === 'string' ? [patterns] : [...patterns]
}

/**
 * The pictures in a folder and the folders in it, by their paths from `root` with `/` between names, sorted by bytes.
 *
 * @param folder the path from `root`, '' for `root` itself
 */
export function* pictureFiles(root: string, folder: string, rules: PictureRules): Listing<string[]> {
  const files: string[] = []
  yield* walk(folder, [])
  return sortBytes(files)

  function* walk(at: string, above: readonly string[]): Listing<void> {
    const { entries, real } = yield { folder: join(root, at), real: rules.followLinks }
    if (above.includes(real)) {
      throw new InvalidArgumentError(`the folder ${join(root, at)} leads back to ${real}, which it lies in.`, {
        file: join(root, at),
        hint: 'Remove that link, or leave followLinks out.',
      })
    }
    for (const { name, kind, isLink } of entries) {
      if (name.startsWith('.') && !rules.hidden) continue
      const path = at === '' ? name : `${at}/${name}`
      if (kind === 'file') {
        if (isPicture(name, rules.extensions) && rules.matches(path)) files.push(path)
      } else if (kind === 'folder' && rules.recursive && (rules.followLinks || !isLink)) {
        yield* walk(path, [...above, real])
      }
    }
  }
}

/** Sorted by their UTF-8 bytes, which is the same on every machine. */
export function sortBytes(texts: readonly string[]): string[] {
  // Up to there the order of UTF-16 is the same, and quicker.
  if (!texts.some((text) => /[\ud800-\uffff]/.test(text))) return texts.toSorted()
  return texts
    .map((text) => Buffer.from(text))
    .sort((a, b) => Buffer.compare(a, b))
    .map((bytes) => bytes.toString())
}

function isPicture(name: string, extensions: readonly string[]): boolean {
  const dot = name.lastIndexOf('.')
  return dot > 0 && extensions.includes(name.slice(dot + 1).toLowerCase())
}
