import { checkCount, checkFunction, checkOptions, wrongArgument } from '../core/checks.ts'
import { ClassFunction } from '../core/classFunction.ts'
import { after, closeAll, END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { foldIn, keyOf, randomUnit, type RandomKey } from '../core/random.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { ElementFunction } from '../core/userFunction.ts'

/** Options of `rejectionResample`. */
export interface ResampleOptions<T> {
  /** The class of an element: a whole number from 0, at once or by a promise. */
  readonly classFunc: ElementFunction<T, number>
  /** The share of each class that is wanted, in any scale. */
  readonly targetDist: readonly number[]
  /** The share of each class in the data, in any scale; by default it is estimated from what was read. */
  readonly initialDist?: readonly number[]
  /** Decides what is kept, with the epoch; by default the pipeline's seed and the place in it do. */
  readonly seed?: number
}

/**
 * Leaves elements out, or repeats them, until the classes have the shares wanted
 * (`tf.data.Dataset.rejection_resample`).
 *
 * With r the ratio of wanted to present share of each class, least and most its extremes: each element given is with
 * probability `least` the next of one pass over the data, and otherwise the next of a second pass that is accepted, which
 * has the probability (r - least) / (most - least). All ends with the first pass that does. Without `initialDist`, the
 * present shares are estimated from the elements read, one after the other, counting 10 of each class beforehand. The
 * input is opened twice, so a stream that can be read once cannot be resampled; where one pass is enough, it is opened
 * once.
 *
 * Out: pairs of a class and an element. Length: unknown, but unchanged where `initialDist` is as wanted. Order: that of
 * either pass. Saved: the draws, the counts, and both passes.
 *
 * @example
 * Dataset.range(6).rejectionResample({ classFunc: (x) => x % 2, targetDist: [0, 1], initialDist: [1, 1] }) // [1, 1], [1, 3], [1, 5]
 * @throws InvalidArgumentError where a class is no whole number in its range, with the element's index
 */
export function rejectionResample<T>(options: ResampleOptions<T>): Stage<T, [number, T]> {
  checkOptions('rejectionResample', options, ['classFunc', 'targetDist', 'initialDist', 'seed'])
  const { classFunc, seed } = options
  checkFunction('rejectionResample', 'classFunc', classFunc)
  const target = shares('targetDist', options.targetDist)
  const initial =
    options.initialDist === undefined ? undefined : shares('initialDist', options.initialDist, target.length)
  if (seed !== undefined) checkCount('rejectionResample', 'seed', seed)
  const fixed = initial === undefined ? undefined : rejection(target, initial)
  return Object.freeze({
    name: 'rejectionResample',
    args: {
      classFunc,
      targetDist: options.targetDist,
      ...(initial === undefined ? {} : { initialDist: options.initialDist }),
      ...(seed === undefined ? {} : { seed }),
    },
    tuning: ['classFunc'],
    cardinality: ([length]) => (length === 0 || fixed?.mixing === 1 ? length : undefined),
    spec: ([spec]) => (spec === undefined ? undefined : [new TensorSpec([], 'int32'), spec]),
    open: ([upstream], context, state) => {
      const key = foldIn(seed === undefined ? context.key : keyOf(seed), context.epoch)
      const classOf = new ClassFunction(classFunc, target.length, context)
      return new ResampleCursor(upstream, classOf, { target, fixed, key }, state)
    },
  } satisfies Stage<T, [number, T]>)
}

/** How to come from one distribution to another. */
interface Rejection {
  /** Probability that an element is taken as it comes. */
  readonly mixing: number
  /** For each class, the probability that an element is accepted otherwise. */
  readonly acceptance: readonly number[]
}

interface Resampling {
  readonly target: readonly number[]
  /** Undefined where it follows from the elements read. */
  readonly fixed: Rejection | undefined
  readonly key: RandomKey
}

/** How many of each class are counted beforehand when the shares are estimated: TensorFlow's number. */
const smoothing = 10

function rejection(target: readonly number[], initial: readonly number[]): Rejection {
  // A class that the data is said not to have decides nothing.
  const ratios = target.map((wanted, i) => (initial[i] > 0 ? wanted / initial[i] : undefined))
  const present = ratios.filter((ratio) => ratio !== undefined)
  const least = Math.min(...present)
  const most = Math.max(...present)
  if (most - least < 1e-12) return { mixing: 1, acceptance: ratios.map(() => 1) }
  const accepted = (ratio: number | undefined, i: number): number =>
    ratio === undefined ? Math.sign(target[i]) : (ratio - least) / (most - least)
  return { mixing: Math.min(least, 1), acceptance: ratios.map(accepted) }
}

/** A distribution that sums to 1. */
function shares(argument: string, value: unknown, length?: number): number[] {
  const fits = (share: unknown): boolean => typeof share === 'number' && share >= 0 && Number.isFinite(share)
  const given: readonly unknown[] = Array.isArray(value) ? value : []
  const numbers = given.filter((share): share is number => fits(share))
  const sum = numbers.reduce((total, share) => total + share, 0)
  const complete = numbers.length === given.length && (length === undefined || length === given.length)
  if (complete && sum > 0 && sum < Infinity) return numbers.map((share) => share / sum)
  const wanted = `a list of ${length === undefined ? '' : `${length} `}numbers of at least 0, not all 0`
  throw wrongArgument('rejectionResample', argument, wanted, value)
}

interface ResampleState {
  readonly draws: number
  readonly ended: boolean
  /** How often each class was read; null where the shares are given. */
  readonly counts: readonly number[] | null
  readonly original: PassState | null
  readonly filtered: PassState | null
}

interface PassState {
  readonly index: number
  readonly upstream: State
}

/** One of the two passes over the data. */
interface Pass<T> {
  readonly cursor: Cursor<T>
  /** Elements read. */
  index: number
}

class ResampleCursor<T> implements Cursor<[number, T]> {
  readonly #classOf: ClassFunction<T>
  readonly #target: readonly number[]
  readonly #drawKey: RandomKey
  readonly #acceptKey: RandomKey
  readonly #counts: number[] | undefined
  /** Left out where every element is taken from the other pass. */
  readonly #original: Pass<T> | undefined
  readonly #filtered: Pass<T> | undefined
  #rejection: Rejection | undefined
  #draws: number
  #ended: boolean

  constructor(upstream: Upstream<T>, classOf: ClassFunction<T>, { target, fixed, key }: Resampling, state?: State) {
    const { draws = 0, ended = false, counts, original, filtered } = (state ?? {}) as Partial<ResampleState>
    this.#classOf = classOf
    this.#target = target
    this.#drawKey = foldIn(key, 0)
    this.#acceptKey = foldIn(key, 1)
    this.#counts = fixed === undefined ? [...(counts ?? target.map(() => 0))] : undefined
    this.#rejection = fixed
    this.#draws = draws
    this.#ended = ended
    const mixes = fixed === undefined ? !target.includes(0) : fixed.mixing > 0
    if (mixes) this.#original = openPass(upstream, original)
    if (fixed?.mixing !== 1) this.#filtered = openPass(upstream, filtered)
  }

  next(): Pull<[number, T]> {
    if (this.#ended) return END
    const { mixing } = this.#current()
    const draw = this.#draws++
    const mixed = mixing === 1 || (mixing > 0 && randomUnit(this.#drawKey, draw) < mixing)
    const pass = (mixed ? this.#original : this.#filtered) as Pass<T>
    const found = this.#read(pass)
    return found === AGAIN || found instanceof Promise ? search(found, () => this.#read(pass)) : found
  }

  state() {
    return {
      draws: this.#draws,
      ended: this.#ended,
      counts: this.#counts === undefined ? null : [...this.#counts],
      original: stateOf(this.#original),
      filtered: stateOf(this.#filtered),
    }
  }

  close(): void | Promise<void> {
    return closeAll([this.#original, this.#filtered].flatMap((pass) => (pass === undefined ? [] : [pass.cursor])))
  }

  #read(pass: Pass<T>): Step<[number, T] | typeof END> {
    const element = pass.cursor.next()
    return element instanceof Promise ? element.then((one) => this.#classify(pass, one)) : this.#classify(pass, element)
  }

  #classify(pass: Pass<T>, element: T | typeof END): Step<[number, T] | typeof END> {
    if (isEnd(element)) {
      this.#ended = true
      return END
    }
    const index = pass.index++
    return after(this.#classOf.call(element, index), (found) => {
      this.#count(pass, found, index)
      const accepted = pass === this.#original || this.#accepts(found, index)
      return accepted ? ([found, element] as [number, T]) : AGAIN
    })
  }

  #accepts(found: number, index: number): boolean {
    return randomUnit(this.#acceptKey, index) < this.#current().acceptance[found]
  }

  /** Counts an element when the first of the passes reads it. */
  #count(pass: Pass<T>, found: number, index: number): void {
    const other = pass === this.#original ? this.#filtered : this.#original
    if (this.#counts === undefined || (other?.index ?? 0) > index) return
    this.#counts[found]++
    this.#rejection = undefined
  }

  #current(): Rejection {
    this.#rejection ??= rejection(this.#target, estimate(this.#counts ?? []))
    return this.#rejection
  }
}

/** The shares of the classes in what was read. */
function estimate(counts: readonly number[]): number[] {
  const read = counts.reduce((sum, count) => sum + count + smoothing, 0)
  return counts.map((count) => (count + smoothing) / read)
}

function openPass<T>(upstream: Upstream<T>, state: PassState | null | undefined): Pass<T> {
  return { cursor: upstream.open(state?.upstream), index: state?.index ?? 0 }
}

function stateOf<T>(pass: Pass<T> | undefined): { index: number; upstream: State } | null {
  return pass === undefined ? null : { index: pass.index, upstream: pass.cursor.state() }
}
