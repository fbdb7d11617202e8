import { createHash } from 'node:crypto'
import { checkBoolean, checkCount, checkOptions, locateError, wrongArgument } from '../core/checks.ts'
import { END, type Cursor, type Pull } from '../core/cursor.ts'
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { foldIn, keyOf, randomBelow, type RandomKey } from '../core/random.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage, StageContext } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { globFiles } from '../files/globFiles.ts'

/** Options of `listFiles`. */
export interface ListFilesOptions {
  /** Whether the files come in a random order, another in each pass; false by default: sorted. */
  readonly shuffle?: boolean
  /** Decides the random order; by default the pipeline's seed does. */
  readonly seed?: number
}

/**
 * The paths of the files that match patterns (`tf.data.Dataset.list_files`).
 *
 * Patterns are those of fast-glob: `*`, `?`, `[ab]`, `{a,b}`, and `**` for folders at any depth; paths are given as the
 * pattern begins, with `/` between folders. Each file comes once, folders and hidden files do not, which unlike
 * TensorFlow keeps files that are being written out. Links are followed, but for one to a folder that it lies in. Out: strings, sorted by their bytes (the same on every machine), or
 * shuffled by the seed and the epoch. Length: unknown. Saved: the position, and a digest of the list.
 *
 * @param patterns one pattern, or several
 * @example
 * Dataset.listFiles('{people,places}.csv') // 'people.csv', 'places.csv'
 * @throws InvalidArgumentError where no file matches any of the patterns, at the first element
 * @throws FailedPreconditionError where a state was saved with other files in the list
 */
export function listFiles(patterns: string | readonly string[], options: ListFilesOptions = {}): Stage<never, string> {
  checkOptions('listFiles', options, ['shuffle', 'seed'])
  const list: readonly unknown[] = typeof patterns === 'string' ? [patterns] : patterns
  const isText = (pattern: unknown): pattern is string => typeof pattern === 'string' && pattern !== ''
  if (!Array.isArray(list) || list.length === 0 || !list.every(isText)) {
    throw wrongArgument('listFiles', 'patterns', 'a pattern or a list of patterns', patterns)
  }
  const shuffle = checkBoolean('listFiles', 'shuffle', options.shuffle ?? false)
  const { seed } = options
  if (seed !== undefined) checkCount('listFiles', 'seed', seed)
  return Object.freeze({
    name: 'listFiles',
    args: { patterns: list, shuffle, ...(seed !== undefined && { seed }) },
    cardinality: () => undefined,
    spec: () => new TensorSpec([], 'string'),
    open: (_inputs, context, state) => {
      const key = shuffle ? foldIn(seed === undefined ? context.key : keyOf(seed), context.epoch) : undefined
      return new ListFilesCursor(list, key, context, state)
    },
  } satisfies Stage<never, string>)
}

interface ListFilesState {
  readonly position: number
  /** Digest of the sorted list; empty before it was made. */
  readonly list: string
}

class ListFilesCursor implements Cursor<string> {
  readonly #patterns: readonly string[]
  readonly #key: RandomKey | undefined
  readonly #context: StageContext
  #files: readonly string[] | undefined
  #position: number
  #digest: string

  constructor(patterns: readonly string[], key: RandomKey | undefined, context: StageContext, state?: State) {
    const { position = 0, list = '' } = (state ?? {}) as Partial<ListFilesState>
    this.#patterns = patterns
    this.#key = key
    this.#context = context
    this.#position = position
    this.#digest = list
  }

  next(): Pull<string> {
    const files = this.#files
    if (files === undefined) return this.#list().then(() => this.next())
    return this.#position < files.length ? files[this.#position++] : END
  }

  skip(count: number): number | Promise<number> {
    const files = this.#files
    if (files === undefined) return this.#list().then(() => this.skip(count))
    const skipped = Math.min(count, files.length - this.#position)
    this.#position += skipped
    return skipped
  }

  state() {
    return { position: this.#position, list: this.#digest }
  }

  close(): void {
    // The list is memory alone.
  }

  async #list(): Promise<void> {
    // One that fails is not asked again: there is nothing to go on with.
    this.#files = []
    const { path } = this.#context
    let found
    try {
      found = await globFiles(this.#patterns)
    } catch (error) {
      throw locateError(error, path, 0, 'listing failed')
    }
    if (found.length === 0) {
      const patterns = this.#patterns.map((pattern) => JSON.stringify(pattern)).join(', ')
      throw new InvalidArgumentError(`${path}: no file matches ${patterns}.`, { path, hint: 'Check the pattern.' })
    }
    const sorted = found.map((file) => Buffer.from(file)).sort((a, b) => Buffer.compare(a, b))
    const files = sorted.map((bytes) => bytes.toString())
    this.#checkSame(createHash('sha256').update(files.join('\0')).digest('hex').slice(0, 16))
    this.#files = this.#key === undefined ? files : shuffled(files, this.#key)
  }

  #checkSame(digest: string): void {
    if (this.#digest !== '' && this.#digest !== digest) {
      const { path } = this.#context
      throw new FailedPreconditionError(`${path}: the files that match are not those the state was saved with.`, {
        path,
        hint: 'Begin anew, or bring the files back.',
      })
    }
    this.#digest = digest
  }
}

function shuffled(files: readonly string[], key: RandomKey): string[] {
  const order = [...files]
  for (let i = order.length - 1; i > 0; i--) {
    const j = randomBelow(key, i, i + 1)
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}
