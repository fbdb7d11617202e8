import { closeAll, END, type Cursor, type Pull } from '../core/cursor.ts'
import type { HeldState } from '../core/heldUpstream.ts'
import { InnerDatasets, type InnerDataset } from '../core/innerDatasets.ts'
import { InnerReading, type PullQuota } from '../core/innerReading.ts'
import type { Source, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { ElementFunction } from '../core/userFunction.ts'
import type { InnerState, InterleaveState } from './interleave.ts'

/*
 * Invariant: at most `cycleLength` datasets are being read, those with a place in the cycle and those ahead of it
 * together; each has at most one pull pending, and at most `numParallelCalls` are pending in all. An input is opened
 * ahead only while none that failed waits to be told of.
 *
 *   input -> ahead: | 6 |    places: | 2 | 5 | 3 ended | 4 |  -> consumer          (each with a buffer of a block)
 *                                          ^ turn
 */

/** How many datasets are read, and in which order their elements are handed on. */
export interface ParallelInterleaveOptions {
  readonly cycleLength: number
  readonly blockLength: number
  readonly numParallelCalls: number
  readonly deterministic: boolean
}

/** Elements of one inner dataset that are read ahead at most. */
const mostAhead = 16

/** The cursor of `interleave` with several pulls in flight. */
export class ParallelInterleaveCursor<T, R> implements Cursor<R> {
  readonly #inputs: InnerDatasets<T, R>
  readonly #options: ParallelInterleaveOptions
  readonly #bufferSize: number
  readonly #quota: PullQuota
  readonly #places: (InnerReading<R> | undefined)[] = []
  readonly #ahead: InnerReading<R>[] = []
  /** Failures to close what was read to its end. */
  readonly #failures: unknown[] = []
  /** Where the input stood before an element that is being waited for, or that failed ahead of its turn. */
  #before: HeldState | undefined
  #failure: { readonly error: unknown } | undefined
  #restoring: InterleaveState | undefined
  #turn = 0
  #taken = 0
  #closing = 0
  #opening = false
  #inputEnded = false
  #closed = false
  #wake: () => void = () => undefined

  constructor(
    upstream: Upstream<T>,
    fn: ElementFunction<T, Source<R>>,
    options: ParallelInterleaveOptions,
    context: StageContext,
    state?: State,
  ) {
    this.#restoring = state as unknown as InterleaveState | undefined
    this.#inputs = new InnerDatasets(upstream, fn, context, this.#restoring?.input)
    this.#options = options
    this.#bufferSize = Math.min(options.blockLength, mostAhead)
    this.#quota = { most: options.numParallelCalls, pending: 0, settled: () => this.#goOn() }
  }

  next(): Pull<R> {
    if (this.#closed) return END
    if (this.#restoring !== undefined) return this.#restore(this.#restoring).then(() => this.next())
    this.#fill()
    const taken = this.#take()
    return taken === undefined ? this.#waitForOne() : taken
  }

  state() {
    if (this.#restoring !== undefined) return { ...this.#restoring } as unknown as State
    const place = (reading: InnerReading<R>) => ({ index: reading.index, ...reading.state() })
    return {
      input: this.#inputState(),
      turn: this.#turn,
      taken: this.#taken,
      open: this.#places.flatMap((reading, i) => (reading === undefined ? [] : [{ place: i, ...place(reading) }])),
      ahead: this.#ahead.map(place),
    }
  }

  close(): void | Promise<void> {
    this.#closed = true
    this.#wake()
    return closeAll([...this.#readings(), this.#inputs])
  }

  /** Where the input stands; an element that was not opened, or whose failure was not told of, is still to come. */
  #inputState(): HeldState {
    if (this.#before === undefined) return this.#inputs.state()
    const live = new Set(this.#readings().map(({ index }) => index))
    return { ...this.#before, held: this.#before.held.filter((index) => live.has(index)) }
  }

  #readings(): InnerReading<R>[] {
    return [...this.#places, ...this.#ahead].filter((reading) => reading !== undefined)
  }

  /** Reads ahead, from the dataset whose turn it is on, and opens as many as there is room for. */
  #fill(): void {
    if (this.#closed) return
    for (let i = 0; i < this.#places.length; i++) {
      this.#places[(this.#turn + i) % this.#places.length]?.read()
    }
    for (const reading of this.#ahead) reading.read()
    while (!this.#inputEnded && !this.#opening && this.#failure === undefined && this.#hasRoom()) this.#openNext()
  }

  #hasRoom(): boolean {
    return this.#readings().filter(({ ended }) => !ended).length < this.#options.cycleLength
  }

  #openNext(): void {
    this.#before = this.#inputs.state()
    const failed = (error: unknown): void => {
      this.#failure = { error }
    }
    let inner
    try {
      inner = this.#inputs.next()
    } catch (error) {
      failed(error)
      return
    }
    if (!(inner instanceof Promise)) {
      this.#begin(inner)
      return
    }
    this.#opening = true
    void inner
      .then((settled) => this.#begin(settled), failed)
      .then(() => {
        this.#opening = false
        this.#goOn()
      })
  }

  #begin(inner: InnerDataset<R> | typeof END): void {
    this.#before = undefined
    if (inner === END || this.#closed) {
      this.#inputEnded = true
      return
    }
    const reading = new InnerReading(inner, this.#bufferSize, this.#quota)
    this.#ahead.push(reading)
    reading.read()
  }

  #goOn(): void {
    this.#fill()
    this.#wake()
  }

  /** The next element, END, or undefined where it is not there yet; throws what a pull threw. */
  #take(): R | typeof END | undefined {
    for (;;) {
      if (this.#failures.length > 0) throw this.#failures.shift()
      const ready = this.#options.deterministic ? this.#hasPlace() : this.#seekReady()
      const reading = this.#places[this.#turn]
      if (!ready || reading === undefined) return this.#isOver() ? END : undefined
      const outcome = reading.take()
      if (outcome === undefined) return undefined
      if ('element' in outcome && outcome.element === END) {
        this.#leave(reading)
        continue
      }
      if ('element' in outcome && ++this.#taken === this.#options.blockLength) this.#pass()
      reading.read()
      if ('error' in outcome) throw outcome.error
      return outcome.element
    }
  }

  async #waitForOne(): Promise<R | typeof END> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (this.#closed) return END
      const taken = this.#take()
      if (taken !== undefined) return taken
    }
  }

  /** Hands the turn on until it is that of a dataset, filling places on the way; false where there is none yet. */
  #hasPlace(): boolean {
    while (this.#places[this.#turn] === undefined) {
      const ahead = this.#ahead.shift()
      if (ahead !== undefined) {
        this.#places[this.#turn] = ahead
        return true
      }
      this.#throwFailure()
      if (!this.#inputEnded || this.#readings().length === 0) return false
      this.#pass()
    }
    return true
  }

  /** Gives places to what was opened, and the turn to a dataset that has an element; false where none has. */
  #seekReady(): boolean {
    while (this.#ahead.length > 0) {
      const free = this.#places.indexOf(undefined)
      const place = free === -1 ? this.#places.length : free
      if (place >= this.#options.cycleLength) break
      this.#places[place] = this.#ahead.shift()
    }
    for (let i = 0; i < this.#places.length; i++) {
      const place = (this.#turn + i) % this.#places.length
      if (this.#places[place]?.ready !== true) continue
      if (place !== this.#turn) this.#taken = 0
      this.#turn = place
      return true
    }
    this.#throwFailure()
    return false
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return
    const { error } = this.#failure
    this.#failure = undefined
    this.#before = undefined
    this.#fill()
    throw error
  }

  #isOver(): boolean {
    return this.#inputEnded && this.#closing === 0 && this.#readings().length === 0
  }

  /** Hands the turn on. Places that were never filled stay empty once there is nothing left to fill them. */
  #pass(): void {
    this.#taken = 0
    this.#turn++
    const allPlaced = this.#inputEnded && this.#ahead.length === 0
    if (this.#turn >= (allPlaced ? this.#places.length : this.#options.cycleLength)) this.#turn = 0
  }

  /** Lets the dataset whose turn it is go, once its end came up. */
  #leave(reading: InnerReading<R>): void {
    this.#places[this.#turn] = undefined
    this.#inputs.release(reading.index)
    this.#pass()
    const closing = reading.close()
    this.#fill()
    if (!(closing instanceof Promise)) return
    this.#closing++
    void closing
      .catch((error: unknown) => void this.#failures.push(error))
      .then(() => {
        this.#closing--
        this.#wake()
      })
  }

  async #restore(state: InterleaveState): Promise<void> {
    const datasets = await this.#inputs.restore()
    if (this.#closed) return
    const reopen = async ({ index, delivered, upstream }: InnerState, hold: (reading: InnerReading<R>) => void) => {
      const inner = datasets.get(index)
      if (inner === undefined) return
      const reading = new InnerReading(inner, this.#bufferSize, this.#quota, { delivered, upstream })
      hold(reading)
      await reading.catchUp()
    }
    for (const saved of state.open) {
      await reopen(saved, (reading) => {
        while (this.#places.length < saved.place) this.#places.push(undefined)
        this.#places[saved.place] = reading
      })
    }
    for (const saved of state.ahead) await reopen(saved, (reading) => void this.#ahead.push(reading))
    this.#turn = state.turn
    this.#taken = state.taken
    this.#restoring = undefined
  }
}
