import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { after, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError, ResourceExhaustedError } from '../core/errors.ts'
import { hold, openAccount, type MemoryAccount } from '../core/memory.ts'
import { foldIn, keyOf, randomBelow, type RandomKey } from '../core/random.ts'
import { ShuffleBuffer } from '../core/shuffleBuffer.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { turnIfDue } from '../core/turns.ts'
import { PositionBuffer } from './positionBuffer.ts'
import { canShuffle, ShuffledNumbersCursor } from './shuffledNumbers.ts'
import { anchorStride, endedEarly, strideOf, type ShuffleState } from './shuffleState.ts'

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
 * Dataset.range(5).shuffle(5, { seed: 1 }) // 1, 0, 2, 3, 4
 */
export function shuffle<T>(bufferSize: number, options: ShuffleOptions = {}): Stage<T, T> {
  checkCount('shuffle', 'bufferSize', bufferSize, { min: 1, infinite: true })
  checkOptions('shuffle', options, ['seed', 'reshuffleEachIteration'])
  const { seed } = options
  if (seed !== undefined) checkCount('shuffle', 'seed', seed)
  const reshuffle = checkBoolean('shuffle', 'reshuffleEachIteration', options.reshuffleEachIteration ?? true)
  const keyIn = (context: StageContext): RandomKey => {
    const key = seed === undefined ? context.key : keyOf(seed)
    return reshuffle ? foldIn(key, context.epoch) : key
  }
  const open = (upstream: BufferedInput<T>, context: StageContext, state?: State): Cursor<T> =>
    new ShuffleCursor(upstream, bufferSize, context, keyIn(context), state)
  return Object.freeze({
    name: 'shuffle',
    args: { bufferSize, ...(seed === undefined ? {} : { seed }), reshuffleEachIteration: reshuffle },
    cardinality: ([length]) => {
      if (length === Infinity && bufferSize === Infinity) throw neverFull()
      return length
    },
    spec: ([spec]) => spec,
    open: ([upstream], context, state) => open(upstream, context, state),
    hints: {
      transparent: true,
      buffers: true,
      overNumbers: (numbers, source) => ({
        name: 'shuffledNumbers',
        open: (_inputs, context, state) => {
          if (canShuffle(numbers, context, state)) {
            return new ShuffledNumbersCursor(numbers, bufferSize, context.path, keyIn(context), state)
          }
          const input = { cardinality: numbers.length, open: (from?: State) => source.open([], context, from) }
          return open(input as BufferedInput<T>, context, state)
        },
      }),
    },
  } satisfies Stage<T, T>)
}

function neverFull(): InvalidArgumentError {
  return new InvalidArgumentError('shuffle: a buffer of all elements never fills, for the input has no end.', {
    hint: 'Shuffle before repeat, or give bufferSize as a number.',
  })
}

/** What a shuffle must know of its input. */
type BufferedInput<T> = Pick<Upstream<T>, 'open' | 'cardinality'>

/** A place upstream, how many elements were read before it, and how many read after it are still in the buffer. */
interface Anchor {
  readonly read: number
  readonly state: State
  kept: number
}

class ShuffleCursor<T> implements Cursor<T> {
  readonly #upstream: Cursor<T>
  readonly #bufferSize: number
  readonly #path: string
  readonly #key: RandomKey
  readonly #buffer: ShuffleBuffer<T>
  readonly #account: MemoryAccount
  /** One for each stride, from that of the oldest element in the buffer to that of the newest. */
  readonly #anchors: Anchor[] = []
  /** The first read of the next stride. */
  #nextAnchor = 0
  /** For each element that failed after the first anchor, how many were read before it. */
  #failed: number[] = []
  #restoring: ShuffleState | undefined
  #delivered = 0
  #read = 0
  #ended = false

  constructor(upstream: BufferedInput<T>, bufferSize: number, context: StageContext, key: RandomKey, state?: State) {
    this.#restoring = state as ShuffleState | undefined
    this.#upstream = upstream.open(this.#restoring?.upstream)
    this.#bufferSize = bufferSize
    this.#buffer = new ShuffleBuffer(Math.min(bufferSize, upstream.cardinality ?? 0))
    this.#path = context.path
    this.#account = openAccount(context)
    this.#key = key
  }

