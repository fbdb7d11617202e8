/**
 * What is on disk of elements: the folders that `save`, `cache(directory)` and `snapshot` wrote, and what killed processes
 * left of such. They are told by their names and by what is in them, so that no other folder is taken for one.
 *
 *   <32 hex digits>-<seed>/            a pass that a cache or snapshot keeps, by its key
 *   <any name>/                        what `save` wrote
 *     metadata.json, 00000-of-00001.elements, ...
 *   .<name>.<process>-<n>.tmp/         one that is being written, or was when its process ended
 *   .<name>.<process>-<n>.removed/     one that is being removed, or was
 */
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { FailedPreconditionError, fileError, NotFoundError } from '../core/errors.ts'
import type { Spec } from '../core/spec.ts'
import { nodeDirectorySystem, removeDirectory, type DirectorySystem } from '../files/atomicDirectory.ts'
import type { Compression } from '../files/decompressed.ts'
import { metadataFile, readMetadata, type ElementsMetadata } from './elementsMetadata.ts'
import { runningProcess } from './runningProcess.ts'

/** A folder of elements, or what is left of one. */
export interface KeptFolder {
  readonly path: string
  /** What a cache or snapshot keeps, what `save` wrote, or one that is not whole yet, or no longer. */
  readonly kind: 'pass' | 'saved' | 'unfinished'
  /** Of a pass: what it is found by, which stands for the operations before it and their data. */
  readonly key?: string
  /** Of a pass: the seed of its pipeline. */
  readonly seed?: number
  /** Of an unfinished one: the process that writes or removes it, where that runs on this machine. */
  readonly process?: number
  /** How many elements its metadata tells of; undefined where that cannot be read. */
  readonly elements?: number
  readonly spec?: Spec
  readonly compression?: Compression
  /** How many files it has, and bytes in them. */
  readonly files: number
  readonly bytes: number
  /** When it was last written, in milliseconds since 1970. */
  readonly writtenMs: number
  /** What is missing or damaged, as far as metadata and sizes tell. */
  readonly problem?: string
}

/**
 * What `save`, `cache(directory)` and `snapshot` left in a directory, in the order of names; or the directory itself, where
 * it is such a folder. Metadata and sizes are read, not the elements: `Dataset.load(path)` reads and checks those.
 *
 * @example
 * for (const { path, elements, bytes } of await keptFolders('cache')) console.log(path, elements, bytes)
 * @throws NotFoundError where there is no such directory, and other named errors of the file system
 */
export async function keptFolders(directory: string): Promise<KeptFolder[]> {
  const itself = await keptFolder(directory)
  if (itself !== undefined) return [itself]
  const found: KeptFolder[] = []
  for (const name of (await namesIn(directory)).sort()) {
    const folder = await keptFolder(join(directory, name)).catch(ifGone)
    if (folder !== undefined) found.push(folder)
  }
  return found
}

/**
 * Removes such a folder: it is gone from its name at once, and then from the disk. One that is gone already is no error.
 *
 * @param system the file system; replaced in tests
 * @throws FailedPreconditionError where a process still writes it, or it is no folder of elements, or holds other files
 */
export async function removeKeptFolder(
  { path }: Pick<KeptFolder, 'path'>,
  system: DirectorySystem = nodeDirectorySystem,
): Promise<void> {
  const names = await namesIn(path).catch(ifGone)
  if (names === undefined) return
  const folder = await keptFolder(path)
  const other = names.find((name) => !isOwnFile(name))
  if (folder !== undefined && folder.process === undefined && other === undefined) {
    return removeDirectory(path, system)
  }
  const why =
    folder === undefined
      ? 'is no folder of elements'
      : folder.process !== undefined
        ? `is in use by process ${folder.process}`
        : `holds ${other}, which millrace did not write`
  throw new FailedPreconditionError(`${path} ${why}.`, { file: path, hint: 'It was not removed.' })
}

/** What a folder is; undefined where it is none of elements, or a file. */
async function keptFolder(path: string): Promise<KeptFolder | undefined> {
  const name = basename(resolve(path))
  const names = await namesIn(path)
  const common = async () => ({ path, ...(await sizesOf(path, names)) })
  if (/^\..+\.\d+-\d+\.(tmp|removed)$/.test(name)) {
    if (!names.every(isOwnFile)) return undefined
    const process = runningProcess(name)
    return { ...(await common()), kind: 'unfinished', ...(process !== undefined && { process }) }
  }
  const { metadata, problem } = await metadataOf(path)
  if (metadata === undefined && !names.some((file) => elementsFile.test(file))) return undefined
  const wrong = problem ?? (metadata && (await wrongSize(path, metadata)))
  const { elements, spec, compression } = metadata ?? {}
  return {
    ...(await common()),
    ...passOf(name),
    ...(elements !== undefined && { elements }),
    ...(spec !== undefined && { spec }),
    ...(compression !== undefined && { compression }),
    ...(wrong !== undefined && { problem: wrong }),
  }
}

function passOf(name: string): Pick<KeptFolder, 'kind' | 'key' | 'seed'> {
  const found = /^([0-9a-f]{32})-(-?\d+)$/.exec(name)
  return found === null ? { kind: 'saved' } : { kind: 'pass', key: found[1], seed: Number(found[2]) }
}

const elementsFile = /^\d{5,}-of-\d{5,}\.elements$/

/** Whether a file has a name that folders of elements have in them, while they are written too. */
function isOwnFile(name: string): boolean {
  const whole = /^\.(.+)\.\d+-\d+\.tmp$/.exec(name)?.[1] ?? name
  return whole === metadataFile || elementsFile.test(whole)
}

async function metadataOf(path: string): Promise<{ metadata?: ElementsMetadata; problem?: string }> {
  try {
    return { metadata: await readMetadata(path, '') }
  } catch (error) {
    if (error instanceof NotFoundError) return { problem: `There is no ${metadataFile}.` }
    return { problem: error instanceof Error ? error.message.trim() : String(error) }
  }
}

/** What is wrong with the files that metadata tell of. */
async function wrongSize(path: string, { shards }: ElementsMetadata): Promise<string | undefined> {
  for (const { file, bytes } of shards) {
    const size = await stat(join(path, file)).then(
      (found) => found.size,
      () => undefined,
    )
    if (size === undefined) return `${file} is missing.`
    if (size !== bytes) return `${file} has ${size} bytes, not ${bytes}.`
  }
  return undefined
}

async function sizesOf(
  path: string,
  names: readonly string[],
): Promise<Pick<KeptFolder, 'files' | 'bytes' | 'writtenMs'>> {
  let bytes = 0
  let { mtimeMs: writtenMs } = await stat(path)
  for (const name of names) {
    // One that was renamed or removed meanwhile counts no more.
    const found = await stat(join(path, name)).catch(() => undefined)
    if (found === undefined) continue
    bytes += found.size
    writtenMs = Math.max(writtenMs, found.mtimeMs)
  }
  return { files: names.length, bytes, writtenMs }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    throw fileError(error, directory, 'cannot read')
  }
}

/** A file has no names in it; a folder may be gone since its own name was read. */
function ifGone(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error
}
