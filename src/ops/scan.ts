import { checkAs, checkFunction, checkOptions, locateError, returnedNothing } from '../core/checks.ts'
import { END, isEnd, isThenable, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { UserFunction, type ElementContext } from '../core/userFunction.ts'
import { decodeElement, encodeElement } from '../ndarray/elementBytes.ts'
import { describe } from '../ndarray/ndarray.ts'

/** Options of `scan`. */
export interface ScanOptions {
  /** Spec of what the function gives out, which decides the dtype of plain numbers; unknown by default. */
  readonly outputSignature?: Spec
}

/** A user's function from the state so far and an element to the new state and what is given out. */
export type ScanFunction<S, T, R> = (
  state: S,
  element: T,
  context: ElementContext,
) => readonly [newState: S, output: R] | PromiseLike<readonly [newState: S, output: R]>

/**
 * Carries a state from element to element (`tf.data.Dataset.scan`).
 *
 * In: elements, and `{ rng, index, epoch }` as third argument of the function, which returns `[newState, output]` or a
 * promise of it. Out: the outputs. Length: unchanged. Order: kept; the calls are made one after the other. The state is
 * whatever an element may be; each pass begins with a copy of `initialState`. Where the function fails, the state stays as
 * it was. Saved: the index, the state as bytes in base64, and the upstream.
 *
 * @example
 * Dataset.range(1, 5).scan(0, (sum, x) => [sum + x, sum + x]) // 1, 3, 6, 10
 * @throws UnknownError where the function throws, with the element's index; a named error keeps its class
 */
export function scan<S, T, R>(initialState: S, fn: ScanFunction<S, T, R>, options: ScanOptions = {}): Stage<T, R> {
  checkFunction('scan', 'fn', fn)
  checkOptions('scan', options, ['outputSignature'])
  const { outputSignature } = options
  const initial = checkAs('scan: initialState', () => encodeElement(initialState))
  return Object.freeze({
    name: 'scan',
    args: { fn },
    tuning: ['fn'],
    cardinality: ([length]) => length,
    spec: () => outputSignature,
    open: ([upstream], context, state) => new ScanCursor(upstream, initial, fn, context, state),
  } satisfies Stage<T, R>)
}

interface ScanState {
  readonly index: number
  /** The state carried, as bytes in base64. */
  readonly carried: string
  readonly upstream: State
}

class ScanCursor<S, T, R> implements Cursor<R> {
  readonly #upstream: Cursor<T>
  readonly #call: ScanFunction<S, T, R>
  /** Makes the third argument, where the function declares one. */
  readonly #contexts: UserFunction<T, never> | undefined
  readonly #path: string
  #carried: S
  #index: number

  constructor(
    upstream: Upstream<T>,
    initial: Uint8Array,
    fn: ScanFunction<S, T, R>,
    context: StageContext,
    state?: State,
  ) {
    const { index = 0, carried, upstream: inner } = (state ?? {}) as Partial<ScanState>
    this.#upstream = upstream.open(inner)
    this.#call = fn
    this.#contexts = fn.length === 2 ? undefined : new UserFunction(() => undefined as never, context)
    this.#path = context.path
    this.#carried = decodeElement(carried === undefined ? initial.slice() : bytesOf(carried)) as S
    this.#index = index
  }

  next(): Pull<R> {
    const element = this.#upstream.next()
    if (element instanceof Promise) return element.then((settled) => this.#apply(settled))
    return this.#apply(element)
  }

  state() {
    return { index: this.#index, carried: this.#encoded(), upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #apply(element: T | typeof END): Pull<R> {
    if (isEnd(element)) return END
    const index = this.#index++
    let result
    try {
      result = this.#call(this.#carried, element, this.#contexts?.contextOf(index) as ElementContext)
    } catch (error) {
      throw locateError(error, this.#path, index)
    }
    if (!isThenable(result)) return this.#carry(result, index)
    return Promise.resolve(result).then(
      (settled) => this.#carry(settled, index),
      (error: unknown) => {
        throw locateError(error, this.#path, index)
      },
    )
  }

  #carry(result: readonly [S, R], index: number): R {
    if (!isPair(result)) throw this.#notAPair(result, index)
    this.#carried = result[0]
    return result[1]
  }

  #notAPair(result: unknown, index: number): InvalidArgumentError {
    if (result === undefined) return returnedNothing(this.#path, index)
    const got = Array.isArray(result) && result.length === 2 ? 'one of them undefined' : describe(result)
    return new InvalidArgumentError(
      `${this.#path}: the function must return [newState, output], got ${got} for element ${index}.`,
      { path: this.#path, index },
    )
  }

  #encoded(): string {
    try {
      return Buffer.from(encodeElement(this.#carried)).toString('base64')
    } catch (error) {
      throw locateError(error, this.#path, this.#index - 1, 'the state cannot be saved: what the function returned')
    }
  }
}

function isPair(result: unknown): boolean {
  return Array.isArray(result) && result.length === 2 && result[0] !== undefined && result[1] !== undefined
}

/** Bytes of their own, so that arrays in them lie as their types need it. */
function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'))
}
