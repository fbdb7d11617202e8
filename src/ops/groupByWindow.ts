import { checkCount, checkFunction, checkOptions, locateError, show, wrongArgument } from '../core/checks.ts'
import { after, closeAll, END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { heldElements } from '../core/heldElements.ts'
import { HeldGroups, type Group, type GroupKey } from '../core/heldGroups.ts'
import { checkInner, innerUpstream } from '../core/innerDataset.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import type { Source, Stage, StageContext } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { ElementFunction } from '../core/userFunction.ts'

/** Options of `groupByWindow`; `W` is the dataset of a window. */
export interface GroupByWindowOptions<T, K extends GroupKey, R, W> {
  /** The key of an element: a whole number, bigint or string. */
  readonly keyFunc: ElementFunction<T, K>
  /** Makes a dataset of a window, a dataset itself. */
  readonly reduceFunc: (key: K, window: W) => Source<R>
  /** Elements of one key that make a window. */
  readonly windowSize?: number
  /** The same by key. */
  readonly windowSizeFunc?: (key: K) => number
}

/**
 * Collects elements in windows by key, and flattens what a function makes of each window
 * (`tf.data.Dataset.group_by_window`).
 *
 * Out: the elements of the datasets that `reduceFunc` returns, one dataset after the other: a window is reduced once it
 * is whole, and at the end of the input those begun, ascending by key. Length: unknown, but 0 of 0. Saved: which
 * elements are held, by index, a place upstream before them, and the state of the dataset at hand.
 *
 * @example
 * Dataset.range(5).groupByWindow({ keyFunc: (x) => x % 2, reduceFunc: (_, w) => w.batch(9), windowSize: 2 }) // int32 [0, 2], int32 [1, 3], int32 [4]
 * @throws InvalidArgumentError where a key is no key, a window size is not at least 1, or `reduceFunc` returns no dataset
 */
export function groupByWindow<T, K extends GroupKey, R, W extends Source<T>>(
  options: GroupByWindowOptions<T, K, R, W>,
  make: (stage: Stage<never, T>) => W,
): Stage<T, R> {
  checkOptions('groupByWindow', options, ['keyFunc', 'reduceFunc', 'windowSize', 'windowSizeFunc'])
  const { keyFunc, reduceFunc, windowSize, windowSizeFunc } = options
  checkFunction('groupByWindow', 'keyFunc', keyFunc)
  checkFunction('groupByWindow', 'reduceFunc', reduceFunc)
  if (windowSizeFunc !== undefined) checkFunction('groupByWindow', 'windowSizeFunc', windowSizeFunc)
  if ((windowSize === undefined) === (windowSizeFunc === undefined)) {
    throw wrongArgument('groupByWindow', 'either windowSize or windowSizeFunc', 'given, and not both', windowSize)
  }
  if (windowSize !== undefined) checkCount('groupByWindow', 'windowSize', windowSize, { min: 1 })
  return Object.freeze({
    name: 'groupByWindow',
    args: { keyFunc, reduceFunc, ...(windowSize === undefined ? { windowSizeFunc } : { windowSize }) },
    tuning: ['keyFunc', 'reduceFunc', 'windowSizeFunc'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: () => undefined,
    open: ([upstream], context, state) => {
      const sizeOf = (key: K, index: number) => windowSize ?? sizeBy(windowSizeFunc, key, context.path, index)
      const reduce = ({ key, rows }: Group<K, T>, index: number): Source<R> => {
        try {
          return reduceFunc(key, make(heldElements('window', rows, upstream.spec)))
        } catch (error) {
          throw locateError(error, context.path, index, 'reduceFunc threw')
        }
      }
      return new WindowsCursor(
        new HeldGroups(upstream, { keyOf: keyFunc, sizeOf }, context, heldOf(state)),
        reduce,
        context,
        state,
      )
    },
  } satisfies Stage<T, R>)
}

function sizeBy<K>(fn: ((key: K) => number) | undefined, key: K, path: string, index: number): number {
  let size: unknown
  try {
    size = fn?.(key)
  } catch (error) {
    throw locateError(error, path, index, 'windowSizeFunc threw')
  }
  if (Number.isSafeInteger(size) && (size as number) >= 1) return size as number
  const wanted = 'a whole number of at least 1'
  throw new InvalidArgumentError(
    `${path}: the window size of key ${String(key)} must be ${wanted}, got ${show(size)}.`,
    { path, index },
  )
}

interface WindowsState {
  /** Windows begun. */
  readonly windows: number
  /** Indices of the elements of the window at hand. */
  readonly open: readonly number[]
  /** Where its dataset stands; null between two windows. */
  readonly inner: State | null
  readonly input: State
}

function heldOf(state: State | undefined): State | undefined {
  return (state as Partial<WindowsState> | undefined)?.input
}

class WindowsCursor<T, K extends GroupKey, R> implements Cursor<R> {
  readonly #groups: HeldGroups<K, T>
  readonly #reduce: (group: Group<K, T>, index: number) => Source<R>
  readonly #context: StageContext
  #saved: WindowsState | undefined
  #open: { readonly group: Group<K, T>; readonly cursor: Cursor<R> } | undefined
  #windows = 0
  #closed = false

  constructor(
    groups: HeldGroups<K, T>,
    reduce: (group: Group<K, T>, index: number) => Source<R>,
    context: StageContext,
    state: State | undefined,
  ) {
    this.#groups = groups
    this.#reduce = reduce
    this.#context = context
    this.#saved = state as WindowsState | undefined
  }

  next(): Pull<R> {
    if (this.#saved !== undefined) return this.#restore(this.#saved).then(() => this.next())
    return search(this.#step(), () => this.#step())
  }

  state(): State {
    if (this.#saved !== undefined) return { ...this.#saved }
    return {
      windows: this.#windows,
      open: this.#open?.group.indices ?? [],
      inner: this.#open?.cursor.state() ?? null,
      input: this.#groups.state(),
    }
  }

  close(): void | Promise<void> {
    this.#closed = true
    return closeAll(this.#open === undefined ? [this.#groups] : [this.#open.cursor, this.#groups])
  }

  async #restore(saved: WindowsState): Promise<void> {
    const group = await this.#groups.restore(new Set(saved.open))
    this.#saved = undefined
    this.#windows = saved.windows
    if (group !== undefined && saved.inner !== null && !this.#closed) {
      this.#windows--
      this.#begin(group, saved.inner)
    }
  }

  #step(): Step<R | typeof END> {
    if (this.#open === undefined) return after(this.#groups.next(), (group) => this.#nextWindow(group))
    const element = this.#open.cursor.next()
    return element instanceof Promise ? element.then((settled) => this.#deliver(settled)) : this.#deliver(element)
  }

  #deliver(element: R | typeof END): Step<R> {
    return isEnd(element) ? after(this.#finish(), () => AGAIN) : element
  }

  #finish(): void | Promise<void> {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return
    this.#groups.release(open.group)
    return open.cursor.close()
  }

  #nextWindow(group: Group<K, T> | typeof END): typeof END | typeof AGAIN {
    if (isEnd(group) || this.#closed) return END
    this.#begin(group)
    return AGAIN
  }

  #begin(group: Group<K, T>, state?: State): void {
    const index = this.#windows++
    try {
      const source = checkInner(this.#reduce(group, index), this.#context, index)
      this.#open = { group, cursor: innerUpstream(source, this.#context, index).open(state) }
    } catch (error) {
      this.#groups.release(group)
      throw error
    }
  }
}
