import { show } from './checks.ts'
import { END, isEnd, type Cursor, type Pull } from './cursor.ts'
import { InvalidArgumentError } from './errors.ts'
import { HeldUpstream } from './heldUpstream.ts'
import type { StageContext, Upstream } from './stage.ts'
import type { State } from './state.ts'
import { turnIfDue } from './turns.ts'
import { UserFunction, type ElementFunction } from './userFunction.ts'

/** What groups are known by. */
export type GroupKey = number | bigint | string

/** Elements of one key, in the order in which they came. */
export interface Group<K, T> {
  readonly key: K
  readonly rows: T[]
  /** Their indices in the input. */
  readonly indices: number[]
}

/** How elements are grouped. */
export interface Grouping<K extends GroupKey, T> {
  readonly keyOf: ElementFunction<T, K>
  /** Elements that make a group of this key whole. */
  readonly sizeOf: (key: K, index: number) => number
}

/**
 * Collects the elements of an input in groups by a key: gives each group once it is whole, and at the end of the input
 * those begun, ascending by key. The elements of a group stay held until `release`; the state names them.
 */
export class HeldGroups<K extends GroupKey, T> implements Omit<Cursor<Group<K, T>>, 'skip'> {
  readonly #input: HeldUpstream<T>
  readonly #keyOf: UserFunction<T, K>
  readonly #sizeOf: Grouping<K, T>['sizeOf']
  readonly #path: string
  readonly #groups = new Map<K, Group<K, T>>()
  #left: Group<K, T>[] | undefined

  constructor(upstream: Upstream<T>, grouping: Grouping<K, T>, context: StageContext, state: State | undefined) {
    this.#input = new HeldUpstream(upstream, context.path, state)
    this.#keyOf = new UserFunction(grouping.keyOf, context)
    this.#sizeOf = grouping.sizeOf
    this.#path = context.path
  }

  get restoring(): boolean {
    return this.#input.restoring
  }

  /**
   * Reads the elements again that were held; to be awaited before the first `next()` where there is a state.
   *
   * @param taken indices of the group that was given and not released
   * @returns that group, where there was one
   */
  async restore(taken: ReadonlySet<number> = new Set()): Promise<Group<K, T> | undefined> {
    let open: Group<K, T> | undefined
    for (const [index, element] of await this.#input.restore()) {
      const key = await this.#keyOf.call(element, index)
      if (!taken.has(index)) this.#join(element, index, key)
      else if (open === undefined) open = { key, rows: [element], indices: [index] }
      else {
        open.rows.push(element)
        open.indices.push(index)
      }
    }
    return open
  }

  next(): Pull<Group<K, T>> {
    while (this.#left === undefined) {
      const element = this.#input.next()
      if (element instanceof Promise) return this.#settle(element)
      if (isEnd(element)) return this.#rest()
      const whole = this.#add(element, this.#input.index - 1)
      if (whole instanceof Promise) return whole.then((group) => group ?? this.next())
      if (whole !== undefined) return whole
      const turn = turnIfDue()
      if (turn !== undefined) return this.#settle(turn.then(() => this.#input.next()))
    }
    return this.#left.shift() ?? END
  }

  /** Lets the elements of a group go. */
  release(group: Group<K, T>): void {
    this.#input.releaseAll(group.indices)
  }

  state(): State {
    return this.#input.state()
  }

  close(): void | Promise<void> {
    this.#groups.clear()
    this.#left = []
    return this.#input.close()
  }

  async #settle(pulled: Pull<T>): Promise<Group<K, T> | typeof END> {
    for (;;) {
      const element = pulled instanceof Promise ? await pulled : pulled
      if (isEnd(element)) return this.#rest()
      const added = this.#add(element, this.#input.index - 1)
      const whole = added instanceof Promise ? await added : added
      if (whole !== undefined) return whole
      const turn = turnIfDue()
      if (turn !== undefined) await turn
      pulled = this.#input.next()
    }
  }

  /** The group, where the element makes it whole. */
  #add(element: T, index: number): Group<K, T> | undefined | Promise<Group<K, T> | undefined> {
    try {
      const key = this.#keyOf.call(element, index)
      if (!(key instanceof Promise)) return this.#join(element, index, key)
      return key.then(
        (settled) => this.#join(element, index, settled),
        (error: unknown) => this.#drop(error, index),
      )
    } catch (error) {
      return this.#drop(error, index)
    }
  }

  /** An element whose key is not to be had belongs to no group. */
  #drop(error: unknown, index: number): never {
    this.#input.release(index)
    throw error
  }

  #join(element: T, index: number, key: K): Group<K, T> | undefined {
    if (!isKey(key)) throw noKey(key, this.#path, index)
    // Before the element joins: where its size fails, it is of no group.
    const size = this.#sizeOf(key, index)
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = { key, rows: [], indices: [] }
      this.#groups.set(key, group)
    }
    group.rows.push(element)
    group.indices.push(index)
    if (group.rows.length < size) return undefined
    this.#groups.delete(key)
    return group
  }

  #rest(): Group<K, T> | typeof END {
    this.#left = [...this.#groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
    this.#groups.clear()
    return this.#left.shift() ?? END
  }
}

function isKey(key: unknown): key is GroupKey {
  return Number.isSafeInteger(key) || typeof key === 'string' || typeof key === 'bigint'
}

function noKey(key: unknown, path: string, index: number): InvalidArgumentError {
  return new InvalidArgumentError(`${path}: the function returned ${show(key)} as key of element ${index}.`, {
    path,
    index,
    hint: 'A key is a whole number, a bigint or a string.',
  })
}
