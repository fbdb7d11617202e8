import { checkFunction, checkOptions, locateError } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { KeyLog, type Key } from '../core/keyLog.ts'
import { SiftCursor } from '../core/siftCursor.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { Json, State } from '../core/state.ts'
import { encodeElement } from '../ndarray/elementBytes.ts'
import { describe } from '../ndarray/ndarray.ts'

/** Options of `unique`. */
export interface UniqueOptions<T> {
  /** What tells elements apart; by default their whole value does. */
  readonly key?: (element: T) => string | number | bigint
}

/**
 * Leaves out each element that came before (`tf.data.Dataset.unique`).
 *
 * Elements are the same where their values are: numbers, strings and other scalars as in a Set, so that NaN is NaN and 1
 * is not 1n; bytes, NdArrays and structures where dtype, shape, names and all values are. Out: the first of each, unchanged
 * and in order. Length: unknown, but 0 of 0. Memory, and what is saved: the index, the upstream, and the keys of all that
 * was given out, so that both grow with them; give a short `key` where elements are large.
 *
 * @example
 * Dataset.fromTensorSlices([1, 37, 2, 37, 2, 1]).unique() // 1, 37, 2
 * Dataset.range(9).unique({ key: (x) => x % 4 }) // 0, 1, 2, 3
 */
export function unique<T>(options: UniqueOptions<T> = {}): Stage<T, T> {
  checkOptions('unique', options, ['key'])
  const { key } = options
  if (key !== undefined) checkFunction('unique', 'key', key)
  return Object.freeze({
    name: 'unique',
    args: { byKey: key !== undefined },
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: ([spec]) => spec,
    open: ([upstream], { path }, state) => new UniqueCursor(upstream, key, path, state),
  } satisfies Stage<T, T>)
}

interface UniqueState {
  /** Keys of the elements given out, in chunks. */
  readonly keys: readonly (readonly Json[])[]
  /** Contents, in base64, of those that are more than a scalar. */
  readonly contents: readonly (readonly Json[])[]
}

class UniqueCursor<T> extends SiftCursor<T> {
  readonly #key: UniqueOptions<T>['key']
  readonly #path: string
  readonly #keys: KeyLog
  readonly #contents: KeyLog

  constructor(upstream: Upstream<T>, key: UniqueOptions<T>['key'], path: string, state?: State) {
    super(upstream, state)
    const { keys, contents } = (state ?? {}) as unknown as Partial<UniqueState>
    this.#key = key
    this.#path = path
    this.#keys = new KeyLog(keys)
    this.#contents = new KeyLog(contents)
  }

  protected override keeps(element: T, index: number): boolean {
    if (this.#key !== undefined) return this.#keys.add(this.#keyOf(this.#key, element, index))
    if (isKey(element)) return this.#keys.add(element)
    try {
      return this.#contents.add(Buffer.from(encodeElement(element)).toString('base64'))
    } catch (error) {
      throw locateError(error, this.#path, index, 'its value cannot be told')
    }
  }

  override state(): State {
    return { ...super.state(), keys: this.#keys.toJSON(), contents: this.#contents.toJSON() }
  }

  #keyOf(keyOf: (element: T) => string | number | bigint, element: T, index: number): Key {
    let key: unknown
    try {
      key = keyOf(element)
    } catch (error) {
      throw locateError(error, this.#path, index)
    }
    if (typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint') return key
    throw new InvalidArgumentError(
      `${this.#path}: key must return a string, number or bigint, got ${describe(key)} for element ${index}.`,
      { path: this.#path, index },
    )
  }
}

function isKey(element: unknown): element is Key {
  return typeof element !== 'object' || element === null
}
