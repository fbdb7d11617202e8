import { checkBoolean, checkCount, checkFunction, checkOptions } from '../core/checks.ts'
import { after, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { UserFunction, type ElementFunction } from '../core/userFunction.ts'
import { isWorkerFunction, type WorkerFunction } from '../parallel/workerFunction.ts'
import { ParallelMapCursor } from './parallelMap.ts'
import { workerMap, workerOptionNames, type WorkerElementFunction, type WorkerMapOptions } from './workerMap.ts'

export type { WorkerElementFunction, WorkerMapOptions } from './workerMap.ts'

/** Options of `map`. */
export interface MapOptions {
  /** Calls of an async function in flight at once, or AUTOTUNE; 1 by default. */
  readonly numParallelCalls?: number
  /** Whether results keep the order of the elements, also where a later call is done first; true by default. */
  readonly deterministic?: boolean
  /**
   * Elements from the first that is waited for to the last that is called, with several calls in flight: so far may
   * calls go on while one is slow, whatever the number of calls. 2048 by default; results of 64 MiB beyond the number of
   * calls hold it back too.
   */
  readonly reorderWindow?: number
  /** Spec of what the function returns, which decides the dtype of plain numbers; unknown by default. */
  readonly outputSignature?: Spec
}

const defaultReorderWindow = 2048
const calls = { min: 1, autotune: true }

/**
 * Applies a function to each element (`tf.data.Dataset.map`).
 *
 * In: elements, and `{ rng, index, epoch }` as second argument. Out: what the function returns, or what its promise
 * resolves to. Length: unchanged. Order: kept, unless `deterministic` is false. Elements that a `skip` passes over are
 * not computed. Saved: the index, and the upstream.
 *
 * @example
 * Dataset.range(3).map((x) => x * 2) // 0, 2, 4
 * Dataset.range(3).map(async (x) => `file ${x}`, { numParallelCalls: 8 }) // 'file 0', 'file 1', 'file 2'
 * @throws UnknownError where the function throws, with the element's index; a named error keeps its class
 */
export function map<T, R>(fn: ElementFunction<T, R>, options?: MapOptions): Stage<T, R>
export function map<T, R, S, A extends readonly unknown[]>(
  fn: WorkerFunction<WorkerElementFunction<T, R, S>>,
  options?: WorkerMapOptions<S, A>,
): Stage<T, R>
export function map<T, R>(
  fn: ElementFunction<T, R> | WorkerFunction<WorkerElementFunction<T, R, unknown>>,
  options: MapOptions | WorkerMapOptions = {},
): Stage<T, R> {
  if (isWorkerFunction(fn)) return workerMap(fn, options)
  checkFunction('map', 'fn', fn)
  checkTravels(options)
  checkOptions('map', options, ['numParallelCalls', 'deterministic', 'reorderWindow', 'outputSignature'])
  const { outputSignature } = options
  const numParallelCalls = checkCount('map', 'numParallelCalls', options.numParallelCalls ?? 1, calls)
  const deterministic = checkBoolean('map', 'deterministic', options.deterministic ?? true)
  const reorderWindow = checkCount('map', 'reorderWindow', options.reorderWindow ?? defaultReorderWindow, { min: 1 })
  const parallel = numParallelCalls !== 1
  const inFlight = { numParallelCalls, deterministic, reorderWindow }
  return Object.freeze({
    name: 'map',
    args: parallel ? { fn, ...inFlight } : { fn },
    tuning: ['fn', 'numParallelCalls', 'deterministic', 'reorderWindow'],
    cardinality: ([length]) => length,
    spec: () => outputSignature,
    open: ([upstream], context, state) =>
      parallel || savedInFlight(state)
        ? new ParallelMapCursor(upstream, fn, inFlight, context, state)
        : new MapCursor(upstream, fn, context, state),
    hints: parallel ? {} : { maps: fn },
    randomAccess: ([upstream], context) => {
      const call = new UserFunction(fn, context)
      return mapRandomAccess(upstream, (input) => ({
        length: input.length,
        at: (index) => after(input.at(index), (element) => call.call(element, index)),
      }))
    },
  } satisfies Stage<T, R>)
}

/** Refuses the options of a map in workers where the function is one of this thread. */
function checkTravels(options: MapOptions | WorkerMapOptions): asserts options is MapOptions {
  const name = workerOptionNames.find((option) => Object.hasOwn(Object(options) as object, option))
  if (name === undefined) return
  throw new InvalidArgumentError(`map: a function of this thread cannot run in workers, but ${name} was given.`, {
    hint: "Export the function from a module and name it: map(workerFn(new URL('./file.js', import.meta.url), 'name')).",
  })
}

/** Whether calls were in flight when the state was saved, however many may be now. */
function savedInFlight(state: State | undefined): boolean {
  return state !== undefined && 'done' in state
}

interface MapState {
  readonly index: number
  readonly upstream: State
}

class MapCursor<T, R> implements Cursor<R> {
  readonly #upstream: Cursor<T>
  readonly #fn: UserFunction<T, R>
  readonly #call: ElementFunction<T, R>
  #index: number

  constructor(upstream: Upstream<T>, fn: ElementFunction<T, R>, context: StageContext, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<MapState>
    this.#upstream = upstream.open(inner)
    this.#fn = new UserFunction(fn, context)
    this.#call = fn
    this.#index = index
  }

  get exhausted(): boolean {
    return this.#upstream.exhausted === true
  }

  next(): Pull<R> {
    // Counted before the pull, for an element that fails upstream is counted too.
    const index = this.#index++
    const element = this.#upstream.next()
    if (element instanceof Promise) return element.then((settled) => this.#apply(settled, index))
    return this.#apply(element, index)
  }

  skip(count: number): number | Promise<number> {
    const skipped = skipElements(this.#upstream, count)
    if (skipped instanceof Promise) return skipped.then((settled) => this.#passed(settled))
    return this.#passed(skipped)
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #apply(element: T | typeof END, index: number): Pull<R> {
    if (isEnd(element)) {
      this.#index = index
      return END
    }
    let result
    try {
      result = this.#call(element, this.#fn.contextOf(index))
    } catch (error) {
      throw this.#fn.located(error, index)
    }
    return typeof result === 'object' || result === undefined ? this.#fn.settle(result, index) : result
  }

  #passed(skipped: number): number {
    this.#index += skipped
    return skipped
  }
}
