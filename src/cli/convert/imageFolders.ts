import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { Dataset, fileError, InvalidArgumentError } from '../../index.ts'
import type { FeaturesInput } from '../../tfrecord/index.ts'
import type { Converter } from './converters.ts'

/** How the formats are called in `image/format`, by the extension of a file. */
const formats: Readonly<Record<string, string>> = {
  jpg: 'jpeg',
  jpeg: 'jpeg',
  png: 'png',
  gif: 'gif',
  bmp: 'bmp',
  webp: 'webp',
}

/** Pictures that are read ahead. */
const ahead = 8

/**
 * Folders of pictures, with a folder for each class in them: `image/encoded` (the bytes of the file, as they are),
 * `image/format`, `image/class/label` (the number of the class, in the order of their names), `image/class/text`, and
 * `image/filename` (the path within the folder). Hidden files are left out, and so is what has no picture's extension, in
 * capitals or not. Pictures come class by class; with `shuffle` in a random order, by a seed.
 */
export const imageFolders: Converter = {
  async *records(paths, { shuffle }) {
    const labels = new Map((await classesOf(paths)).map((name, label) => [name, label]))
    const patterns = paths.map((path) => `${escaped(path)}/*/**/*.{${Object.keys(formats).map(anyCase).join(',')}}`)
    const options = shuffle === undefined ? {} : { shuffle: true, seed: shuffle }
    const files = await Dataset.listFiles(patterns, options)
      .toArray()
      .catch((error: unknown) => {
        throw error instanceof InvalidArgumentError ? noPictures(paths, error) : error
      })
    const pictures = Dataset.fromGenerator(files).map((file) => pictureOf(file, paths, labels), {
      numParallelCalls: ahead,
    })
    for await (const picture of pictures) yield picture
  },
}

/** The names of the classes in all folders, sorted. */
async function classesOf(paths: readonly string[]): Promise<string[]> {
  const names = new Set<string>()
  for (const path of paths) {
    try {
      for (const name of await readdir(path)) {
        if (!name.startsWith('.') && (await stat(join(path, name))).isDirectory()) names.add(name)
      }
    } catch (error) {
      throw fileError(error, path, 'cannot read')
    }
  }
  if (names.size === 0) throw noPictures(paths)
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

async function pictureOf(
  file: string,
  paths: readonly string[],
  labels: ReadonlyMap<string, number>,
): Promise<FeaturesInput> {
  const inside = paths.map((path) => relative(path, file)).find((path) => !path.startsWith('..')) ?? file
  const [name] = inside.split(sep)
  try {
    return {
      'image/encoded': await readFile(file),
      'image/format': formats[extname(file).slice(1).toLowerCase()],
      'image/class/label': labels.get(name) ?? -1,
      'image/class/text': name,
      'image/filename': inside.split(sep).join('/'),
    }
  } catch (error) {
    throw fileError(error, file, 'cannot read')
  }
}

function noPictures(paths: readonly string[], cause?: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`${paths.join(', ')} holds no folders of pictures.`, {
    file: paths[0],
    hint: `Each class is a folder in it, of ${Object.keys(formats).join(', ')} files.`,
    cause,
  })
}

/** A path in which a glob finds nothing to expand. */
function escaped(path: string): string {
  const slashes = sep === '\\' ? path.replaceAll('\\', '/') : path
  return slashes.replace(/\/+$/, '').replace(/[()[\]{}!*?@+|$^]/g, '\\$&')
}

/** A glob for a word in capitals or not. */
function anyCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
}
