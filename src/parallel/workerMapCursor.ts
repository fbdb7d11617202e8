import { atPath } from '../core/checks.ts'
import { Arrival } from '../core/arrival.ts'
import { batchCount } from '../core/collectCursor.ts'
import { after, closeAll, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { notAhead, ReadAhead } from '../core/readAhead.ts'
import type { Upstream } from '../core/stage.ts'
import type { StageReport } from '../core/stageReport.ts'
import type { State } from '../core/state.ts'
import { BlockResults } from './blockResults.ts'
import type { BlockOutcome, BlockRunner } from './blockRunner.ts'
import { MapUnits, type Unit } from './mapUnits.ts'
import { canTravel } from './packedElement.ts'
import type { WorkerMapping } from './workerMapping.ts'

interface WorkerMapState {
  /** Index of the first element that was not handed on. */
  readonly index: number
  /** Offsets from it of the elements that were handed on before it. */
  readonly done: readonly number[]
  readonly upstream: State
}

/**
 * The cursor of a map that runs in workers: reads elements, has their blocks run, and hands the results on.
 *
 * Invariant: at most one upstream pull is pending. Every wait ends, by a result, an error, the end or `close`: a block
 * always comes back, or its thread's death does.
 */
export class WorkerMapCursor<T, R> implements Cursor<R> {
  readonly #source: ReadAhead<T>
  readonly #runner: BlockRunner
  readonly #mapping: WorkerMapping
  readonly #queue: MapUnits
  readonly #arrival = new Arrival()
  /** Elements that a restored state names as handed on, and that were not read yet. */
  readonly #doneBefore: Set<number>
  /** Whether nothing is ever handed on before its turn. */
  readonly #inOrder: boolean
  /** Index of the next element to read. */
  #read: number
  /** Index of the first element that was not handed on. */
  #index: number
  /** Whether the number of blocks kept this from reading, since the last result. */
  #held = false
  #pulling = false
  #inputEnded = false
  #closed = false

  constructor(upstream: Upstream<T>, runner: BlockRunner, mapping: WorkerMapping, state?: State) {
    const { index = 0, done, upstream: inner } = (state ?? {}) as Partial<WorkerMapState>
    // A state without `done` was saved by the serial cursor, which reads nothing ahead.
    this.#source = new ReadAhead(upstream, done !== undefined || inner === undefined ? inner : notAhead(inner))
    this.#runner = runner
    this.#mapping = mapping
    this.#queue = new MapUnits(() => mapping.blockSize.value, mapping.batch !== undefined)
    this.#index = index
    this.#read = index
    this.#doneBefore = new Set((done ?? []).map((offset) => index + offset))
    this.#inOrder = mapping.deterministic && this.#doneBefore.size === 0
  }

  get exhausted(): boolean {
    return this.#inputEnded
  }

  /** What this stage says of itself. */
  report(): StageReport {
    const { units } = this.#queue
    return {
      queue: () => ({ ready: this.#queue.ready, inFlight: this.#runner.inFlight }),
      workers: () => ({ workers: Math.max(1, this.#runner.workers), busyMs: this.#runner.busyMs }),
      waitingFor: () => {
        const waited = units.find(({ outcome }) => outcome === undefined)
        return (
          waited && `the function, on elements ${waited.indices[0]} to ${waited.indices[waited.indices.length - 1]}`
        )
      },
    }
  }

  next(): Pull<R> {
    if (this.#closed) return END
    const caughtUp = this.#source.catchUp()
    if (caughtUp instanceof Promise) return caughtUp.then(() => this.next())
    this.#fill()
    const taken = this.#take(false)
    return taken === undefined ? this.#arrival.waitFor(() => (this.#closed ? END : this.#take(true))) : taken
  }

  skip(count: number): number | Promise<number> {
    const nothingAhead = this.#queue.empty && !this.#pulling && this.#doneBefore.size === 0
    if (!nothingAhead || this.#closed) {
      return skipElements({ next: () => this.next(), state: () => this.state(), close: () => undefined }, count)
    }
    const { batch, blockSize } = this.#mapping
    return after(this.#source.catchUp(), () =>
      after(this.#source.skip(batch === undefined ? count : count * blockSize.value), (skipped) => {
        this.#index += skipped
        this.#read = this.#index
        return batch === undefined ? skipped : batchCount(skipped, blockSize.value, batch.dropRemainder)
      }),
    )
  }

  state() {
    const upstream = this.#source.state()
    if (this.#inOrder) return { index: this.#index, done: [], upstream }
    const left = this.#queue.left()
    const done: number[] = []
    for (let index = this.#index; index < this.#read; index++) if (!left.has(index)) done.push(index - this.#index)
    for (const index of this.#doneBefore) done.push(index - this.#index)
    return { index: this.#index, done, upstream }
  }

  close(): void | Promise<void> {
    this.#closed = true
    this.#arrival.announce()
    this.#mapping.memory.close()
    return closeAll([this.#runner, this.#source.cursor])
  }

  /** Reads, and has blocks run, until as many run, or wait to be handed on, as may. */
  #fill(): void {
    while (this.#mayRead()) {
      if (this.#queue.addAgain()) continue
      if (this.#inputEnded) this.#queue.cut()
      else this.#pull()
      this.#startUnits()
    }
    // What comes late is waited for, but not with what is there already.
    if (this.#pulling && this.#runner.inFlight === 0 && this.#mapping.batch === undefined) this.#queue.cut()
    this.#startUnits()
  }

  #mayRead(): boolean {
    if (this.#closed || this.#pulling || (this.#inputEnded && !this.#queue.hasUncut)) return false
    const { value } = this.#mapping.calls
    const may = this.#queue.units.length < 2 * value && this.#hasRoom() && this.#hasMemory()
    if (!may) this.#held = true
    return may
  }

  /** Whether another block may run. */
  #hasRoom(): boolean {
    return this.#runner.hasRoom && this.#runner.inFlight < this.#mapping.calls.value
  }

  /** Whether one more element may be held; always, where nothing runs or is ready without it. */
  #hasMemory(): boolean {
    if (this.#mapping.memory.hasRoom()) return true
    // What is there must do for a block, where it need not be a whole one.
    if (this.#mapping.batch === undefined) this.#queue.cut()
    return this.#queue.units.length === 0
  }

  #pull(): void {
    this.#source.willRead()
    this.#mapping.memory.expect()
    let element
    try {
      element = this.#source.cursor.next()
    } catch (error) {
      this.#failed(error)
      return
    }
    if (element instanceof Promise) this.#await(element)
    else this.#arrived(element)
  }

  #await(pending: Promise<T | typeof END>): void {
    this.#pulling = true
    void pending
      .then(
        (element) => this.#arrived(element),
        (error: unknown) => this.#failed(error),
      )
      .then(() => {
        this.#pulling = false
        this.#fill()
        this.#arrival.announce()
      })
  }

  #arrived(element: T | typeof END): void {
    this.#mapping.memory.arrived()
    if (isEnd(element) || this.#closed) {
      this.#inputEnded = true
      return
    }
    const index = this.#read++
    if (this.#doneBefore.delete(index)) this.#advance()
    else this.#add(index, element)
  }

  #add(index: number, element: T): void {
    try {
      this.#mapping.memory.add(index, element)
      this.#queue.add({ index, element })
    } catch (error) {
      this.#queue.add({ index, error })
    }
  }

  /** The element failed upstream: its error waits for its turn, unless it was told of before the state was saved. */
  #failed(error: unknown): void {
    this.#mapping.memory.arrived()
    this.#source.didFail()
    const index = this.#read++
    if (this.#doneBefore.delete(index)) this.#advance()
    else this.#queue.add({ index, error })
  }

  #startUnits(): void {
    while (!this.#closed && this.#hasRoom()) {
      const unit = this.#queue.units.find(({ started }) => !started)
      if (unit === undefined) return
      this.#start(unit)
    }
  }

  #start(unit: Unit): void {
    unit.started = true
    let running
    try {
      // Where batches are ready nobody waits for this one: one thread makes it, and leaves the others to whoever has them.
      running = this.#runner.run(unit, this.#queue.ready === 0)
    } catch (error) {
      const offset = unit.elements.findIndex((element) => !canTravel(element))
      this.#queue.failAt(unit, Math.max(0, offset), error)
      return
    }
    void running.then((outcome) => {
      if (this.#queue.units.includes(unit)) this.#settle(unit, outcome)
      else if (outcome.kind === 'done' && outcome.buffer !== undefined) this.#runner.giveBack(outcome.buffer)
      this.#fill()
      this.#arrival.announce()
    })
  }

  #settle(unit: Unit, outcome: BlockOutcome): void {
    if (outcome.kind === 'cancelled') return
    if (outcome.kind === 'failed') {
      // The function cannot be called: there is nothing to go on with.
      this.#queue.failAll(unit.indices, outcome.error)
      this.#inputEnded = true
      return
    }
    if (outcome.kind === 'died') {
      this.#queue.failAt(unit, outcome.offset, outcome.error)
      return
    }
    const { batch, memory } = this.#mapping
    // The elements of a batch are kept beside it: an error may have to cut them anew.
    memory.addResults(unit.indices, outcome.buffer?.byteLength ?? 0, batch === undefined)
    const results = new BlockResults(outcome, (buffer) => this.#runner.giveBack(buffer))
    const [offset, error] = (batch && results.firstError) ?? []
    if (offset === undefined) this.#queue.settle(unit, { results })
    // The rows could not be stacked: all of them are lost.
    else if (offset === -1) this.#queue.settle(unit, { error: atPath(error, batch?.path ?? '') })
    else this.#queue.failAt(unit, offset, error)
  }

  /** The next result, END, or undefined where it is not there yet; throws what a call threw. */
  #take(waited: boolean): R | typeof END | undefined {
    const { units } = this.#queue
    const unit = this.#mapping.deterministic ? units.at(0) : units.find(({ outcome }) => outcome !== undefined)
    const outcome = unit?.outcome
    if (unit === undefined || outcome === undefined) {
      return this.#inputEnded && !this.#pulling && this.#queue.empty ? END : undefined
    }
    const offset = unit.passed
    this.#queue.pass(unit)
    this.#mapping.memory.letGo(unit.indices.slice(offset, unit.passed))
    this.#advance()
    this.#fill()
    if ('error' in outcome) {
      this.#took(undefined, waited)
      throw outcome.error
    }
    const { batch, blockSize } = this.#mapping
    if (batch?.dropRemainder === true && unit.indices.length < blockSize.value) return this.#take(waited)
    const result = outcome.results.take(offset)
    this.#took(result, waited)
    return result as R
  }

  #took(result: unknown, waited: boolean): void {
    const { calls, blockSize } = this.#mapping
    calls.took(result, waited, this.#held)
    blockSize.took(result, waited, this.#held)
    this.#held = false
  }

  /** Moves on to the first element that was not handed on. */
  #advance(): void {
    const first = this.#queue.first(this.#read)
    for (; this.#index < first; this.#index++) this.#source.didDeliver()
  }
}
