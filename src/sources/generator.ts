import { checkOptions, locateError, wrongArgument } from '../core/checks.ts'
import { END, isThenable, type Cursor, type Pull } from '../core/cursor.ts'
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage, StageContext } from '../core/stage.ts'

/** What a generator function is told about the pass it makes. */
export interface GeneratorContext {
  /** Zero-based number of the pass over the data. */
  readonly epoch: number
  /** Aborted when the iteration ends early: stop waiting for whatever is waited for. */
  readonly signal: AbortSignal
}

/** Anything that gives elements one after the other: web and Node streams, generators and collections are all iterable. */
export type AnyIterable<T> = Iterable<T | PromiseLike<T>> | AsyncIterable<T>

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
 * Dataset.fromGenerator(function* () { yield 1; yield 2 })
 * Dataset.fromGenerator(fs.createReadStream('a.txt')) // Buffers
 * @throws FailedPreconditionError at the second pass over what can be read once
 */
export function fromGenerator<T>(
  input: AnyIterable<T> | ((context: GeneratorContext) => AnyIterable<T>),
  options: GeneratorOptions = {},
): Stage<never, T> {
  checkOptions('fromGenerator', options, ['outputSignature'])
  if (typeof input !== 'function' && !isIterable(input)) {
    throw wrongArgument('fromGenerator', 'the input', 'iterable, a stream, or a function that returns one', input)
  }
  let used = false
  const start = (context: StageContext): IteratorSource<T> => {
    const iterable = typeof input === 'function' ? input({ epoch: context.epoch, signal: context.signal }) : input
    if (!isIterable(iterable)) throw wrongArgument('fromGenerator', 'what the function returns', 'iterable', iterable)
    const iterator = iteratorOf(iterable)
    if (typeof input !== 'function' && isReadOnce(iterable, iterator)) {
      if (used) throw readTwice(context.path)
      used = true
    }
    return { iterator, iterable }
  }
  return Object.freeze({
    name: 'fromGenerator',
    args: {},
    cardinality: () => (Array.isArray(input) ? input.length : undefined),
    spec: () => options.outputSignature,
    open: (_inputs, context, state) =>
      new GeneratorCursor(start, context, (state as GeneratorState | undefined)?.position ?? 0),
  } satisfies Stage<never, T>)
}

interface GeneratorState {
  readonly position: number
}

type AnyIterator<T> = Iterator<T | PromiseLike<T>> | AsyncIterator<T>

interface IteratorSource<T> {
  readonly iterator: AnyIterator<T>
  readonly iterable: AnyIterable<T>
}

class GeneratorCursor<T> implements Cursor<T> {
  readonly #start: (context: StageContext) => IteratorSource<T>
  readonly #context: StageContext
  #source: IteratorSource<T> | undefined
  #position = 0
  #toSkip: number
  #ended = false
  #waiting = false

  constructor(start: (context: StageContext) => IteratorSource<T>, context: StageContext, position: number) {
    this.#start = start
    this.#context = context
    this.#toSkip = position
  }

  next(): Pull<T> {
    if (this.#ended) return END
    this.#source ??= this.#start(this.#context)
    if (this.#toSkip > 0) return this.#catchUp()
    const result = this.#pull()
    return result instanceof Promise ? result.then((value) => this.#deliver(value)) : this.#deliver(result)
  }

  state() {
    return { position: this.#position + this.#toSkip }
  }

  async close(): Promise<void> {
    this.#ended = true
    if (this.#source === undefined) return
    const { iterator, iterable } = this.#source
    // A generator that waits for something runs its return() only after that; a stream is told at once.
    if (this.#waiting) (iterable as { destroy?: () => void }).destroy?.()
    const returned = Promise.resolve(iterator.return?.())
    if (this.#waiting) returned.catch(() => undefined)
    else await returned
  }

  async #catchUp(): Promise<T | typeof END> {
    while (this.#toSkip > 0) {
      if ((await this.#pull()).done === true) return this.#end()
      this.#position++
      this.#toSkip--
    }
    return this.#deliver(await this.#pull())
  }

  /** One step of the iterator; a promise where it, or the value it yields, is one. */
  #pull(): IteratorResult<T> | Promise<IteratorResult<T>> {
    const { iterator } = this.#source as IteratorSource<T>
    let result
    try {
      result = iterator.next()
    } catch (error) {
      throw this.#failed(error)
    }
    if (result instanceof Promise) return this.#wait(result)
    if (result.done === true) return { done: true, value: undefined }
    const value: T | PromiseLike<T> = result.value
    if (!isThenable(value)) return { done: false, value }
    return this.#wait(Promise.resolve(value).then((settled) => ({ done: false, value: settled })))
  }

  async #wait(pending: Promise<IteratorResult<T>>): Promise<IteratorResult<T>> {
    this.#waiting = true
    try {
      return await pending
    } catch (error) {
      throw this.#failed(error)
    } finally {
      this.#waiting = false
    }
  }

  #deliver(result: IteratorResult<T>): T | typeof END {
    if (result.done === true) return this.#end()
    if (result.value === undefined) {
      throw new InvalidArgumentError(`${this.#context.path}: element ${this.#position} is undefined.`, {
        path: this.#context.path,
        index: this.#position,
      })
    }
    this.#position++
    return result.value
  }

  #failed(error: unknown): Error {
    this.#ended = true
    return locateError(error, this.#context.path, this.#position)
  }

  #end(): typeof END {
    this.#ended = true
    this.#toSkip = 0
    return END
  }
}

function isIterable(value: unknown): value is AnyIterable<never> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
}

function iteratorOf<T>(iterable: AnyIterable<T>): AnyIterator<T> {
  return Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]()
}

/** Generator objects are their own iterators; Node streams and web streams are known by their methods. */
function isReadOnce(iterable: AnyIterable<unknown>, iterator: unknown): boolean {
  return iterator === iterable || 'pipe' in iterable || 'getReader' in iterable
}

function readTwice(path: string): FailedPreconditionError {
  return new FailedPreconditionError(`${path}: this stream or generator was read already, and can be read once only.`, {
    path,
    hint: 'Give a function that makes a new one for each pass: fromGenerator(() => open()).',
  })
}
