import { locateError, returnedNothing } from './checks.ts'
import { isThenable } from './cursor.ts'
import { foldIn, Rng } from './random.ts'
import type { StageContext } from './stage.ts'

/** What a user's function is told beside its element. */
export interface ElementContext {
  /** Zero-based index of the element at this operation, in this pass. */
  readonly index: number
  /** Zero-based number of the pass over the data. */
  readonly epoch: number
  /** Random numbers of this element alone: decided by the seed, the operation, the epoch and the index. */
  readonly rng: Rng
}

/**
 * A user's function from an element to a result, at once or by a promise. One that declares a single parameter is called
 * with the element alone: its context would be made for nothing.
 */
export type ElementFunction<T, R> = (element: T, context: ElementContext) => R | PromiseLike<R>

/**
 * A user's function as a stage calls it: what it throws is located, a forgotten return is an error, and any thenable
 * becomes a real promise.
 *
 * `call` does it all. A stage that counts nanoseconds makes the call itself and uses the parts: V8 inlines a function at
 * a place that has called no other, and every stage passes through `call`.
 */
export class UserFunction<T, R> {
  readonly #fn: ElementFunction<T, R>
  readonly #context: StageContext
  readonly #wantsContext: boolean

  constructor(fn: ElementFunction<T, R>, context: StageContext) {
    this.#fn = fn
    this.#context = context
    this.#wantsContext = fn.length !== 1
  }

  call(element: T, index: number): R | Promise<R> {
    let result
    try {
      result = this.#fn(element, this.contextOf(index))
    } catch (error) {
      throw this.located(error, index)
    }
    return this.settle(result, index)
  }

  /** The second argument for the element, which a function of one parameter goes without. */
  contextOf(index: number): ElementContext {
    return this.#wantsContext ? new LazyContext(this.#context, index) : (undefined as never)
  }

  /** What the function returned, once it is checked; a real promise where it is a thenable. */
  settle(result: R | PromiseLike<R>, index: number): R | Promise<R> {
    if (!isThenable(result)) return this.#check(result, index)
    return Promise.resolve(result).then(
      (value) => this.#check(value, index),
      (error: unknown) => {
        throw this.located(error, index)
      },
    )
  }

  /** The error for what the function threw. */
  located(thrown: unknown, index: number): Error {
    return locateError(thrown, this.#context.path, index)
  }

  #check(result: R, index: number): R {
    if (result !== undefined) return result
    throw returnedNothing(this.#context.path, index)
  }
}

/** Makes the generator only where a function asks for it. */
class LazyContext implements ElementContext {
  readonly index: number
  readonly #stage: StageContext
  #rng: Rng | undefined

  constructor(stage: StageContext, index: number) {
    this.#stage = stage
    this.index = index
  }

  get epoch(): number {
    return this.#stage.epoch
  }

  get rng(): Rng {
    this.#rng ??= new Rng(foldIn(foldIn(this.#stage.key, this.epoch), this.index))
    return this.#rng
  }
}
