import { join } from 'node:path'
import { InvalidArgumentError, NotFoundError, messageOf, UnknownError } from '../core/errors.ts'
import type { Listing } from './listFolder.ts'
import { pictureFiles, sortBytes, type PictureRules } from './pictureFiles.ts'

/** Pictures by their paths below a folder, with labels where they have classes. */
export interface Labelled {
  readonly files: readonly string[]
  readonly labels: Int32Array | undefined
  readonly classNames: readonly string[]
}

/**
 * The pictures in the folders of classes, class after class.
 *
 * @param classNames the classes and their order; by default all folders, sorted by bytes
 * @throws NotFoundError where there is no folder, or one without pictures
 */
export function* classFolders(
  operation: string,
  root: string,
  classNames: readonly string[] | undefined,
  rules: PictureRules,
): Listing<Labelled> {
  const { entries } = yield { folder: root, real: false }
  // One that is a link is a class too, as in Keras: `followLinks` is about folders within the classes.
  const isClass = ({ name, kind }: (typeof entries)[number]): boolean =>
    kind === 'folder' && (rules.hidden || !name.startsWith('.'))
  const folders = entries.filter(isClass).map(({ name }) => name)
  if (folders.length === 0) {
    throw new NotFoundError(`${operation}: there is no folder of a class in ${root}.`, {
      file: root,
      hint: "Its folders are its classes; where it has none, give labels: 'none' or a function.",
    })
  }
  const missing = classNames?.find((name) => !folders.includes(name))
  if (missing !== undefined) {
    throw new NotFoundError(`${operation}: there is no folder of class ${JSON.stringify(missing)} in ${root}.`, {
      file: join(root, missing),
      hint: `It has ${sortBytes(folders).join(', ')}.`,
    })
  }
  const names = classNames ?? sortBytes(folders)
  const files: string[] = []
  const labels: number[] = []
  for (const [label, name] of names.entries()) {
    const found = yield* pictureFiles(root, name, rules)
    if (found.length === 0) {
      throw new NotFoundError(`${operation}: there is no picture in ${join(root, name)}, the folder of a class.`, {
        file: join(root, name),
        hint: `Name the classes that you want in classNames. It looks for ${rules.extensions.join(', ')}.`,
      })
    }
    for (const file of found) {
      files.push(file)
      labels.push(label)
    }
  }
  return { files, labels: Int32Array.from(labels), classNames: names }
}

/** Pictures whose classes a function says, in the order of the classes. */
export function labelledByFunction(
  operation: string,
  files: readonly string[],
  classOf: (file: string) => string,
  classNames: readonly string[] | undefined,
): Labelled {
  const found = files.map((file) => ({ file, name: callClassOf(operation, classOf, file) }))
  const names = classNames ?? sortBytes([...new Set(found.map(({ name }) => name))])
  const labelOf = new Map(names.map((name, label) => [name, label]))
  const known = found.flatMap(({ file, name }) => {
    const label = labelOf.get(name)
    return label === undefined ? [] : [{ file, label }]
  })
  const empty = names.find((_, label) => !known.some((row) => row.label === label))
  if (empty !== undefined) {
    throw new NotFoundError(`${operation}: the function gave no picture the class ${JSON.stringify(empty)}.`, {
      hint: 'Leave it out of classNames.',
    })
  }
  known.sort((a, b) => a.label - b.label)
  return {
    files: known.map(({ file }) => file),
    labels: Int32Array.from(known, ({ label }) => label),
    classNames: names,
  }
}

function callClassOf(operation: string, classOf: (file: string) => string, file: string): string {
  let name: unknown
  try {
    name = classOf(file)
  } catch (error) {
    throw new UnknownError(`${operation}: labels threw at ${file}: ${messageOf(error)}`, { file, cause: error })
  }
  if (typeof name === 'string' && name !== '') return name
  throw new InvalidArgumentError(`${operation}: labels gave ${file} no class, but ${JSON.stringify(name)}.`, {
    file,
    hint: 'It must return the name of a class. To leave files out, use exclude.',
  })
}