  next(): Pull<T> {
    if (this.#restoring !== undefined) {
      const state = this.#restoring
      this.#restoring = undefined
      return this.#restore(state).then(() => this.next())
    }
    const filled = this.#fill()
    return filled instanceof Promise ? filled.then(() => this.#draw()) : this.#draw()
  }

  state(): State {
    if (this.#restoring !== undefined) return { ...this.#restoring }
    const [delivered, read] = [this.#delivered, this.#read]
    if (this.#buffer.size === 0) return { delivered, read, anchor: read, failed: [], upstream: this.#upstream.state() }
    const [anchor] = this.#anchors
    return { delivered, read, anchor: anchor.read, failed: [...this.#failed], upstream: anchor.state }
  }

  close(): void | Promise<void> {
    this.#buffer.clear()
    this.#account.close()
    return this.#upstream.close()
  }

  get draining(): boolean {
    return this.#ended && this.#restoring === undefined
  }

  fill(): boolean | Promise<boolean> {
    if (this.#restoring !== undefined || this.#full()) return false
    return after(this.#pull(), (element) => {
      this.#add(element)
      return !this.#full()
    })
  }

  #full(): boolean {
    return this.#ended || this.#buffer.size >= this.#bufferSize
  }

  #fill(): void | Promise<void> {
    while (!this.#full()) {
      const element = this.#pull()
      if (element instanceof Promise) return this.#fillAsync(element)
      this.#add(element)
      if (this.#full()) return
      const turn = turnIfDue()
      if (turn !== undefined) return this.#fillAsync(turn)
    }
  }

  /** @param pulled an element, or else the turn of the event loop that comes before it */
  async #fillAsync(pulled: Pull<T> | Promise<void>): Promise<void> {
    for (;;) {
      const element = pulled instanceof Promise ? await pulled : pulled
      if (element !== undefined) this.#add(element)
      if (this.#full()) return
      pulled = turnIfDue() ?? this.#pull()
    }
  }

  #pull(): Pull<T> {
    this.#dropAnchor()
    try {
      const element = this.#upstream.next()
      return element instanceof Promise ? element.catch((error: unknown) => this.#fail(error)) : element
    } catch (error) {
      return this.#fail(error)
    }
  }

  #fail(error: unknown): never {
    this.#failed.push(this.#read)
    throw error
  }

  #add(element: T | typeof END): void {
    if (isEnd(element)) {
      this.#ended = true
      return
    }
    if (this.#account.capped) this.#hold(element)
    this.#buffer.add(element, this.#read++)
    this.#anchors[this.#anchors.length - 1].kept++
  }

  /** The buffer decides the order, so that it cannot give way where it does not fit. */
  #hold(element: T): void {
    const fail = (error: unknown): never => this.#fail(error)
    let bytes = 0
    try {
      bytes = hold(this.#account, element, this.#read)
    } catch (error) {
      fail(error)
    }
    if (!this.#account.overdrawn) return
    this.#account.release(bytes)
    const size = this.#bufferSize === Infinity ? 'of all elements' : `of ${this.#bufferSize} elements`
    fail(
      new ResourceExhaustedError(
        `${this.#path}: the buffer ${size} takes more memory than the pipeline may hold, after ${this.#buffer.size}.`,
        {
          path: this.#path,
          hint: 'Use a smaller bufferSize, shuffle before elements grow, use globalShuffle, or raise the option memory.',
        },
      ),
    )
  }

  #draw(): T | typeof END {
    const { size } = this.#buffer
    if (size === 0) return END
    const chosen = randomBelow(this.#key, this.#delivered++, size)
    const element = this.#buffer.elementAt(chosen)
    const stride = strideOf(this.#buffer.originAt(chosen)) - strideOf(this.#anchors[0].read)
    this.#buffer.remove(chosen)
    if (this.#account.capped) this.#account.release(this.#account.measure(element))
    if (--this.#anchors[stride].kept === 0 && stride === 0) this.#trimAnchors()
    return element
  }

  /** To be called before each pull: anchors the first read of each stride. */
  #dropAnchor(): void {
    if (this.#read < this.#nextAnchor) return
    this.#nextAnchor = (strideOf(this.#read) + 1) * anchorStride
    this.#anchors.push({ read: this.#read, state: this.#upstream.state(), kept: 0 })
  }

  #trimAnchors(): void {
    const used = this.#anchors.findIndex(({ kept }) => kept > 0)
    this.#anchors.splice(0, used === -1 ? this.#anchors.length - 1 : used)
    if (this.#failed.length > 0) this.#failed = this.#failed.filter((read) => read >= this.#anchors[0].read)
  }

  /** Plays the draws again on positions alone, then reads the elements that are left in the buffer. */
  async #restore(state: ShuffleState): Promise<void> {
    this.#delivered = state.delivered
    this.#read = state.anchor
    const buffer = new PositionBuffer(this.#bufferSize, state.read)
    buffer.replay(this.#key, state.delivered)
    const origins = [...buffer.positions]
    const slots = new Map(origins.map((origin, slot) => [origin, slot]))
    for (const origin of origins.sort((a, b) => a - b)) {
      await this.#skipTo(origin, state)
      await this.#failAgain(state)
      this.#dropAnchor()
      const element = await this.#upstream.next()
      if (isEnd(element)) throw endedEarly(this.#path, this.#read, state)
      if (this.#account.capped) this.#hold(element)
      this.#anchors[this.#anchors.length - 1].kept++
      this.#buffer.put(slots.get(origin) as number, element, this.#read++)
    }
    await this.#skipTo(state.read, state)
    await this.#failAgain(state)
    this.#buffer.resize(origins.length)
    if (this.#anchors.length > 0) this.#trimAnchors()
  }

  async #skipTo(origin: number, state: ShuffleState): Promise<void> {
    while (this.#read < origin) {
      await this.#failAgain(state)
      this.#dropAnchor()
      const stop = state.failed[this.#failed.length] ?? Infinity
      const count = Math.min(origin, (strideOf(this.#read) + 1) * anchorStride, stop) - this.#read
      const skipped = await skipElements(this.#upstream, count)
      this.#read += skipped
      if (skipped < count) throw endedEarly(this.#path, this.#read, state)
    }
  }

  /** Passes over what failed here, and was told of, before the state was saved; it may fail again. */
  async #failAgain({ failed }: ShuffleState): Promise<void> {
    while (failed[this.#failed.length] === this.#read) {
      this.#dropAnchor()
      this.#failed.push(this.#read)
      await Promise.resolve()
        .then(() => this.#upstream.next())
        .catch(() => undefined)
    }
  }
}
