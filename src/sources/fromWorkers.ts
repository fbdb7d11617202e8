import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { closeAll, END, type Cursor, type Pull } from '../core/cursor.ts'
import type { Source, Stage, StageContext } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { PipelineState, PipelineTask } from '../parallel/messages.ts'
import { buildPlan, openTask } from '../parallel/pipelineProducer.ts'
import { PipelineWorker, type Delivery } from '../parallel/pipelineWorker.ts'
import type { AnyFunction, WorkerFunction } from '../parallel/workerFunction.ts'

/** The element of the dataset that a function builds. */
export type BuiltElement<F> = F extends (...args: never[]) => infer R
  ? Awaited<R> extends Source<infer T>
    ? T
    : never
  : never

/** Options of `fromWorkers`. */
export interface FromWorkersOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** Arguments of the function; they are cloned into the workers. Default: none. */
  readonly args?: A
  /** Threads that run the pipeline, 1 by default; 0 runs it in this thread, as for debugging. */
  readonly workers?: number
  /** Elements that a worker makes ahead of the consumer; 4 by default. */
  readonly bufferSize?: number
}

/**
 * The elements of a dataset that is built and run in worker threads, so that reading, shuffling and batching go on
 * while this thread is blocked by a training step.
 *
 * The elements, their order and the saved states are the same for any number of workers: worker i of n makes elements
 * i, i + n, ... and passes over the others. NdArrays travel through shared memory with one copy, everything else as a
 * clone. Length: unknown. Saved: the position of the pipeline in the worker, after the last element delivered.
 *
 * @param fn the function that builds the dataset, from `workerFn`
 * @throws NotFoundError where the module or the export does not exist, at the first element
 * @throws UnavailableError where a worker dies
 */
export function fromWorkers<F extends AnyFunction>(
  fn: WorkerFunction<F>,
  options: FromWorkersOptions<Parameters<F>> = {},
): Stage<never, BuiltElement<F>> {
  const given = fn as Partial<WorkerFunction<F>> | undefined
  if (typeof given?.module !== 'string' || typeof given.exportName !== 'string') {
    throw wrongArgument('fromWorkers', 'the function', "what workerFn(module, 'name') returns", fn)
  }
  checkOptions('fromWorkers', options, ['args', 'workers', 'bufferSize'])
  const { args = [] } = options
  const workers = checkCount('fromWorkers', 'workers', options.workers ?? 1)
  const bufferSize = checkCount('fromWorkers', 'bufferSize', options.bufferSize ?? 4, { min: 1 })
  const { module, exportName } = fn
  return Object.freeze({
    name: 'fromWorkers',
    args: { exportName, workers, bufferSize },
    tuning: ['workers', 'bufferSize'],
    cardinality: () => undefined,
    spec: () => undefined,
    open: (_inputs, context, state) => {
      const start = { module, exportName, args, seed: context.seed, epoch: context.epoch, state: restored(state) }
      return workers === 0
        ? new LocalCursor<BuiltElement<F>>(start, context)
        : new WorkersCursor<BuiltElement<F>>(start, workers, bufferSize)
    },
  } satisfies Stage<never, BuiltElement<F>>)
}

/** What is the same for every worker of an iteration. */
type Start = Omit<PipelineTask, 'worker' | 'workers' | 'slots' | 'control'>

/** The state of this stage; `upstream` is null until an element was delivered. */
interface FromWorkersState {
  readonly plan: readonly string[]
  readonly upstream: State | null
}

function restored(state: State | undefined): PipelineState | undefined {
  const { plan, upstream } = (state ?? {}) as Partial<FromWorkersState>
  return plan === undefined || upstream === undefined || upstream === null ? undefined : { plan, upstream }
}

class WorkersCursor<T> implements Cursor<T> {
  readonly #workers: readonly PipelineWorker[]
  #plan: readonly string[]
  #upstream: () => State | null
  #turn = 0
  #started = false
  #ended = false

  constructor(start: Start, workers: number, bufferSize: number) {
    this.#plan = start.state?.plan ?? []
    this.#upstream = () => start.state?.upstream ?? null
    const onPlan = (plan: readonly string[]): void => {
      this.#plan = plan
    }
    this.#workers = Array.from({ length: workers }, (_, worker) => {
      // One slot more than are made ahead: the one that the consumer has.
      return new PipelineWorker({ ...start, worker, workers, slots: bufferSize + 1 }, onPlan)
    })
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

  state() {
    return { plan: this.#plan, upstream: this.#upstream() }
  }

  close(): void | Promise<void> {
    this.#ended = true
    if (!this.#started) return undefined
    return closeAll(this.#workers.map((worker) => ({ close: () => worker.close() }) as Cursor<never>))
  }

  #deliver(delivery: Delivery): T | typeof END {
    this.#turn = (this.#turn + 1) % this.#workers.length
    const { state } = delivery
    if (state !== undefined) this.#upstream = typeof state === 'function' ? state : () => state
    if (delivery.kind === 'error') {
      this.#ended = delivery.state === undefined
      throw delivery.error
    }
    if (delivery.kind === 'element') return delivery.element as T
    this.#ended = true
    return END
  }
}

/** The same pipeline in this thread. */
class LocalCursor<T> implements Cursor<T> {
  readonly #start: Start
  readonly #signal: AbortSignal
  #plan: readonly string[]
  #cursor: Cursor<unknown> | undefined

  constructor(start: Start, context: StageContext) {
    this.#start = start
    this.#signal = context.signal
    this.#plan = start.state?.plan ?? []
  }

  next(): Pull<T> {
    if (this.#cursor !== undefined) return this.#cursor.next() as Pull<T>
    return this.#open().then((cursor) => cursor.next() as Pull<T>)
  }

  state() {
    return { plan: this.#plan, upstream: this.#cursor?.state() ?? this.#start.state?.upstream ?? null }
  }

  close(): void | Promise<void> {
    return this.#cursor?.close()
  }

  async #open(): Promise<Cursor<unknown>> {
    const node = await buildPlan(this.#start, (plan) => {
      this.#plan = plan
    })
    this.#cursor = openTask(this.#start, node, this.#signal)
    return this.#cursor
  }
}
