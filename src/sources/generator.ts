import { checkOptions, locateError, wrongArgument } from '../core/checks.ts'
import { END, isEnd, isThenable, type Cursor, type Pull } from '../core/cursor.ts'
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { keep } from '../core/lease.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage, StageContext } from '../core/stage.ts'
import { elementDigest } from '../ndarray/elementDigest.ts'
import type { State } from '../core/state.ts'

/** What a generator function is told about the pass it makes. */
export interface GeneratorContext {
  /** Zero-based number of the pass over the data. */
  readonly epoch: number
  /** Aborted when the iteration ends early: stop waiting for whatever is waited for. */
  readonly signal: AbortSignal
}

/** Anything that gives elements one after the other: web and Node streams, generators and collections are all iterable. */
export type AnyIterable<T> = (Iterable<T | PromiseLike<T>> | AsyncIterable<T>) & object

/** Options of `fromGenerator`. */
export interface GeneratorOptions {
  /** Spec of one element, which decides the dtype of plain numbers; unknown by default. */
  readonly outputSignature?: Spec
}

/**
 * The elements of any sync or async iterable, web stream or Node stream, or of a function that returns one
 * (`tf.data.Dataset.from_generator`).
 *
 * A function is called anew for each pass; an iterable is asked for a new iterator. A stream or a generator object can
 * be read once only, and says so at the second pass. Length: unknown, but that of an array. Saved: the position; a
 * restored pass reads and drops what came before.
 *
 * @example
 * Dataset.fromGenerator(function* () { yield 1; yield 2 }) // 1, 2
 * Dataset.fromGenerator(() => Readable.from(['a', 'b'])) // 'a', 'b'
 * @throws FailedPreconditionError at the second pass over what can be read once
 */
export function fromGenerator<T>(
  input: AnyIterable<T> | ((context: GeneratorContext) => AnyIterable<T>),
  options: GeneratorOptions = {},
): Stage<never, T> {
  checkOptions('fromGenerator', options, ['outputSignature'])
  if (typeof input !== 'function' && !isIterable(input)) {
    throw wrongArgument('fromGenerator', 'input', 'an iterable, a stream, or a function that returns one', input)
  }
  let used = false
  const start = (context: StageContext): Reading<T> => {
    const iterable = typeof input === 'function' ? call(input, context) : input
    if (!isIterable(iterable)) throw wrongArgument('fromGenerator', 'what input() returns', 'an iterable', iterable)
    const reading = read(iterable)
    if (typeof input !== 'function' && isReadOnce(iterable, reading.iterator)) {
      if (used) throw readTwice(context.path)
      used = true
    }
    return reading
  }
  return Object.freeze({
    name: 'fromGenerator',
    args: {},
    identity: () =>
      typeof input === 'function' ? String(input) : (Array.isArray(input) && elementDigest(input)) || '',
    cardinality: () => (Array.isArray(input) ? input.length : undefined),
    spec: () => options.outputSignature,
    open: (_inputs, context, state) => new GeneratorCursor(start, context, state as GeneratorState | undefined),
  } satisfies Stage<never, T>)
}

interface GeneratorState extends State {
  readonly position: number
  /** Whether the iterator threw: nothing comes after that. */
  readonly failed: boolean
}

/** An iterator at work. */
type Reading<T> =
  | { readonly kind: 'sync'; readonly iterator: Iterator<T | PromiseLike<T>>; readonly iterable: Iterable<unknown> }
  | { readonly kind: 'async'; readonly iterator: AsyncIterator<T>; readonly iterable: AsyncIterable<unknown> }

class GeneratorCursor<T> implements Cursor<T> {
  readonly #start: (context: StageContext) => Reading<T>
  readonly #context: StageContext
  /** Undefined before the first pull, and once the iterator is done: then there is nothing to return from. */
  #reading: Reading<T> | undefined
  #position = 0
  #toSkip: number
  #ended = false
  #failed = false
  #waiting = false

  constructor(start: (context: StageContext) => Reading<T>, context: StageContext, state: GeneratorState | undefined) {
    this.#start = start
    this.#context = context
    this.#toSkip = state?.position ?? 0
    this.#failed = state?.failed ?? false
  }

