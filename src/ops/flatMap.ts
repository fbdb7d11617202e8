import { checkFunction, checkOptions } from '../core/checks.ts'
import { after, closeAll, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { InnerDatasets, type InnerDataset } from '../core/innerDatasets.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import type { Spec } from '../core/spec.ts'
import type { Source, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { ElementFunction } from '../core/userFunction.ts'

/** Options of `flatMap`. */
export interface FlatMapOptions {
  /** Spec of the elements of the datasets that the function returns; unknown by default. */
  readonly outputSignature?: Spec
}

/**
 * Makes a dataset of each element, and gives their elements one dataset after the other
 * (`tf.data.Dataset.flat_map`).
 *
 * In: elements, and `{ rng, index, epoch }` as second argument of the function, which returns a Dataset or a promise of
 * one. Out: the elements of those datasets, in order. Length: unknown, but 0 of 0. Elements that a `skip` passes over are
 * not made where the inner dataset can pass over them. Saved: which element is being expanded, and the place in its
 * dataset; restoring reads that element again, and calls the function again with the same index.
 *
 * @example
 * Dataset.range(4).flatMap((n) => Dataset.range(n)) // 0, 0, 1, 0, 1, 2
 * @throws InvalidArgumentError where the function returns no Dataset, with the element's index
 */
export function flatMap<T, R>(fn: ElementFunction<T, Source<R>>, options: FlatMapOptions = {}): Stage<T, R> {
  checkFunction('flatMap', 'fn', fn)
  checkOptions('flatMap', options, ['outputSignature'])
  const { outputSignature } = options
  return Object.freeze({
    name: 'flatMap',
    args: { fn },
    tuning: ['fn'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: () => outputSignature,
    open: ([upstream], context, state) => new FlatMapCursor(upstream, fn, context, state),
  } satisfies Stage<T, R>)
}

interface FlatMapState {
  /** The input, with the element being expanded held. */
  readonly input: State
  /** The place in the dataset made of it; null between two. */
  readonly inner: State | null
}

class FlatMapCursor<T, R> implements Cursor<R> {
  readonly #inputs: InnerDatasets<T, R>
  #restoring: FlatMapState | undefined
  #inner: Cursor<R> | undefined
  #index = 0
  #closed = false

  constructor(upstream: Upstream<T>, fn: ElementFunction<T, Source<R>>, context: StageContext, state?: State) {
    this.#restoring = state as FlatMapState | undefined
    this.#inputs = new InnerDatasets(upstream, fn, context, this.#restoring?.input)
  }

  next(): Pull<R> {
    if (this.#inner === undefined) return this.#search(AGAIN)
    const element = this.#inner.next()
    return element instanceof Promise || isEnd(element) ? this.#search(this.#settle(element)) : element
  }

  skip(count: number): number | Promise<number> {
    let skipped = 0
    const step = (): Step<number> => {
      if (this.#inner === undefined) return after(this.#openNext(), (more) => (more ? AGAIN : skipped))
      return after<number, number | typeof AGAIN>(skipElements(this.#inner, count - skipped), (passed) => {
        skipped += passed
        return skipped === count ? skipped : after(this.#leave(), () => AGAIN)
      })
    }
    return search(step(), step)
  }

  state() {
    if (this.#restoring !== undefined) return { input: this.#restoring.input, inner: this.#restoring.inner }
    return { input: this.#inputs.state(), inner: this.#inner?.state() ?? null }
  }

  close(): void | Promise<void> {
    this.#closed = true
    return closeAll(this.#inner === undefined ? [this.#inputs] : [this.#inner, this.#inputs])
  }

  #search(found: Step<R | typeof END>): Pull<R> {
    return search(found, () => this.#step())
  }

  #step(): Step<R | typeof END> {
    if (this.#inner === undefined) return after(this.#openNext(), (more) => (more ? AGAIN : END))
    return this.#settle(this.#inner.next())
  }

  #settle(element: Pull<R>): Step<R | typeof END> {
    return element instanceof Promise ? element.then((settled) => this.#deliver(settled)) : this.#deliver(element)
  }

  #deliver(element: R | typeof END): Step<R> {
    return isEnd(element) ? after(this.#leave(), () => AGAIN) : element
  }

  /** Opens the next inner dataset; says whether there was one. */
  #openNext(): boolean | Promise<boolean> {
    if (this.#closed) return false
    if (this.#restoring !== undefined) return this.#restore(this.#restoring)
    const inner = this.#inputs.next()
    return inner instanceof Promise ? inner.then((settled) => this.#open(settled)) : this.#open(inner)
  }

  #open(inner: InnerDataset<R> | typeof END, state?: State): boolean {
    if (isEnd(inner) || this.#closed) return false
    this.#index = inner.index
    this.#inner = inner.upstream.open(state)
    return true
  }

  async #restore(state: FlatMapState): Promise<boolean> {
    const inner = [...(await this.#inputs.restore()).values()].at(0)
    this.#restoring = undefined
    if (inner !== undefined) return this.#open(inner, state.inner ?? undefined)
    return this.#openNext()
  }

  /** Lets the inner dataset go, once it ended. */
  #leave(): void | Promise<void> {
    const finished = this.#inner
    this.#inner = undefined
    if (finished !== undefined) this.#inputs.release(this.#index)
    return finished?.close()
  }
}
