import { Arrival } from '../core/arrival.ts'
import { closeAll, END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import type { HeldState } from '../core/heldUpstream.ts'
import { InnerDatasets, type InnerDataset } from '../core/innerDatasets.ts'
import { InnerReading, mostInTurn, openQuota, queueOf, type PullQuota } from '../core/innerReading.ts'
import type { Source, StageContext, Upstream } from '../core/stage.ts'
import { report } from '../core/stageReport.ts'
import type { State } from '../core/state.ts'
import { turnIfDue } from '../core/turns.ts'
import type { ElementFunction } from '../core/userFunction.ts'
import type { InnerState, InterleaveState } from './interleave.ts'

/*
 * Invariant: at most `cycleLength` datasets are being read, those with a place in the cycle and those ahead of it
 * together; each has at most one pull pending, and at most `numParallelCalls` are pending in all. An input is opened
 * ahead only while none that failed waits to be told of.
 *
 *   input -> ahead: | 6 |    places: | 2 | 5 | 3 ended | 4 |  -> consumer          (each with a buffer of a block)
 *                                          ^ turn
 *
 * While the one whose turn it is is waited for, the others are read on, up to their part of the reorder window.
 */

/** How many datasets are read, and in which order their elements are handed on. */
export interface ParallelInterleaveOptions {
  readonly cycleLength: number
  readonly blockLength: number
  readonly numParallelCalls: number
  readonly deterministic: boolean
  readonly reorderWindow: number
}

/** The cursor of `interleave` with several pulls in flight. */
export class ParallelInterleaveCursor<T, R> implements Cursor<R> {
  readonly #inputs: InnerDatasets<T, R>
  readonly #options: ParallelInterleaveOptions
  /** Elements of each dataset that are read ahead: in its turn, and while another one is waited for. */
  readonly #bufferSize: number
  readonly #mostBuffered: number
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
  readonly #arrival = new Arrival()

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
    this.#bufferSize = Math.min(options.blockLength, mostInTurn)
    this.#mostBuffered = Math.max(this.#bufferSize, Math.floor(options.reorderWindow / options.cycleLength))
    this.#quota = openQuota(options.numParallelCalls, options.cycleLength, context, () => this.#goOn())
    const queue = () => queueOf(this.#readings(), this.#quota)
    report(context, { queue, waitingFor: () => this.#waitingFor() })
  }

  next(): Pull<R> {
    if (this.#closed) return END
    if (this.#restoring !== undefined) return this.#restore(this.#restoring).then(() => this.next())
    this.#fill()
    const taken = this.#take(false)
    if (taken !== undefined) return taken
    return this.#arrival.waitFor(() => (this.#closed ? END : this.#take(true)))
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
    this.#quota.account.close()
    this.#arrival.announce()
    return closeAll([...this.#readings(), this.#inputs])
  }

  /** Where the input stands; an element that was not opened, or whose failure was not told of, is still to come. */
  #inputState(): HeldState {
    if (this.#before === undefined) return this.#inputs.state()
    const live = new Set(this.#readings().map(({ index }) => index))
    return { ...this.#before, held: this.#before.held.filter((index) => live.has(index)) }
  }

  /** Reads ahead, from the dataset whose turn it is on, and opens as many as there is room for. */
  #fill(): void {
    if (this.#closed) return
    const readings = this.#readings()
    const stalled = this.#isStalled(readings)
    const bufferSize = stalled ? this.#mostBuffered : this.#bufferSize
    for (const [i, reading] of readings.entries()) reading.read(bufferSize, stalled && i === 0)
    while (!this.#inputEnded && !this.#opening && this.#failure === undefined && this.#hasRoom()) this.#openNext()
  }

  /** Those ahead that were read to their end are not to be more and more. */
  #hasRoom(): boolean {
    const { cycleLength } = this.#options
    return this.#ahead.length < cycleLength && this.#readings().filter(({ ended }) => !ended).length < cycleLength
  }

  /** The datasets that are read, from the one whose turn it is on. */
  #readings(): InnerReading<R>[] {
    const places = this.#places.map((_, i) => this.#places[(this.#turn + i) % this.#places.length])
    return [...places, ...this.#ahead].filter((reading) => reading !== undefined)
  }

  /** Whether the consumer has to wait for the dataset whose turn it is, or for all of them. */
  #isStalled(readings: readonly InnerReading<R>[]): boolean {
    if (!this.#options.deterministic) return readings.every(({ ready }) => ready === 0)
    return readings.at(0)?.ready === 0
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
    this.#opening = inner instanceof Promise
    if (!(inner instanceof Promise)) this.#begin(inner)
    else
      void inner
        .then((settled) => this.#begin(settled), failed)
        .then(() => {
          this.#opening = false
          this.#goOn()
        })
  }

  #begin(inner: InnerDataset<R> | typeof END): void {
    this.#before = undefined
    if (isEnd(inner) || this.#closed) {
      this.#inputEnded = true
      return
    }
    const reading = new InnerReading(inner, this.#quota)
    this.#ahead.push(reading)
    reading.read(this.#bufferSize, this.#readings().length === 1)
  }

  #goOn(): void {
    this.#fill()
    this.#arrival.announce()
  }

  /** The next element, END, or undefined where it is not there yet; throws what a pull threw. */
  #take(waited: boolean): R | typeof END | undefined {
    for (;;) {
      if (this.#failures.length > 0) throw this.#failures.shift()
      const ready = this.#options.deterministic ? this.#hasPlace() : this.#seekReady()
      const reading = this.#places[this.#turn]
      if (!ready || reading === undefined) return this.#isOver() ? END : undefined
      const outcome = reading.take()
      if (outcome === undefined) return undefined
      if ('element' in outcome && isEnd(outcome.element)) {
        this.#leave(reading)
        const turn = turnIfDue()
        void turn?.then(() => this.#goOn())
        if (turn !== undefined) return undefined
        continue
      }
      if ('element' in outcome && ++this.#taken === this.#options.blockLength) this.#pass()
      this.#quota.most.took('element' in outcome ? outcome.element : undefined, waited, this.#quota.held)
      this.#quota.held = false
      reading.read(this.#bufferSize, false)
      if ('error' in outcome) throw outcome.error
      return outcome.element
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
      if ((this.#places[place]?.ready ?? 0) === 0) continue
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
        this.#arrival.announce()
      })
  }

  async #restore(state: InterleaveState): Promise<void> {
    const datasets = await this.#inputs.restore()
    if (this.#closed) return
    const reopen = async (saved: InnerState, hold: (reading: InnerReading<R>) => void) => {
      const inner = datasets.get(saved.index)
      if (inner === undefined) return
      const reading = new InnerReading(inner, this.#quota, saved)
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

  #waitingFor(): string | undefined {
    const reading = this.#places[this.#turn]
    if (this.#opening) return 'its input, or the call of its function'
    return reading === undefined ? undefined : `the dataset of element ${reading.index}`
  }
}
