import { closeAll, END, type Cursor, type Pull } from '../core/cursor.ts'
import type { State } from '../core/state.ts'
import type { PipelineState, PipelineTask } from './messages.ts'
import type { Delivery } from './pipelineWorker.ts'
import { RetriedWorker } from './retriedWorker.ts'

/** What is the same for every worker of an iteration. */
export type PipelineStart = Omit<PipelineTask, 'worker' | 'workers' | 'slots' | 'control'>

/** How a pipeline runs in workers. */
export interface WorkersSetting {
  /** Threads; 0 for this one. */
  readonly workers: number
  /** Elements that each makes ahead. */
  readonly bufferSize: number
  /** Threads that may die in place of each worker. */
  readonly retries: number
}

/** The state of the stage; `upstream` is null until something was delivered. */
export interface FromWorkersState extends Readonly<Record<string, State[string]>> {
  readonly plan: readonly string[]
  /** Elements and errors delivered. */
  readonly index: number
  readonly upstream: State | null
}

/** Where the pipeline of a saved state stands; undefined where it had not begun. */
export function restored(state: State | undefined): PipelineState | undefined {
  const { plan = [], index = 0, upstream } = (state ?? {}) as Partial<FromWorkersState>
  return upstream === undefined || upstream === null ? undefined : { plan, index, upstream }
}

/** Takes one element of each worker in turn: worker i of n makes elements i, i + n, ... */
export class WorkersCursor<T> implements Cursor<T> {
  readonly #workers: readonly RetriedWorker[]
  #plan: readonly string[]
  #upstream: () => State | null
  #index: number
  #turn = 0
  #started = false
  #ended = false

  constructor(start: PipelineStart, { workers, bufferSize, retries }: WorkersSetting) {
    const { state } = start
    this.#plan = state?.plan ?? []
    this.#upstream = () => state?.upstream ?? null
    this.#index = state?.index ?? 0
    const onPlan = (plan: readonly string[]): void => {
      this.#plan = plan
    }
    this.#workers = Array.from({ length: workers }, (_, worker) => {
      // One slot more than are made ahead: the one that the consumer has.
      return new RetriedWorker({ ...start, worker, workers, slots: bufferSize + 1 }, retries, onPlan)
    })
  }

  get exhausted(): boolean {
    return this.#workers.every((worker) => worker.exhausted)
  }

  next(): Pull<T> {
    if (this.#ended) return END
    if (!this.#started) {
      this.#started = true
      for (const worker of this.#workers) worker.start()
    }
    const delivery = this.#workers[this.#turn].next()
    return delivery instanceof Promise ? delivery.then((settled) => this.#deliver(settled)) : this.#deliver(delivery)
  }

  state(): FromWorkersState {
    return { plan: this.#plan, index: this.#index, upstream: this.#upstream() }
  }

  close(): void | Promise<void> {
    this.#ended = true
    if (!this.#started) return undefined
    return closeAll(this.#workers)
  }

  #deliver(delivery: Delivery): T | typeof END {
    this.#turn = (this.#turn + 1) % this.#workers.length
    const { state } = delivery
    if (state !== undefined) this.#upstream = typeof state === 'function' ? state : () => state
    if (delivery.kind === 'end') {
      this.#ended = true
      return END
    }
    if (state !== undefined) this.#index++
    if (delivery.kind === 'element') return delivery.element as T
    this.#ended = state === undefined
    throw delivery.error
  }
}
