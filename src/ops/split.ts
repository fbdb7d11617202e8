import { checkCount, checkFunction, checkOptions, locateError, returnedNothing } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { SiftCursor } from '../core/siftCursor.ts'
import { splitIntervals, type Interval } from '../core/splitIntervals.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { ContentHash } from '../ndarray/contentHash.ts'
import { describe } from '../ndarray/ndarray.ts'

/** What an element can be known by. */
export type SplitKey = string | number | bigint | Uint8Array

/** Options of `split`. */
export interface SplitOptions<in T> {
  /** Decides, with the key, which part an element is in; 0 by default, and never that of `withOptions`. */
  readonly seed?: number
  /** What an element is known by, such as its user or document; the whole content by default. */
  readonly key?: (element: T) => SplitKey
}

/**
 * Splits a dataset into parts by a hash of each element's key (no twin in TensorFlow).
 *
 * In: elements. Out: for each part the elements in it, unchanged and in order. A key and the seed alone decide the part:
 * elements of one key, duplicates too, are in one part, and stay there when data is added, removed or reordered. The
 * fractions hold for many keys, not to the element. Where they sum to less than 1, the rest is in no part. The parts lie
 * in the order of their names, so that a greater fraction of the first takes from the second and keeps what it had.
 * Each part reads the whole input for itself. Length: unknown, but 0 of 0. Saved: the index, and the upstream.
 *
 * The default key is the content as `ContentHash` sees it: two objects whose keys are in another order differ.
 *
 * @example
 * const { train, test } = Dataset.range(10).split({ train: 0.8, test: 0.2 }, { seed: 1 })
 * train // 0, 2, 3, 5, 6, 7, 8, 9
 * test // 1, 4
 * @throws InvalidArgumentError where the key of an element is of another kind
 */
export function split<T, F extends Readonly<Record<string, number>>>(
  fractions: F,
  options: SplitOptions<T> = {},
): { [K in keyof F]: Stage<T, T> } {
  const intervals = splitIntervals('split', fractions)
  checkOptions('split', options, ['seed', 'key'])
  const { key } = options
  const seed = checkCount('split', 'seed', options.seed ?? 0)
  if (key !== undefined) checkFunction('split', 'key', key)
  const parts = intervals.map(([part, interval]) => {
    const args = { part, fractions: { ...fractions }, seed, ...(key && { key }) }
    return [part, splitPart(args, interval, key)] as const
  })
  return Object.fromEntries(parts) as { [K in keyof F]: Stage<T, T> }
}

function splitPart<T>(
  args: { readonly seed: number },
  interval: Interval,
  key: ((element: T) => SplitKey) | undefined,
): Stage<T, T> {
  return Object.freeze({
    name: 'split',
    args,
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: ([spec]) => spec,
    open: ([upstream], { path }, state) => new SplitCursor(upstream, placer(args.seed, path, key), interval, state),
  } satisfies Stage<T, T>)
}

/** What gives each key its place in [0, 1), of 53 random bits. */
function placer<T>(
  seed: number,
  path: string,
  key: ((element: T) => SplitKey) | undefined,
): (element: T, index: number) => number {
  const content = new ContentHash(seed)
  return (element, index) =>
    key === undefined ? placeOf(element, index) : content.unit(keyOfElement(key, element, path, index))

  function placeOf(element: T, index: number): number {
    try {
      return content.unit(element)
    } catch (error) {
      throw locateError(error, path, index, 'no key can be made of the content')
    }
  }
}

function keyOfElement<T>(key: (element: T) => SplitKey, element: T, path: string, index: number): SplitKey {
  let found: unknown
  try {
    found = key(element)
  } catch (error) {
    throw locateError(error, path, index)
  }
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'bigint') return found
  if (found instanceof Uint8Array) return found
  if (found === undefined) throw returnedNothing(path, index)
  throw new InvalidArgumentError(`${path}: the function returned ${describe(found)} as key of element ${index}.`, {
    path,
    index,
    hint: 'A key is a string, a number, a bigint or a Uint8Array.',
  })
}

class SplitCursor<T> extends SiftCursor<T> {
  readonly #place: (element: T, index: number) => number
  readonly #interval: Interval

  constructor(upstream: Upstream<T>, place: (element: T, index: number) => number, interval: Interval, state?: State) {
    super(upstream, state)
    this.#place = place
    this.#interval = interval
  }

  protected override keeps(element: T, index: number): boolean {
    const at = this.#place(element, index)
    return this.#interval.start <= at && at < this.#interval.end
  }
}
