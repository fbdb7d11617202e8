import { checkBoolean, checkCount, checkFunction, checkOptions } from '../core/checks.ts'
import { after, closeAll, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { InnerDatasets, type InnerDataset } from '../core/innerDatasets.ts'
import { notAhead, ReadAhead, type ReadAheadState } from '../core/readAhead.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import type { Spec } from '../core/spec.ts'
import type { Source, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { ElementFunction } from '../core/userFunction.ts'
import { ParallelInterleaveCursor } from './parallelInterleave.ts'

/** Options of `interleave`. */
export interface InterleaveOptions {
  /**
   * Datasets that are open at once; 8 by default. (In TensorFlow the number of processors, so that the order is another on
   * another machine.)
   */
  readonly cycleLength?: number
  /** Consecutive elements taken from one of them before it is the next one's turn; 1 by default. */
  readonly blockLength?: number
  /** Pulls of async inner datasets in flight at once, or AUTOTUNE; 1 by default, which reads nothing ahead. */
  readonly numParallelCalls?: number
  /** Whether the order is kept, also where another dataset is ready first; true by default. */
  readonly deterministic?: boolean
  /**
   * Elements that are read ahead while the dataset whose turn it is is waited for, of all of them together, with several
   * pulls in flight; 256 by default.
   */
  readonly reorderWindow?: number
  /** Spec of the elements of the datasets that the function returns; unknown by default. */
  readonly outputSignature?: Spec
}

const defaultCycleLength = 8
const defaultReorderWindow = 256
const pulls = { min: 1, autotune: true }

/**
 * Makes a dataset of each element, and takes the elements of `cycleLength` of them in turn, `blockLength` at a time
 * (`tf.data.Dataset.interleave`).
 *
 * In: elements, and `{ rng, index, epoch }` as second argument of the function, which returns a Dataset or a promise of
 * one. Out: the elements of those datasets, in TensorFlow's order: one that ends gives up its turn, and the next is opened
 * when the turn comes round again. With `numParallelCalls` above 1 the open datasets are read ahead, a block each, which
 * changes the speed and not the order, unless `deterministic` is false; of interleaves nested in each other only the outer
 * ones do, where more than 64 would be open. Length: unknown, but 0 of 0. Saved: the
 * elements being expanded by their indices, and the place in the dataset of each; restoring reads those elements again, and
 * calls the function again with the same indices.
 *
 * @example
 * Dataset.range(3).interleave((x) => Dataset.range(10 * x, 10 * x + 3), { cycleLength: 2 }) // 0, 10, 1, 11, 2, 12, 20, 21, 22
 * @throws InvalidArgumentError where the function returns no Dataset, with the element's index
 */
export function interleave<T, R>(fn: ElementFunction<T, Source<R>>, options: InterleaveOptions = {}): Stage<T, R> {
  checkFunction('interleave', 'fn', fn)
  checkOptions('interleave', options, [
    'cycleLength',
    'blockLength',
    'numParallelCalls',
    'deterministic',
    'reorderWindow',
    'outputSignature',
  ])
  const { outputSignature } = options
  const cycleLength = checkCount('interleave', 'cycleLength', options.cycleLength ?? defaultCycleLength, { min: 1 })
  const blockLength = checkCount('interleave', 'blockLength', options.blockLength ?? 1, { min: 1 })
  const numParallelCalls = checkCount('interleave', 'numParallelCalls', options.numParallelCalls ?? 1, pulls)
  const deterministic = checkBoolean('interleave', 'deterministic', options.deterministic ?? true)
  const window = options.reorderWindow ?? defaultReorderWindow
  const reorderWindow = checkCount('interleave', 'reorderWindow', window, { min: 1 })
  const parallel = numParallelCalls !== 1
  const inFlight = { numParallelCalls, deterministic, reorderWindow }
  return Object.freeze({
    name: 'interleave',
    args: { fn, cycleLength, blockLength, ...(parallel ? inFlight : {}) },
    tuning: ['fn', 'numParallelCalls', 'deterministic', 'reorderWindow'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: () => outputSignature,
    open: ([upstream], context, state) =>
      parallel && mayReadAhead(cycleLength, context)
        ? new ParallelInterleaveCursor(upstream, fn, { cycleLength, blockLength, ...inFlight }, context, state)
        : new InterleaveCursor(upstream, fn, cycleLength, blockLength, context, state),
  } satisfies Stage<T, R>)
}

/** Datasets that are open at once through interleaves nested in each other, where all of them read ahead. */
const mostNested = 64

/**
 * Whether an interleave may open datasets before their turn. One that is nested in itself opens `cycleLength` in each of
 * `cycleLength`, and so on: a recursion would open more than there is memory for before it is deep enough to be refused.
 * Where too many would be open, the outer ones alone read ahead, in the same order.
 */
function mayReadAhead(cycleLength: number, { path, within = '' }: StageContext): boolean {
  if (within === '') return true
  const own = `${path.slice(within.length + ' > '.length)}[`
  const nested = within.split(' > ').filter((level) => level.startsWith(own)).length
  return nested === 0 || cycleLength ** (nested + 1) <= mostNested
}

/** The place in one inner dataset. */
export interface InnerState extends ReadAheadState {
  /** Index of the element that it was made of. */
  readonly index: number
}

/** The same for a serial and a parallel cursor, each of which goes on from the other's. */
export interface InterleaveState {
  /** The input, with the elements being expanded held. */
  readonly input: State
  /** Whose turn it is. */
  readonly turn: number
  /** Elements that it delivered in this turn. */
  readonly taken: number
  /** The datasets that have a place in the cycle. */
  readonly open: readonly (InnerState & { readonly place: number })[]
  /** Those that were opened before their place was free. */
  readonly ahead: readonly InnerState[]
}

interface Inner<R> {
  readonly index: number
  readonly cursor: Cursor<R>
}

class InterleaveCursor<T, R> implements Cursor<R> {
  readonly #inputs: InnerDatasets<T, R>
  readonly #cycleLength: number
  readonly #blockLength: number
  /** By place in the cycle; as long as places were filled. */
  readonly #places: (Inner<R> | undefined)[] = []
  readonly #ahead: Inner<R>[] = []
  #restoring: InterleaveState | undefined
  #turn = 0
  #taken = 0
  #open = 0
  #inputEnded = false
  #closed = false

  constructor(
    upstream: Upstream<T>,
    fn: ElementFunction<T, Source<R>>,
    cycleLength: number,
    blockLength: number,
    context: StageContext,
    state?: State,
  ) {
    this.#restoring = state as unknown as InterleaveState | undefined
    this.#inputs = new InnerDatasets(upstream, fn, context, this.#restoring?.input)
    this.#cycleLength = cycleLength
    this.#blockLength = blockLength
  }

  next(): Pull<R> {
    const inner = this.#places[this.#turn]
    if (inner === undefined) return this.#search(AGAIN)
    const element = inner.cursor.next()
    if (element instanceof Promise || isEnd(element)) return this.#search(this.#settle(element))
    if (++this.#taken === this.#blockLength) this.#pass()
    return element
  }

  skip(count: number): number | Promise<number> {
    let skipped = 0
    const step = (): Step<number> => {
      const inner = this.#places[this.#turn]
      if (inner === undefined) return after(this.#fill(), (more) => (more ? AGAIN : skipped))
      const wanted = Math.min(count - skipped, this.#blockLength - this.#taken)
      const passed = after(skipElements(inner.cursor, wanted), (some) => this.#passOver(some, wanted))
      return after(passed, (some) => ((skipped += some) === count ? skipped : AGAIN))
    }
    return count === 0 ? 0 : search(step(), step)
  }

  state() {
    if (this.#restoring !== undefined) return { ...this.#restoring } as unknown as State
    const place = ({ index, cursor }: Inner<R>) => ({ index, ...notAhead(cursor.state()) })
    return {
      input: this.#inputs.state(),
      turn: this.#turn,
      taken: this.#taken,
      open: this.#places.flatMap((inner, i) => (inner === undefined ? [] : [{ place: i, ...place(inner) }])),
      ahead: this.#ahead.map(place),
    }
  }

  close(): void | Promise<void> {
    this.#closed = true
    const inner = [...this.#places, ...this.#ahead].flatMap((one) => (one === undefined ? [] : [one.cursor]))
    return closeAll([...inner, this.#inputs])
  }

  #search(found: Step<R | typeof END>): Pull<R> {
    return search(found, () => this.#step())
  }

  #step(): Step<R | typeof END> {
    const inner = this.#places[this.#turn]
    if (inner === undefined) return after(this.#fill(), (more) => (more ? AGAIN : END))
    return this.#settle(inner.cursor.next())
  }

  #settle(element: Pull<R>): Step<R | typeof END> {
    return element instanceof Promise ? element.then((settled) => this.#deliver(settled)) : this.#deliver(element)
  }

  #deliver(element: R | typeof END): Step<R> {
    if (isEnd(element)) return after(this.#leave(), () => AGAIN)
    if (++this.#taken === this.#blockLength) this.#pass()
    return element
  }

  /** Counts elements passed over in this turn; fewer than wanted at the end of the dataset. */
  #passOver(passed: number, wanted: number): number | Promise<number> {
    this.#taken += passed
    if (passed < wanted) return after(this.#leave(), () => passed)
    if (this.#taken === this.#blockLength) this.#pass()
    return passed
  }

  /** Hands the turn on. Places that were never filled stay empty once the input ended. */
  #pass(): void {
    this.#taken = 0
    this.#turn++
    if (this.#turn >= (this.#inputEnded ? this.#places.length : this.#cycleLength)) this.#turn = 0
  }

  /** Fills the place whose turn it is, or hands the turn on; says whether there is more to come. */
  #fill(): boolean | Promise<boolean> {
    if (this.#closed) return false
    if (this.#restoring !== undefined) return this.#restore(this.#restoring)
    const ahead = this.#ahead.shift()
    if (ahead !== undefined) return this.#put(ahead)
    if (this.#inputEnded) {
      this.#pass()
      return this.#open > 0
    }
    const inner = this.#inputs.next()
    return inner instanceof Promise ? inner.then((settled) => this.#place(settled)) : this.#place(inner)
  }

  #place(inner: InnerDataset<R> | typeof END): boolean {
    if (this.#closed) return false
    if (!isEnd(inner)) return this.#put({ index: inner.index, cursor: inner.upstream.open() })
    this.#inputEnded = true
    this.#pass()
    return this.#open > 0
  }

  #put(inner: Inner<R>): boolean {
    this.#places[this.#turn] = inner
    this.#open++
    return true
  }

  /** Lets the dataset whose turn it is go, once it ended. */
  #leave(): void | Promise<void> {
    const finished = this.#places[this.#turn]
    this.#places[this.#turn] = undefined
    this.#open--
    if (finished !== undefined) this.#inputs.release(finished.index)
    this.#pass()
    return finished?.cursor.close()
  }

  async #restore(state: InterleaveState): Promise<boolean> {
    const datasets = await this.#inputs.restore()
    if (this.#closed) return false
    const reopen = async (saved: InnerState, keep: (inner: Inner<R>) => void) => {
      const inner = datasets.get(saved.index)
      if (inner === undefined) return
      const source = new ReadAhead(inner.upstream, saved)
      keep({ index: saved.index, cursor: source.cursor })
      await source.catchUp()
    }
    for (const saved of state.open) {
      await reopen(saved, (inner) => {
        while (this.#places.length < saved.place) this.#places.push(undefined)
        this.#places[saved.place] = inner
        this.#open++
      })
    }
    for (const saved of state.ahead) await reopen(saved, (inner) => this.#ahead.push(inner))
    this.#turn = state.turn
    this.#taken = state.taken
    this.#restoring = undefined
    return true
  }
}
