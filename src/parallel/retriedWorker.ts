import type { State } from '../core/state.ts'
import type { PipelineTask } from './messages.ts'
import { PipelineWorker, type Delivery } from './pipelineWorker.ts'

/** What a worker of a pipeline is started with, but for what it shares with its thread. */
export type WorkerTask = Omit<PipelineTask, 'control'>

/**
 * One worker of a pipeline, and those that take its place where its thread dies: each goes on after the last element that
 * was taken, so that nothing is lost and nothing comes twice.
 */
export class RetriedWorker {
  readonly #task: WorkerTask
  readonly #onPlan: (plan: readonly string[]) => void
  #worker: PipelineWorker
  #retries: number
  #plan: readonly string[]
  /** After the last element or error that was taken, and how many there were. */
  #state: State | (() => State) | undefined
  #taken = 0
  #closed = false

  /** @param retries threads that may die; the death of the next one is an error */
  constructor(task: WorkerTask, retries: number, onPlan: (plan: readonly string[]) => void) {
    this.#task = task
    this.#retries = retries
    this.#plan = task.state?.plan ?? []
    this.#onPlan = (plan) => {
      this.#plan = plan
      onPlan(plan)
    }
    this.#worker = new PipelineWorker(task, this.#onPlan)
  }

  /** Whether the pipeline made its last element. */
  get exhausted(): boolean {
    return this.#worker.exhausted
  }

  /** Begins the pipeline in a thread. */
  start(): void {
    this.#worker.start()
  }

  /** The next element, error or end; a promise where it is not there yet. */
  next(): Delivery | Promise<Delivery> {
    const delivery = this.#worker.next()
    return delivery instanceof Promise ? delivery.then((settled) => this.#take(settled)) : this.#take(delivery)
  }

  /** Ends the thread's part in it. */
  close(): Promise<void> {
    this.#closed = true
    return this.#worker.close()
  }

  #take(delivery: Delivery): Delivery | Promise<Delivery> {
    if (delivery.state !== undefined) {
      this.#state = delivery.state
      this.#taken++
    } else if (delivery.kind === 'error' && delivery.died === true && this.#retries > 0 && !this.#closed) {
      this.#retries--
      return this.#again()
    }
    return delivery
  }

  async #again(): Promise<Delivery> {
    await this.#worker.close()
    this.#worker = new PipelineWorker(this.#rest(), this.#onPlan)
    this.#worker.start()
    return this.next()
  }

  /** What is still to be done. */
  #rest(): WorkerTask {
    const task = this.#task
    if (this.#state === undefined) return task
    const { worker, workers } = task
    const index = (task.state?.index ?? 0) + worker + (this.#taken - 1) * workers + 1
    const upstream = typeof this.#state === 'function' ? this.#state() : this.#state
    return { ...task, worker: workers - 1, state: { plan: this.#plan, index, upstream } }
  }
}
