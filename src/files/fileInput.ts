import { access, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileError, NotFoundError } from '../core/errors.ts'
import { fileSource, type ByteSource } from './byteSource.ts'
import { globFiles } from './globFiles.ts'
import { handleSource } from './handleSource.ts'
import { streamSource, type ByteStream } from './streamSource.ts'
import { urlSource } from './urlSource.ts'
import { filesIdentity } from './filesIdentity.ts'

/**
 * A file to read: a path or a glob, a URL (`file:`, `http:`, `https:`), an open file handle (read from its start, and
 * left open), a stream of bytes (read once), or a function that gives a stream or a ByteSource for each reading.
 */
export type FileInput =
  string | URL | FileHandle | ByteStream | (() => ByteSource | ByteStream | Promise<ByteSource | ByteStream>)

/** A file by name, and what opens a new reading of it. */
export interface NamedSource {
  readonly file: string
  source(): ByteSource
}

/** Whether a value is one of the things that are read as a file. */
export function isFileInput(value: unknown): value is FileInput {
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'function') return true
  return typeof value === 'object' && value !== null && (value instanceof URL || isHandle(value) || isStream(value))
}

/** The name by which a plan shows a file: without its folder, so that a state survives a move. */
export function shownName(input: FileInput): string {
  if (typeof input === 'string') return basename(input)
  return input instanceof URL ? basename(input.pathname) : 'stream'
}

/**
 * The files that the inputs stand for, in order; those of a glob sorted by name.
 *
 * @throws NotFoundError where a glob matches nothing
 */
export async function expandFiles(inputs: readonly FileInput[]): Promise<NamedSource[]> {
  const sources: NamedSource[] = []
  for (const [i, input] of inputs.entries()) {
    if (typeof input !== 'string') sources.push(sourceOf(input, i))
    else for (const path of await expandGlob(input)) sources.push({ file: path, source: () => fileSource(path) })
  }
  return sources
}

/** Whether a path has the signs of a glob. */
function isGlob(path: string): boolean {
  return /[*?[\]{}]|[!+@]\(/.test(path)
}

async function expandGlob(pattern: string): Promise<string[]> {
  if (!isGlob(pattern) || (await exists(pattern))) return [pattern]
  const found = await globFiles([pattern])
  if (found.length > 0) return found.sort()
  throw new NotFoundError(`no file matches ${pattern}.`, { file: pattern, hint: 'Check the pattern.' })
}

function sourceOf(input: Exclude<FileInput, string>, i: number): NamedSource {
  if (input instanceof URL) return { file: input.href, source: () => urlSource(input) }
  if (isHandle(input)) return { file: `file handle ${i}`, source: () => handleSource(input, `file handle ${i}`) }
  const file = `stream ${i}`
  return { file, source: () => (typeof input === 'function' ? openedBy(input, file) : streamSource(input, file)) }
}

/** Calls the function when it is to be read, and not before. */
function openedBy(give: () => ByteSource | ByteStream | Promise<ByteSource | ByteStream>, file: string): ByteSource {
  let inner: ByteSource | undefined
  return {
    file,
    get seekable() {
      return inner?.seekable ?? false
    },
    get overlaps() {
      return inner?.overlaps ?? false
    },
    async open(start) {
      const given = await callToOpen(give, file)
      inner = 'read' in given && 'seekable' in given ? given : streamSource(() => given, file)
      return inner.open(start)
    },
    read: async (into, at, length, offset) => (await inner?.read(into, at, length, offset)) ?? 0,
    close: async () => inner?.close(),
    cancel: () => inner?.cancel?.(),
  }
}

async function callToOpen<T>(give: () => T | Promise<T>, file: string): Promise<T> {
  try {
    return await give()
  } catch (error) {
    throw fileError(error, file, 'cannot open')
  }
}

function isHandle(value: object): value is FileHandle {
  return 'fd' in value && 'read' in value && 'stat' in value
}

function isStream(value: object): value is ByteStream {
  return Symbol.asyncIterator in value || (Symbol.iterator in value && !ArrayBuffer.isView(value))
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** What tells the files of inputs from others: names, and sizes and times where they lie on disk. */
export async function inputsIdentity(inputs: readonly FileInput[]): Promise<string> {
  const sources = await expandFiles(inputs)
  return filesIdentity(sources.map(({ file }) => file))
}
