import { checkCount } from '../core/checks.ts'
import { after, closeAll, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { PassAhead } from '../core/passAhead.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import type { Cardinality, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/**
 * Passes over the input `count` times (`tf.data.Dataset.repeat`); for ever where it is left out, negative or Infinity.
 *
 * Each pass is an epoch: a `shuffle` before it has another order in each, unless told otherwise. An endless repeat of
 * an empty input ends. Length: the input's times `count`. Saved: the pass, and the upstream in it; the upstream alone where
 * there is one pass.
 *
 * @example
 * Dataset.range(2).repeat(2) // 0, 1, 0, 1
 */
export function repeat<T>(count = Infinity): Stage<T, T> {
  checkCount('repeat', 'count', count, { min: -Infinity, infinite: true })
  return repeatStage<T>(count, false)
}

/** @param ahead whether a pass begins to fill its buffer while the one before it empties its own */
function repeatStage<T>(count: number, ahead: boolean): Stage<T, T> {
  const passes = count < 0 ? Infinity : count
  const noOp = passes === 1
  return Object.freeze({
    name: 'repeat',
    args: ahead ? { count, ahead } : { count },
    cardinality: ([length]) => product(length, passes),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) =>
      noOp ? upstream.open(state) : new RepeatCursor(upstream, { passes, ahead }, context, state),
    hints: noOp
      ? { transparent: true, noOp }
      : { transparent: true, ...(ahead ? {} : { repeats: { ahead: repeatStage<T>(count, true) } }) },
  } satisfies Stage<T, T>)
}

function product(length: Cardinality, passes: number): Cardinality {
  if (length === 0 || passes === 0) return 0
  return length === undefined ? undefined : length * passes
}

interface RepeatState {
  readonly pass: number
  /** Whether this pass has given an element. */
  readonly any: boolean
  readonly upstream: State | null
}

/** Epochs set apart for each pass over an endless repeat that is itself repeated. */
const endlessEpochs = 2 ** 32

class RepeatCursor<T> implements Cursor<T> {
  readonly #upstream: Upstream<T>
  readonly #passes: number
  readonly #firstEpoch: number
  readonly #ahead: PassAhead<T> | undefined
  #cursor: Cursor<T> | undefined
  #pass: number
  #any: boolean
  #closed = false

  constructor(
    upstream: Upstream<T>,
    { passes, ahead }: { readonly passes: number; readonly ahead: boolean },
    context: StageContext,
    state?: State,
  ) {
    const { pass = 0, any = false, upstream: inner } = (state ?? {}) as Partial<RepeatState>
    this.#upstream = upstream
    this.#passes = passes
    this.#firstEpoch = context.epoch * (passes === Infinity ? endlessEpochs : Math.max(1, passes))
    this.#ahead = ahead ? new PassAhead((pass) => this.#open(pass)) : undefined
    this.#pass = pass
    this.#any = any
    if (pass !== -1 && pass < passes) this.#cursor = this.#open(pass, inner ?? undefined)
  }

  next(): Pull<T> {
    if (this.#cursor === undefined) return END
    const element = this.#cursor.next()
    if (element instanceof Promise || isEnd(element)) return this.#search(element)
    this.#gave()
    return element
  }

  /** A pass that fills while another one empties is asked for one element after the other. */
  nextInto(out: T[], from: number, to: number): number {
    const cursor = this.#cursor
    if (cursor?.nextInto === undefined || this.#ahead !== undefined) return 0
    const count = cursor.nextInto(out, from, to)
    if (count > 0) this.#any = true
    return count
  }

  skip(count: number): number | Promise<number> {
    let done = 0
    const step = (): Step<number> => {
      if (this.#cursor === undefined || done === count) return done
      return after(this.#skipInPass(this.#cursor, count - done), (passed) => {
        done += passed
        return AGAIN
      })
    }
    return search(step(), step)
  }

  state() {
    return { pass: this.#pass, any: this.#any, upstream: this.#cursor?.state() ?? null }
  }

  close(): void | Promise<void> {
    this.#closed = true
    return closeAll([...(this.#cursor === undefined ? [] : [this.#cursor]), ...(this.#ahead?.take() ?? [])])
  }

  /** Passes over what is left of a pass, up to `count`; where that is less, begins the next one. */
  #skipInPass(cursor: Cursor<T>, count: number): number | Promise<number> {
    return after(skipElements(cursor, count), (skipped) => {
      if (skipped > 0) this.#any = true
      return skipped === count ? skipped : after(this.#nextPass(), () => skipped)
    })
  }

  #gave(): void {
    this.#any = true
    if (this.#ahead !== undefined && this.#pass + 1 < this.#passes && this.#cursor?.draining === true) {
      this.#ahead.fill(this.#pass + 1)
    }
  }

  #search(element: Pull<T>): Pull<T> {
    return search(this.#settle(element), () => this.#step())
  }

  #step(): Step<T | typeof END> {
    if (this.#cursor === undefined) return END
    return this.#settle(this.#cursor.next())
  }

  #settle(element: Pull<T>): Step<T> {
    return element instanceof Promise ? element.then((settled) => this.#deliver(settled)) : this.#deliver(element)
  }

  #deliver(element: T | typeof END): Step<T> {
    if (isEnd(element)) return after(this.#nextPass(), () => AGAIN)
    this.#gave()
    return element
  }

  #nextPass(): void | Promise<void> {
    const finished = this.#cursor
    this.#cursor = undefined
    const more = this.#any || (this.#passes < Infinity && this.#upstream.cardinality !== 0)
    this.#pass = more ? this.#pass + 1 : -1
    this.#any = false
    return after(finished?.close(), () => this.#openPass())
  }

  #openPass(): void | Promise<void> {
    if (this.#closed || this.#pass === -1 || this.#pass >= this.#passes) return
    const ahead = this.#ahead
    if (ahead === undefined) {
      this.#cursor = this.#open(this.#pass)
      return
    }
    const [begun = this.#open(this.#pass)] = ahead.take()
    this.#cursor = begun
    return ahead.settle()
  }

  #open(pass: number, state?: State): Cursor<T> {
    return this.#upstream.open(state, { epoch: this.#firstEpoch + pass })
  }
}
