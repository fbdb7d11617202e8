import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { after, END, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { Permutation } from '../core/permutation.ts'
import { mapRandomAccess, type RandomAccess } from '../core/randomAccess.ts'
import { foldIn, keyOf } from '../core/random.ts'
import type { Cardinality, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { GloballyShuffledNumbersCursor, type GlobalShuffleState } from './globallyShuffledNumbers.ts'

/** Options of `globalShuffle`. */
export interface GlobalShuffleOptions {
  /** Decides the order; by default the pipeline's seed and the place in it do. */
  readonly seed?: number
  /** Whether each pass over the data has an order of its own; true by default. */
  readonly reshuffleEachIteration?: boolean
}

/**
 * Shuffles all elements of an input that is read by index, in constant memory: the order is a random permutation that is
 * computed place by place, each order as likely as any other.
 *
 * In: slices, a range or records with an index, also through `map`, `take`, `skip`, `batch`, `zip` and the like. Out: the
 * same elements, each once. Length: unchanged. Saved: the position, from which an iteration goes on at once.
 *
 * @example
 * Dataset.range(5).globalShuffle({ seed: 1 }) // 4, 3, 1, 0, 2
 * @throws InvalidArgumentError where an operation before it, such as `filter`, has no elements by index
 */
export function globalShuffle<T>(options: GlobalShuffleOptions = {}): Stage<T, T> {
  checkOptions('globalShuffle', options, ['seed', 'reshuffleEachIteration'])
  const { seed } = options
  if (seed !== undefined) checkCount('globalShuffle', 'seed', seed)
  const reshuffle = checkBoolean('globalShuffle', 'reshuffleEachIteration', options.reshuffleEachIteration ?? true)
  const orderOf = (length: number, context: StageContext): Permutation => {
    const key = seed === undefined ? context.key : keyOf(seed)
    return new Permutation(reshuffle ? foldIn(key, context.epoch) : key, length)
  }
  return Object.freeze({
    name: 'globalShuffle',
    args: { ...(seed === undefined ? {} : { seed }), reshuffleEachIteration: reshuffle },
    cardinality: ([length]) => finite(length),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) =>
      new GlobalShuffleCursor(upstream, (length) => orderOf(length, context), state),
    randomAccess: ([upstream], context) =>
      mapRandomAccess(upstream, (input) => {
        const order = orderOf(input.length, context)
        return { length: input.length, at: (index) => input.at(order.at(index)) }
      }),
    hints: {
      transparent: true,
      byIndex: true,
      overNumbers: (numbers) => ({
        name: 'globallyShuffledNumbers',
        open: (_inputs, context, state) =>
          new GloballyShuffledNumbersCursor(numbers, () => orderOf(numbers.length, context), state),
      }),
    },
  } satisfies Stage<T, T>)
}

function finite(length: Cardinality): Cardinality {
  if (length !== Infinity) return length
  throw new InvalidArgumentError('globalShuffle: the input has no end, so it has no order as a whole.', {
    hint: 'Use shuffle(bufferSize), or repeat() after it.',
  })
}

class GlobalShuffleCursor<T> implements Cursor<T> {
  readonly #upstream: Upstream<T>
  readonly #orderOf: (length: number) => Permutation
  #open: { readonly input: RandomAccess<T>; readonly order: Permutation } | undefined
  #opening: Promise<unknown> | undefined
  #position: number
  #closed = false

  constructor(upstream: Upstream<T>, orderOf: (length: number) => Permutation, state?: State) {
    this.#upstream = upstream
    this.#orderOf = orderOf
    this.#position = (state as GlobalShuffleState | undefined)?.position ?? 0
  }

  next(): Pull<T> {
    if (this.#open === undefined) return after(this.#start(), () => this.next())
    const { input, order } = this.#open
    if (this.#closed || this.#position >= order.length) return END
    return input.at(order.at(this.#position++))
  }

  skip(count: number): number | Promise<number> {
    if (this.#open === undefined) return after(this.#start(), () => this.skip(count))
    const skipped = Math.min(count, this.#open.order.length - this.#position)
    this.#position += skipped
    return skipped
  }

  state() {
    return { position: this.#position }
  }

  close(): void | Promise<void> {
    this.#closed = true
    if (this.#opening === undefined) return this.#open?.input.close()
    return this.#opening.then(
      () => this.#open?.input.close(),
      () => undefined,
    )
  }

  #start(): unknown {
    const started = after(this.#upstream.openRandomAccess(), (input) => {
      this.#opening = undefined
      this.#open = { input, order: this.#orderOf(input.length) }
    })
    if (started instanceof Promise) this.#opening = started
    return started
  }
}
