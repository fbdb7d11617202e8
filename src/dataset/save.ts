import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { checkCount, checkFunction, checkOptions, checkSignal, wrongArgument } from '../core/checks.ts'
import { isEnd } from '../core/cursor.ts'
import { AlreadyExistsError, InvalidArgumentError } from '../core/errors.ts'
import { release } from '../core/lease.ts'
import { commonSpec, type Spec } from '../core/spec.ts'
import { nodeDirectorySystem, type DirectorySystem } from '../files/atomicDirectory.ts'
import type { Compression } from '../files/decompressed.ts'
import { specOf } from '../ndarray/element.ts'
import { checkCompression } from '../records/directoryPasses.ts'
import { ElementsWriter, shardNames } from '../records/elementsWriter.ts'
import { checkEnds } from './checkEnds.ts'
import type { Dataset } from './dataset.ts'

/** What has been saved so far. */
export interface SaveProgress {
  readonly elements: number
  /** Bytes that are in the files. */
  readonly bytes: number
}

/** Options of `dataset.save`. */
export interface SaveOptions<in T = never> {
  /** Files that the elements are written to; 1 by default. */
  readonly shards?: number
  /** The number of the file that an element goes to; in turn by default, which is what keeps their order. */
  readonly shardFunc?: (element: T, index: number) => number
  /** How each element is compressed; not by default. */
  readonly compression?: Compression
  /** Ends it with a CancelledError; nothing appears then. */
  readonly signal?: AbortSignal
  /** Called each time a block was written, and at the end. */
  readonly onProgress?: (progress: SaveProgress) => void
}

/** What was saved. */
export interface Saved extends SaveProgress {
  readonly path: string
  /** The files of elements, in the order of their numbers. */
  readonly files: readonly string[]
}

/**
 * Writes all elements of a dataset to a folder, which appears when it is whole, or not at all. Its files hold the
 * elements exactly, with checksums; metadata.json tells their spec and number.
 *
 * @param system the file system; replaced in tests
 * @throws InvalidArgumentError where the dataset is known to have no end
 * @throws AlreadyExistsError where there is something of that name, which stays as it is
 * @throws ResourceExhaustedError, PermissionDeniedError and other named errors of the file system
 */
export async function save<T>(
  dataset: Dataset<T>,
  path: string,
  options: SaveOptions<T> = {},
  system: DirectorySystem = nodeDirectorySystem,
): Promise<Saved> {
  checkOptions('save', options, ['shards', 'shardFunc', 'compression', 'signal', 'onProgress'])
  if (typeof path !== 'string' || path === '') throw wrongArgument('save', 'path', 'a path', path)
  checkEnds('save', dataset)
  const { shardFunc, onProgress } = options
  if (shardFunc !== undefined) checkFunction('save', 'shardFunc', shardFunc)
  if (onProgress !== undefined) checkFunction('save', 'onProgress', onProgress)
  const shards = checkCount('save', 'shards', options.shards ?? 1, { min: 1, max: 99_999 })
  const compression = checkCompression('save', options.compression)
  const signal = checkSignal('save', options.signal)
  if (await exists(path)) throw alreadyExists(path)
  const onBlock = (): void => onProgress?.({ elements: writer.elements, bytes: writer.bytes })
  const writer = await ElementsWriter.create(path, { shards, compression, onBlock }, system)
  try {
    const spec = await writeAll(dataset, writer, shards, shardFunc, signal)
    if (!(await writer.commit(spec))) throw alreadyExists(path)
  } catch (error) {
    await writer.discard()
    throw error
  }
  onBlock()
  const files = shardNames(shards).map((name) => join(path, name))
  return { path, files, elements: writer.elements, bytes: writer.bytes }
}

/** Gives the spec of the elements: the dataset's, or the one that fits all of them. */
async function writeAll<T>(
  dataset: Dataset<T>,
  writer: ElementsWriter,
  shards: number,
  shardFunc: SaveOptions<T>['shardFunc'],
  signal: AbortSignal | undefined,
): Promise<Spec | undefined> {
  const known = dataset.elementSpec
  let seen: Spec | undefined
  await using iterator = dataset.iterator(signal === undefined ? {} : { signal })
  for (let index = 0; ; index++) {
    const pulled = iterator.pull()
    const element = pulled instanceof Promise ? await pulled : pulled
    if (isEnd(element)) return known ?? seen
    if (known === undefined) seen = index === 0 ? specOf(element) : commonSpec(seen, specOf(element))
    const shard = shardFunc === undefined ? index % shards : checkShard(shardFunc(element, index), index, shards)
    const added = writer.add(element, shard)
    release(element)
    if (added !== undefined) await added
  }
}

function checkShard(shard: unknown, index: number, shards: number): number {
  if (Number.isSafeInteger(shard) && (shard as number) >= 0 && (shard as number) < shards) return shard as number
  throw new InvalidArgumentError(
    `save: shardFunc gave ${String(shard)} for element ${index}, not a whole number of 0 to ${shards - 1}.`,
    { index },
  )
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function alreadyExists(path: string): AlreadyExistsError {
  return new AlreadyExistsError(`save: ${path} exists already.`, {
    file: path,
    hint: 'Remove it first, or choose another path.',
  })
}
