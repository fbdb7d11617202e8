import { checkCount } from '../core/checks.ts'
import { after, END, type Cursor, type Pull } from '../core/cursor.ts'
import type { Cardinality, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/**
 * Passes over the input `count` times (`tf.data.Dataset.repeat`); for ever where it is left out, negative or Infinity.
 *
 * Each pass is an epoch: a `shuffle` before it has another order in each, unless told otherwise. An endless repeat of
 * an empty input ends. Length: the input's times `count`. Saved: the pass, and the upstream in it.
 *
 * @example
 * Dataset.range(2).repeat(2) // 0, 1, 0, 1
 */
export function repeat<T>(count = Infinity): Stage<T, T> {
  checkCount('repeat', 'count', count, { min: -Infinity, infinite: true })
  const passes = count < 0 ? Infinity : count
  return Object.freeze({
    name: 'repeat',
    args: { count },
    cardinality: ([length]) => product(length, passes),
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => new RepeatCursor(upstream, passes, context, state),
    transparent: true,
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
  #cursor: Cursor<T> | undefined
  #pass: number
  #any: boolean
  #closed = false

  constructor(upstream: Upstream<T>, passes: number, context: StageContext, state?: State) {
    const { pass = 0, any = false, upstream: inner } = (state ?? {}) as Partial<RepeatState>
    this.#upstream = upstream
    this.#passes = passes
    this.#firstEpoch = context.epoch * (passes === Infinity ? endlessEpochs : Math.max(1, passes))
    this.#pass = pass
    this.#any = any
    this.#openPass(inner ?? undefined)
  }

  next(): Pull<T> {
    for (;;) {
      if (this.#cursor === undefined) return END
      const element = this.#cursor.next()
      if (element instanceof Promise) return element.then((settled) => this.#deliver(settled))
      if (element !== END) {
        this.#any = true
        return element
      }
      const turned = this.#nextPass()
      if (turned instanceof Promise) return turned.then(() => this.next())
    }
  }

  state() {
    return { pass: this.#pass, any: this.#any, upstream: this.#cursor?.state() ?? null }
  }

  close(): void | Promise<void> {
    this.#closed = true
    return this.#cursor?.close()
  }

  #deliver(element: T | typeof END): Pull<T> {
    if (element === END) return after(this.#nextPass(), () => this.next())
    this.#any = true
    return element
  }

  #nextPass(): void | Promise<void> {
    const finished = this.#cursor
    this.#cursor = undefined
    this.#pass = this.#any || this.#passes < Infinity ? this.#pass + 1 : -1
    this.#any = false
    return after(finished?.close(), () => this.#openPass())
  }

  #openPass(state?: State): void {
    if (this.#closed || this.#pass === -1 || this.#pass >= this.#passes) return
    this.#cursor = this.#upstream.open(state, { epoch: this.#firstEpoch + this.#pass })
  }
}
