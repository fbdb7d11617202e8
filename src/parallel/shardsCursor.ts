import { after, closeAll, END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { MillraceError, messageOf, UnknownError } from '../core/errors.ts'
import { foldIn, keyOf } from '../core/random.ts'
import type { StageContext } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { LocalCursor } from './localCursor.ts'
import type { Delivery } from './pipelineWorker.ts'
import { RetriedWorker } from './retriedWorker.ts'
import { restored, type FromWorkersState, type PipelineStart, type WorkersSetting } from './workersCursor.ts'

/** How the elements of shards are put together. */
export interface Sharding extends WorkersSetting {
  /** One element of each in turn, or as they come. */
  readonly deterministic: boolean
}

/** Where one shard stands. */
interface ShardState extends FromWorkersState {
  readonly ended: boolean
}

interface ShardsState extends Readonly<Record<string, State[string]>> {
  /** The shard that is asked next. */
  readonly turn: number
  readonly shards: readonly ShardState[]
}

/** The same, while it runs. */
interface Place {
  plan: readonly string[]
  index: number
  upstream: () => State | null
  ended: boolean
}

/** What runs a shard: a thread, or this one. */
interface Part {
  /** Whether it is known to have made its last element. */
  readonly exhausted?: boolean
  start(): void
  next(): Delivery | Promise<Delivery>
  close(): void | Promise<void>
}

/**
 * The elements of a dataset of which each worker builds and runs a shard: one of each in turn, or as they come. A shard
 * that ends leaves the turns to the others.
 */
export class ShardsCursor<T> implements Cursor<T> {
  readonly #parts: readonly Part[]
  readonly #places: Place[]
  readonly #deterministic: boolean
  /** Where elements come out of order: what each shard is waited for, and what has come. */
  readonly #pending: (Promise<void> | undefined)[] = []
  readonly #arrived: (Delivery | undefined)[] = []
  #turn: number
  #started = false
  #closed = false

  constructor(
    start: PipelineStart,
    { workers, bufferSize, retries, deterministic }: Sharding,
    context: StageContext,
    state?: State,
  ) {
    const count = Math.max(1, workers)
    const { turn = 0, shards = [] } = (state ?? {}) as Partial<ShardsState>
    this.#turn = turn
    this.#deterministic = deterministic
    this.#places = Array.from({ length: count }, (_, index) => {
      const { plan = [], index: given = 0, upstream = null, ended = false } = shards.at(index) ?? {}
      return { plan, index: given, upstream: () => upstream, ended }
    })
    this.#parts = this.#places.map((place, index): Part => {
      const shard = { index, count }
      const part = { ...start, seed: shardSeed(start.seed, index), state: restored(shards.at(index)), shard }
      if (workers === 0) return new LocalPart(part, context)
      return new RetriedWorker({ ...part, worker: 0, workers: 1, slots: bufferSize + 1 }, retries, (plan) => {
        place.plan = plan
      })
    })
  }

  get exhausted(): boolean {
    return this.#places.every(({ ended }, index) => ended || this.#parts[index].exhausted === true)
  }

  next(): Pull<T> {
    if (this.#closed) return END
    if (!this.#started) {
      this.#started = true
      for (const [index, part] of this.#parts.entries()) if (!this.#places[index].ended) part.start()
    }
    return this.#deterministic ? this.#inTurn() : this.#asTheyCome()
  }

  state(): ShardsState {
    const shards = this.#places.map((place) => ({ ...place, upstream: place.upstream() }))
    return { turn: this.#turn, shards }
  }

  close(): void | Promise<void> {
    this.#closed = true
    if (this.#started) return closeAll(this.#parts)
  }

  #inTurn(): Pull<T> {
    const index = this.#nextTurn()
    if (index === undefined) return END
    return after(this.#parts[index].next(), (delivery): Pull<T> => {
      this.#turn = (index + 1) % this.#parts.length
      return this.#deliver(index, delivery)
    })
  }

  #asTheyCome(): Pull<T> {
    const { length } = this.#parts
    for (let i = 0; i < length; i++) {
      const index = (this.#turn + i) % length
      if (this.#places[index].ended) continue
      const delivery = this.#arrived[index] ?? this.#ask(index)
      if (delivery === undefined) continue
      this.#arrived[index] = undefined
      this.#turn = (index + 1) % length
      return this.#deliver(index, delivery)
    }
    const pending = this.#pending.filter((promise) => promise !== undefined)
    return pending.length === 0 ? END : Promise.race(pending).then(() => this.next())
  }

  /** What a shard has at once; what it has later arrives. */
  #ask(index: number): Delivery | undefined {
    if (this.#pending[index] !== undefined) return undefined
    const next = this.#parts[index].next()
    if (!(next instanceof Promise)) return next
    this.#pending[index] = next.then((delivery) => {
      this.#pending[index] = undefined
      this.#arrived[index] = delivery
    })
    return undefined
  }

  #deliver(index: number, delivery: Delivery): Pull<T> {
    const place = this.#places[index]
    const { state } = delivery
    if (state !== undefined) place.upstream = typeof state === 'function' ? state : () => state
    if (delivery.kind === 'end') {
      place.ended = true
      return this.next()
    }
    if (state !== undefined) place.index++
    if (delivery.kind === 'element') return delivery.element as T
    // A shard that cannot go on ends all of them: without it the others are not the data.
    if (state === undefined) this.#closed = true
    throw delivery.error
  }

  #nextTurn(): number | undefined {
    const { length } = this.#parts
    for (let i = 0; i < length; i++) {
      const index = (this.#turn + i) % length
      if (!this.#places[index].ended) return index
    }
    return undefined
  }
}

/** The seed of a shard: that of the pipeline for the first one, others for the others. */
function shardSeed(seed: number, index: number): number {
  if (index === 0) return seed
  // Of 53 bits, and apart from those that branches of a plan are given.
  const { a, b } = foldIn(foldIn(keyOf(seed), 0x73686172), index)
  return a + (b & 0x1fffff) * 0x100000000
}

/** A shard in this thread. */
class LocalPart implements Part {
  readonly #cursor: LocalCursor<unknown>

  constructor(start: PipelineStart, context: StageContext) {
    this.#cursor = new LocalCursor(start, context)
  }

  start(): void {
    return undefined
  }

  async next(): Promise<Delivery> {
    const state = (): State => this.#cursor.state().upstream ?? {}
    try {
      const element = await this.#cursor.next()
      return isEnd(element) ? { kind: 'end', state: state() } : { kind: 'element', element, state }
    } catch (error) {
      const named = error instanceof MillraceError ? error : new UnknownError(messageOf(error), { cause: error })
      return { kind: 'error', error: named, state: this.#cursor.begun ? state() : undefined }
    }
  }

  close(): void | Promise<void> {
    return this.#cursor.close()
  }
}
