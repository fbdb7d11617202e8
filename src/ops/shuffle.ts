import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { after, END, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { foldIn, keyOf, randomBelow, type RandomKey } from '../core/random.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/** Options of `shuffle`. */
export interface ShuffleOptions {
  /** Decides the order; by default the pipeline's seed and the place in it do. */
  readonly seed?: number
  /** Whether each pass over the data has an order of its own; true by default. */
  readonly reshuffleEachIteration?: boolean
}

/**
 * Shuffles through a buffer (`tf.data.Dataset.shuffle`): each element delivered is drawn at random from the buffer and
 * replaced by the next of the input. A buffer as large as the input, or Infinity, gives a uniform shuffle.
 *
 * Out: the same elements, each once. Length: unchanged. Saved: how many were delivered, and a place upstream before
 * the oldest element in the buffer, from which the buffer is read again: never the elements.
 *
 * @example
 * Dataset.range(10).shuffle(10, { seed: 1 })
 */
export function shuffle<T>(bufferSize: number, options: ShuffleOptions = {}): Stage<T, T> {
  checkCount('shuffle', 'bufferSize', bufferSize, { min: 1, infinite: true })
  checkOptions('shuffle', options, ['seed', 'reshuffleEachIteration'])
  const { seed } = options
  if (seed !== undefined) checkCount('shuffle', 'seed', seed)
  const reshuffle = checkBoolean('shuffle', 'reshuffleEachIteration', options.reshuffleEachIteration ?? true)
  return Object.freeze({
    name: 'shuffle',
    args: { bufferSize, ...(seed === undefined ? {} : { seed }), reshuffleEachIteration: reshuffle },
    cardinality: ([length]) => length,
    spec: ([spec]) => spec,
    open: ([upstream], context, state) =>
      new ShuffleCursor(upstream, bufferSize, orderKey(context, seed, reshuffle), state),
  } satisfies Stage<T, T>)
}

function orderKey(context: StageContext, seed: number | undefined, reshuffle: boolean): RandomKey {
  const key = seed === undefined ? context.key : keyOf(seed)
  return reshuffle ? foldIn(key, context.epoch) : key
}

interface ShuffleState {
  /** Elements delivered in this pass. */
  readonly delivered: number
  /** Elements read in this pass. */
  readonly read: number
  /** Elements read before `upstream`. */
  readonly anchor: number
  readonly upstream: State
}

/** A place upstream, and how many elements were read before it. */
interface Anchor {
  readonly read: number
  readonly state: State
}

/** Elements read between two anchors: restoring reads at most so many in vain. */
const anchorStride = 256

class ShuffleCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #bufferSize: number
  readonly #key: RandomKey
  readonly #buffer: T[] = []
  /** For each element in the buffer, how many were read before it. */
  #origins: number[] = []
  readonly #anchors: Anchor[] = []
  #restoring: ShuffleState | undefined
  #delivered = 0
  #read = 0
  #ended = false

  constructor(upstream: Upstream<T>, bufferSize: number, key: RandomKey, state?: State) {
    this.#restoring = state as ShuffleState | undefined
    this.#upstream = upstream.open(this.#restoring?.upstream)
    this.#bufferSize = bufferSize
    this.#key = key
  }

  next(): Pull<T> {
    if (this.#restoring !== undefined) {
      const state = this.#restoring
      this.#restoring = undefined
      return after(this.#restore(state), () => this.next())
    }
    while (!this.#ended && this.#buffer.length < this.#bufferSize) {
      this.#dropAnchor()
      const element = this.#upstream.next()
      if (element instanceof Promise) return this.#continue(element)
      this.#add(element)
    }
    return this.#draw()
  }

  state(): State {
    if (this.#restoring !== undefined) return this.#restoring as unknown as State
    const oldest = this.#origins.reduce((least, origin) => Math.min(least, origin), this.#read)
    const anchor = this.#anchors.findLast(({ read }) => read <= oldest)
    const at =
      anchor === undefined || oldest === this.#read ? { read: this.#read, state: this.#upstream.state() } : anchor
    this.#anchors.splice(0, anchor === undefined ? 0 : this.#anchors.indexOf(anchor))
    return { delivered: this.#delivered, read: this.#read, anchor: at.read, upstream: at.state }
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  async #continue(pending: Promise<T | typeof END>): Promise<T | typeof END> {
    this.#add(await pending)
    return this.next()
  }

  #add(element: T | typeof END): void {
    if (element === END) {
      this.#ended = true
      return
    }
    this.#buffer.push(element)
    this.#origins.push(this.#read++)
  }

  #draw(): T | typeof END {
    const { length } = this.#buffer
    if (length === 0) return END
    const chosen = randomBelow(this.#key, this.#delivered++, length)
    const element = this.#buffer[chosen]
    moveLastTo(this.#buffer, chosen)
    moveLastTo(this.#origins, chosen)
    return element
  }

  #dropAnchor(): void {
    const last = this.#anchors.at(-1)
    if (last === undefined || this.#read - last.read >= anchorStride) {
      this.#anchors.push({ read: this.#read, state: this.#upstream.state() })
    }
  }

  /** Plays the draws again on positions alone, then reads the elements that are left in the buffer. */
  async #restore(state: ShuffleState): Promise<void> {
    const origins: number[] = []
    for (let read = 0, delivered = 0; delivered < state.delivered || read < state.read;) {
      while (read < state.read && origins.length < this.#bufferSize) origins.push(read++)
      if (delivered === state.delivered) break
      moveLastTo(origins, randomBelow(this.#key, delivered++, origins.length))
    }
    this.#delivered = state.delivered
    this.#read = state.anchor
    const slots = new Map(origins.map((origin, slot) => [origin, slot]))
    for (const origin of [...origins].sort((a, b) => a - b)) {
      await this.#skipTo(origin)
      this.#dropAnchor()
      const element = await this.#upstream.next()
      if (element !== END) this.#buffer[slots.get(origin) as number] = element
      this.#read++
    }
    await this.#skipTo(state.read)
    this.#origins = origins
  }

  async #skipTo(origin: number): Promise<void> {
    while (this.#read < origin) {
      this.#dropAnchor()
      const count = Math.min(origin - this.#read, anchorStride)
      await skipElements(this.#upstream, count)
      this.#read += count
    }
  }
}

function moveLastTo(list: unknown[], slot: number): void {
  const last = list.pop()
  if (slot < list.length) list[slot] = last
}
