import { checkCount, wrongArgument } from '../core/checks.ts'
import { after, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import type { Stage, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { turnIfDue } from '../core/turns.ts'

/**
 * Every `numShards`-th element, from the one numbered `index` on (`tf.data.Dataset.shard`): the part of one of
 * `numShards` readers.
 *
 * The elements between are not made: a source that knows its positions jumps, and a `map` does not call its function.
 * Out: the elements, unchanged and in order; the shards of all indices together are the input. Length: the input's
 * divided by `numShards`, rounded up for the first shards and down for the others. Saved: how many elements lie before
 * the next one, and the upstream.
 *
 * @example
 * Dataset.range(8).shard(3, 1) // 1, 4, 7
 */
export function shard<T>(numShards: number, index: number): Stage<T, T> {
  checkCount('shard', 'numShards', numShards, { min: 1 })
  checkCount('shard', 'index', index)
  if (index >= numShards) throw wrongArgument('shard', 'index', `less than numShards, which is ${numShards}`, index)
  return Object.freeze({
    name: 'shard',
    args: { numShards, index },
    cardinality: ([length]) => (length === undefined ? undefined : lengthOf(length, numShards, index)),
    spec: ([spec]) => spec,
    open: ([upstream], _context, state) => new ShardCursor(upstream, numShards, index, state),
    randomAccess: ([upstream]) =>
      mapRandomAccess(upstream, (input) => ({
        length: lengthOf(input.length, numShards, index),
        at: (place) => input.at(index + place * numShards),
      })),
    hints: { transparent: true },
  } satisfies Stage<T, T>)
}

function lengthOf(length: number, numShards: number, index: number): number {
  return Math.max(0, Math.ceil((length - index) / numShards))
}

interface ShardState {
  /** Elements to pass over before the next one of this shard. */
  readonly left: number
  readonly upstream: State
}

class ShardCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #between: number
  #left: number
  #lost = false

  constructor(upstream: Upstream<T>, numShards: number, index: number, state?: State) {
    const { left = index, upstream: inner } = (state ?? {}) as Partial<ShardState>
    this.#upstream = upstream.open(inner)
    this.#between = numShards - 1
    this.#left = left
  }

  next(): Pull<T> {
    if (this.#lost) return END
    if (this.#left > 0) {
      const passed = this.#passOver()
      if (passed instanceof Promise) return passed.then((reached) => (reached ? this.#take() : END))
      if (!passed) return END
    }
    return this.#take()
  }

  skip(count: number): number | Promise<number> {
    if (this.#lost) return 0
    const before = this.#left
    return after(skipElements(this.#upstream, before + 1 + (count - 1) * (this.#between + 1)), (passed) => {
      const skipped = Math.floor((passed - before + this.#between) / (this.#between + 1))
      this.#left = before + skipped * (this.#between + 1) - passed
      return Math.max(0, skipped)
    })
  }

  state() {
    return { left: this.#left, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #take(): Pull<T> {
    // Before the pull, so that an element that fails is used up.
    this.#left = this.#between
    return this.#upstream.next()
  }

  /** Passes over the elements of other shards; says whether the next one of this shard was reached. */
  #passOver(): boolean | Promise<boolean> {
    if (this.#upstream.skip === undefined) return this.#pullOver()
    const count = this.#left
    let passed
    try {
      passed = this.#upstream.skip(count)
    } catch (error) {
      return this.#lose(error)
    }
    if (passed instanceof Promise) {
      return passed.then(
        (settled) => this.#passed(settled, count),
        (error: unknown) => this.#lose(error),
      )
    }
    return this.#passed(passed, count)
  }

  #passed(passed: number, count: number): boolean {
    this.#left -= passed
    return passed === count
  }

  /** Nobody knows how far a failed skip came: to go on might give the elements of another shard. */
  #lose(error: unknown): never {
    this.#lost = true
    throw error
  }

  /** Pulls the elements one by one where they cannot be skipped: one that fails counts as well. */
  #pullOver(): boolean | Promise<boolean> {
    while (this.#left > 0) {
      this.#left--
      const element = this.#upstream.next()
      if (element instanceof Promise) {
        return element.then((settled) => !isEnd(settled) && this.#pullOver())
      }
      if (isEnd(element)) return false
      const turn = turnIfDue()
      if (turn !== undefined) return turn.then(() => this.#pullOver())
    }
    return true
  }
}
