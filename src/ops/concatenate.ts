import { wrongArgument } from '../core/checks.ts'
import { after, closeAll, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { openInputs } from '../core/randomAccess.ts'
import { commonSpec } from '../core/spec.ts'
import type { Cardinality, PlanNode, Source, Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/**
 * The elements of one input after those of the other (`tf.data.Dataset.concatenate`).
 *
 * Out: the elements, unchanged and in order. Length: the sum. Saved: which input is read, and its state.
 *
 * @example
 * Dataset.range(2).concatenate(Dataset.range(5, 7)) // 0, 1, 5, 6
 */
export function concatenate<U>(other: Source<U>): { stage: Stage<unknown, U>; input: PlanNode<U> } {
  const input = (other as Partial<Source<U>> | undefined)?.node
  if (input === undefined) throw wrongArgument('concatenate', 'other', 'a Dataset', other)
  const stage: Stage<unknown, U> = Object.freeze({
    name: 'concatenate',
    args: {},
    cardinality: ([a, b]) => sum(a, b),
    spec: ([a, b]) => commonSpec(a, b),
    open: (upstreams, _context, state) => new ConcatenateCursor(upstreams as readonly Upstream<U>[], state),
    randomAccess: (upstreams) =>
      after(openInputs(upstreams as readonly Upstream<U>[]), ([first, second]) => ({
        length: first.length + second.length,
        at: (index) => (index < first.length ? first.at(index) : second.at(index - first.length)),
        close: () => closeAll([first, second]),
      })),
  } satisfies Stage<unknown, U>)
  return { stage, input }
}

function sum(a: Cardinality, b: Cardinality): Cardinality {
  if (a === Infinity || b === Infinity) return Infinity
  return a === undefined || b === undefined ? undefined : a + b
}

interface ConcatenateState {
  readonly input: number
  readonly upstream: State | null
}

class ConcatenateCursor<T> implements Cursor<T> {
  readonly #upstreams: readonly Upstream<T>[]
  #input: number
  #cursor: Cursor<T> | undefined
  #closed = false

  constructor(upstreams: readonly Upstream<T>[], state?: State) {
    const { input = 0, upstream } = (state ?? {}) as Partial<ConcatenateState>
    this.#upstreams = upstreams
    this.#input = input
    this.#cursor = input < upstreams.length ? upstreams[input].open(upstream ?? undefined) : undefined
  }

  next(): Pull<T> {
    if (this.#cursor === undefined) return END
    const element = this.#cursor.next()
    if (element instanceof Promise) return element.then((settled) => this.#deliver(settled))
    return this.#deliver(element)
  }

  skip(count: number): number | Promise<number> {
    if (this.#cursor === undefined) return 0
    return after(skipElements(this.#cursor, count), (skipped) =>
      skipped === count
        ? skipped
        : after(this.#nextInput(), () => after(this.skip(count - skipped), (more) => skipped + more)),
    )
  }

  state() {
    return { input: this.#input, upstream: this.#cursor?.state() ?? null }
  }

  close(): void | Promise<void> {
    this.#closed = true
    return this.#cursor?.close()
  }

  #deliver(element: T | typeof END): Pull<T> {
    return isEnd(element) ? after(this.#nextInput(), () => this.next()) : element
  }

  #nextInput(): void | Promise<void> {
    const finished = this.#cursor
    this.#cursor = undefined
    this.#input++
    return after(finished?.close(), () => {
      if (!this.#closed && this.#input < this.#upstreams.length) this.#cursor = this.#upstreams[this.#input].open()
    })
  }
}
