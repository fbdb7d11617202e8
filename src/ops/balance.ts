import { checkCount, checkFunction, checkOptions } from '../core/checks.ts'
import { ClassFunction } from '../core/classFunction.ts'
import { foldIn, keyOf, randomUnit, type RandomKey } from '../core/random.ts'
import { SiftCursor } from '../core/siftCursor.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { ElementFunction } from '../core/userFunction.ts'

/** Options of `balance`. */
export interface BalanceOptions<T> {
  /** The class of an element: a whole number from 0, at once or by a promise. */
  readonly classFunc: ElementFunction<T, number>
  /** Number of classes. By default only those that came up are counted, from when they first do. */
  readonly numClasses?: number
  /** Decides what is kept, with the epoch; by default the pipeline's seed and the place in it do. */
  readonly seed?: number
}

/**
 * Leaves elements out so that each class comes up as often as the rarest one. An element of a class seen n times, itself
 * included, is kept with the probability (m + 1) / (n + 1), m being how often the rarest class was seen: an element of
 * the rarest class always, and all of them while the classes are even. Shuffle before it: what is sorted by class cannot
 * be balanced as it comes.
 *
 * Out: the elements kept, unchanged and in order; no element twice. Length: unknown, but 0 of 0. Saved: the index, how
 * often each class was seen, and the upstream.
 *
 * @example
 * Dataset.range(12).balance({ classFunc: (x) => (x % 4 === 0 ? 1 : 0), seed: 1 }) // 0, 1, 2, 3, 4, 5, 6, 8, 9
 * @throws InvalidArgumentError where a class is no whole number in its range, with the element's index
 */
export function balance<T>(options: BalanceOptions<T>): Stage<T, T> {
  checkOptions('balance', options, ['classFunc', 'numClasses', 'seed'])
  const { classFunc, numClasses, seed } = options
  checkFunction('balance', 'classFunc', classFunc)
  if (numClasses !== undefined) checkCount('balance', 'numClasses', numClasses, { min: 1 })
  if (seed !== undefined) checkCount('balance', 'seed', seed)
  return Object.freeze({
    name: 'balance',
    args: {
      classFunc,
      ...(numClasses === undefined ? {} : { numClasses }),
      ...(seed === undefined ? {} : { seed }),
    },
    tuning: ['classFunc'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => {
      const key = foldIn(seed === undefined ? context.key : keyOf(seed), context.epoch)
      const classOf = new ClassFunction(classFunc, numClasses ?? Infinity, context)
      return new BalanceCursor(upstream, classOf, key, numClasses ?? 0, state)
    },
  } satisfies Stage<T, T>)
}

interface BalanceState {
  /** Pairs of a class and how often it was seen. */
  readonly seen: readonly (readonly [number, number])[]
}

class BalanceCursor<T> extends SiftCursor<T> {
  readonly #classOf: ClassFunction<T>
  readonly #key: RandomKey
  readonly #seen: Map<number, number>
  /** How often the rarest class was seen, and how many classes were seen just so often. */
  #least = 0
  #rarest = 0

  constructor(upstream: Upstream<T>, classOf: ClassFunction<T>, key: RandomKey, numClasses: number, state?: State) {
    super(upstream, state)
    const { seen } = (state ?? {}) as Partial<BalanceState>
    this.#classOf = classOf
    this.#key = key
    this.#seen = new Map(seen ?? Array.from({ length: numClasses }, (_, i) => [i, 0]))
    this.#findLeast()
  }

  protected override keeps(element: T, index: number): boolean | Promise<boolean> {
    const found = this.#classOf.call(element, index)
    return typeof found === 'number' ? this.#draw(found, index) : found.then((one) => this.#draw(one, index))
  }

  override state(): State {
    return { ...super.state(), seen: [...this.#seen] }
  }

  #draw(found: number, index: number): boolean {
    const before = this.#seen.get(found)
    const times = (before ?? 0) + 1
    this.#seen.set(found, times)
    if (before === undefined) this.#findLeast()
    else if (before === this.#least && --this.#rarest === 0) this.#findLeast()
    return times <= this.#least || randomUnit(this.#key, index) * (times + 1) < this.#least + 1
  }

  #findLeast(): void {
    this.#least = Infinity
    this.#rarest = 0
    for (const times of this.#seen.values()) this.#least = Math.min(this.#least, times)
    for (const times of this.#seen.values()) if (times === this.#least) this.#rarest++
  }
}