  next(): Pull<T> {
    if (this.#failed) return END
    if (this.#toSkip > 0) return this.#catchUp()
    const value = this.#pull()
    return value instanceof Promise ? value.then((settled) => this.#deliver(settled)) : this.#deliver(value)
  }

  state() {
    return { position: this.#position + this.#toSkip, failed: this.#failed }
  }

  close(): void | Promise<void> {
    const reading = this.#reading
    this.#end()
    if (reading === undefined) return
    const { iterator, iterable } = reading
    // A generator that waits for something runs its return() only after that; a stream is told at once.
    if (this.#waiting) (iterable as { destroy?: () => void }).destroy?.()
    const returned: unknown = iterator.return?.()
    if (!isThenable(returned)) return
    const closed = Promise.resolve(returned).then(() => undefined)
    if (!this.#waiting) return closed
    closed.catch(() => undefined)
  }

  /** Drops what was delivered before; a promise among it that rejects was reported then. */
  async #catchUp(): Promise<T | typeof END> {
    for (; this.#toSkip > 0; this.#toSkip--) {
      try {
        if (!isEnd(await this.#pull())) this.#position++
      } catch (error) {
        this.#throwIfEnded(error)
      }
    }
    return this.#deliver(await this.#pull())
  }

  #throwIfEnded(error: unknown): void {
    if (this.#ended) throw error
  }

  /** The next value of the iterator, whatever it is; a promise where it, or the value it yields, is one. */
  #pull(): Pull<T> {
    if (this.#ended) return END
    const reading = (this.#reading ??= this.#begin())
    try {
      if (reading.kind === 'async') return this.#wait(Promise.resolve(reading.iterator.next()))
      const result = reading.iterator.next()
      if (result.done === true) return this.#end()
      return isThenable(result.value) ? this.#waitForValue(result.value) : result.value
    } catch (error) {
      throw this.#fail(error)
    }
  }

  #begin(): Reading<T> {
    try {
      return this.#start(this.#context)
    } catch (error) {
      this.#end()
      this.#failed = true
      throw error
    }
  }

  async #wait(pending: Promise<IteratorResult<T>>): Promise<T | typeof END> {
    this.#waiting = true
    try {
      const result = await pending
      return result.done === true ? this.#end() : result.value
    } catch (error) {
      throw this.#fail(error)
    } finally {
      this.#waiting = false
    }
  }

  /** A promise that a sync iterator yields: where it rejects, the iterator goes on all the same. */
  async #waitForValue(pending: PromiseLike<T>): Promise<T> {
    this.#waiting = true
    try {
      return await pending
    } catch (error) {
      throw this.#located(error)
    } finally {
      this.#waiting = false
    }
  }

  #deliver(value: T | typeof END): T | typeof END {
    if (isEnd(value)) return END
    const index = this.#position++
    keep(value)
    if (value !== undefined) return value
    const { path } = this.#context
    throw new InvalidArgumentError(`${path}: element ${index} is undefined.`, {
      path,
      index,
      hint: 'Give null for what is missing, or leave it out.',
    })
  }

  #fail(error: unknown): Error {
    this.#end()
    this.#failed = true
    return this.#located(error)
  }

  #located(error: unknown): Error {
    return locateError(error, this.#context.path, this.#position++, 'reading failed')
  }

  #end(): typeof END {
    this.#ended = true
    this.#reading = undefined
    return END
  }
}

function isIterable(value: unknown): value is AnyIterable<never> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
}

function call<T>(input: (context: GeneratorContext) => AnyIterable<T>, context: StageContext): AnyIterable<T> {
  const { epoch, signal, path } = context
  try {
    return input({ epoch, signal })
  } catch (error) {
    throw locateError(error, path, 0)
  }
}

function read<T>(iterable: AnyIterable<T>): Reading<T> {
  return Symbol.asyncIterator in iterable
    ? { kind: 'async', iterator: iterable[Symbol.asyncIterator](), iterable }
    : { kind: 'sync', iterator: iterable[Symbol.iterator](), iterable }
}

/** Generator objects are their own iterators; Node and web streams are known by their methods (IxJS pipes as well). */
function isReadOnce(iterable: AnyIterable<unknown>, iterator: unknown): boolean {
  return iterator === iterable || ('pipe' in iterable && 'on' in iterable) || 'getReader' in iterable
}

function readTwice(path: string): FailedPreconditionError {
  return new FailedPreconditionError(`${path}: this stream or generator was read already, and can be read once only.`, {
    path,
    hint: 'Give a function that makes a new one for each pass: fromGenerator(() => open()).',
  })
}
