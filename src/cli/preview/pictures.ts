import { readFile, stat } from 'node:fs/promises'
import { fileError, InvalidArgumentError, NotFoundError, type NdArray } from '../../index.ts'
import { decodeImage, imageFolder, imageFormat, imageTable, type ImageTable } from '../../image/index.ts'
import type { PreviewOptions } from './command.ts'
import { arrayPictures } from './arrayPictures.ts'
import { recordPictures } from './recordPictures.ts'

/** A picture, with what is known of it. */
export interface Picture {
  readonly image: NdArray
  readonly label?: number | string | undefined
  /** [n, 4] of [top, left, bottom, right], as shares of the sides. */
  readonly boxes?: NdArray
}

/** The pictures of a folder or file. */
export interface Pictures {
  /** Their number; undefined where only going over all of them tells. */
  readonly length: number | undefined
  readonly classNames: readonly string[]
  elements(): AsyncIterable<Picture>
  /** How many each class has; undefined without labels. */
  counts(): Promise<Record<string, number> | undefined>
}

/** Opens whatever a path stands for. */
export async function openPictures(path: string, options: PreviewOptions): Promise<Pictures> {
  let isFolder
  try {
    isFolder = (await stat(path)).isDirectory()
  } catch (error) {
    throw fileError(error, path, 'cannot open')
  }
  if (isFolder) {
    checkKind(path, 'folder', options)
    return folderPictures(await tableOf(path), options.seed)
  }
  if (/\.npy$/.test(path) || /[.-]idx\d*(-\w+)?(\.gz)?$/.test(path)) {
    checkKind(path, 'array', options)
    return await arrayPictures(path, options.labels)
  }
  const bytes = await readFile(path)
  const kind = imageFormat(bytes) === undefined ? 'record' : 'picture'
  checkKind(path, kind, options)
  if (kind === 'record') return await recordPictures(path, options)
  return {
    length: 1,
    classNames: [],
    async *elements() {
      yield { image: await decodeImage(bytes, { expandAnimations: false }), label: path }
    },
    counts: () => Promise.resolve(undefined),
  }
}

const kinds = {
  folder: 'a folder',
  array: 'an idx or npy file',
  record: 'a TFRecord file',
  picture: 'a picture',
} as const
const optionsOfKinds = { labels: 'array', feature: 'record', shape: 'record' } as const

/** Refuses options that mean nothing for what is looked at. */
function checkKind(path: string, kind: keyof typeof kinds, options: PreviewOptions): void {
  for (const name of ['labels', 'feature', 'shape'] as const) {
    const wanted = optionsOfKinds[name]
    if (options[name] === undefined || wanted === kind) continue
    throw new InvalidArgumentError(`preview: --${name} is for ${kinds[wanted]}, and ${path} is ${kinds[kind]}.`)
  }
}

/** The pictures with classes where there are folders of them, else those that lie in the folder itself. */
async function tableOf(path: string): Promise<ImageTable> {
  try {
    return await imageTable(path)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    return await imageTable(path, { labels: 'none', recursive: false }).catch(() => {
      // What is wrong is said of classes: one may be empty.
      throw error
    })
  }
}

function folderPictures(table: ImageTable, seed: number): Pictures {
  return {
    length: table.length,
    classNames: table.classNames,
    // In a random order, for the first ones would all be of one class.
    elements: () => imageFolder(table, { workers: 0 }).globalShuffle({ seed, reshuffleEachIteration: false }),
    counts: () => Promise.resolve(table.labels === undefined ? undefined : table.classCounts()),
  }
}

/** Counts labels by going over them. */
export async function countLabels(
  labels: AsyncIterable<number | string | undefined>,
): Promise<Record<string, number> | undefined> {
  const counts = new Map<string, number>()
  for await (const label of labels) {
    if (label !== undefined) counts.set(String(label), (counts.get(String(label)) ?? 0) + 1)
  }
  if (counts.size === 0) return undefined
  const byName = ([a]: [string, number], [b]: [string, number]): number => a.localeCompare(b, 'en', { numeric: true })
  return Object.fromEntries([...counts].sort(byName))
}

/** The error for a file in which no pictures are found. */
export function noPictures(path: string, hint: string): InvalidArgumentError {
  return new InvalidArgumentError(`preview: there are no pictures in ${path}.`, { file: path, hint })
}
