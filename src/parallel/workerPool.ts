import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { MessagePort, ResourceLimits, Worker } from 'node:worker_threads'
import type * as piscina from 'piscina'
import { UnavailableError } from '../core/errors.ts'
import type { BlockReply, BlockTask, PipelineTask } from './messages.ts'
import { neverBegan } from './workerDeath.ts'
import { workerFile } from './workerFile.ts'

/** Options of `configureWorkers`. */
export interface WorkersOptions {
  /** Threads for worker maps; `os.availableParallelism()` by default. Each pipeline of `fromWorkers` adds its own. */
  readonly threads?: number
  /** Limits of each thread's memory, as of a Worker of Node; those of the process by default. */
  readonly resourceLimits?: ResourceLimits
}

/** Who has blocks run: how many threads it may use at once, and which it does, with the blocks that each has of it. */
export interface BlockOwner {
  readonly workers: number
  readonly threads: Map<number, number>
}

/** The thread that has a pipeline. */
export interface PipelineThread {
  readonly worker: Worker
  /** Settles once the pipeline has begun; rejects where it does not come to that. */
  readonly begun: Promise<unknown>
}

/** Piscina's view of a thread and of a task, as far as the choice needs it. */
interface Candidate {
  readonly id: number
  readonly currentUsage: number
}

/** What stands beside a task, for the choice of its thread. */
type Choice = BlockChoice | StartChoice | PipelineChoice
interface PipelineChoice {
  readonly onChosen: (worker: Worker | undefined) => void
  thread: number
}
interface StartChoice {
  /** Threads that are known to run. */
  readonly started: Set<number>
  thread: number
}
interface BlockChoice {
  readonly owner: BlockOwner
  readonly others: Set<number>
  thread: number
}

/** Blocks that wait in one thread: enough for never being idle, and no more than that may be lost with it. */
const tasksPerThread = 1024

/** Threads that may end one after the other before they run: what ends them ends all. */
const mostFailedStarts = 20

/**
 * The threads of this process, on piscina. Those for worker maps are as many as `threads`, and run the blocks of all
 * maps in turn; each pipeline has one to itself, for as long as it runs, and the pool grows by it. So no pipeline waits
 * for another, however they are nested or interleaved. Threads start when they are needed, stay for the next epoch, and
 * keep no process alive.
 *
 *   blocks    -> | thread 1 | thread 2 | at most `threads`
 *   pipelines -> | thread 3 | thread 4 | one each
 */
export class WorkerPool {
  readonly threads: number
  readonly #piscina: piscina.Piscina
  readonly #choiceOf: symbol
  /** Threads that run a pipeline, and how many are asked for. */
  readonly #taken = new Set<number>()
  #pipelines = 0
  #blocks = 0
  /** Threads that ended before they ran, since the last one that did. */
  #failedStarts = 0
  #closed = false

  constructor({ threads = availableParallelism(), resourceLimits }: WorkersOptions) {
    this.threads = threads
    const { path, execArgv } = workerFile()
    // Required when it is needed, as the package of that file has it: it costs start-up time, and must not get into a
    // bundle, for its threads begin with a file beside it.
    const { Piscina } = createRequire(path)('piscina') as typeof piscina
    this.#choiceOf = Piscina.queueOptionsSymbol
    this.#piscina = new Piscina({
      filename: path,
      ...(execArgv === undefined ? {} : { execArgv }),
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: tasksPerThread,
      // A thread that sleeps between tasks would not run the pipelines that are no task.
      atomics: 'disabled',
      recordTiming: false,
      loadBalancer: (task, workers) => {
        const choice = (task as unknown as Record<symbol, Choice>)[this.#choiceOf]
        const chosen = this.#choose(workers, choice)
        if (chosen === null) return null
        choice.thread = chosen.id
        if ('onChosen' in choice) {
          choice.onChosen(this.#piscina.threads.find(({ threadId }) => threadId === chosen.id))
        }
        return chosen
      },
    })
    // Of a thread that dies between two tasks; who has a pipeline in it hears of it from the thread.
    this.#piscina.on('error', () => undefined)
    this.#piscina.on('workerCreate', () => (this.#failedStarts = 0))
    this.#piscina.on('workerDestroy', () => queueMicrotask(() => this.#startAgain()))
  }

  /** Pipelines and blocks that run or wait for a thread. */
  get busy(): number {
    return this.#pipelines + this.#blocks
  }

  /**
   * Runs a block, or a thread's part of it; rejects only where its thread dies or cannot start.
   *
   * @param others threads that have another part of it: another one is chosen, where there is one, and added
   */
  async runBlock(task: BlockTask, owner: BlockOwner, others: Set<number>): Promise<BlockReply> {
    const choice: BlockChoice = { owner, others, thread: -1 }
    this.#blocks++
    try {
      return (await this.#piscina.run({ ...task, [this.#choiceOf]: choice }, { name: 'block' })) as BlockReply
    } finally {
      this.#blocks--
      const left = (owner.threads.get(choice.thread) ?? 1) - 1
      if (left === 0) owner.threads.delete(choice.thread)
      else owner.threads.set(choice.thread, left)
    }
  }

  /**
   * Gives a pipeline a thread of its own, which is given back by `free`. From then on the thread tells of its end: it may be
   * dead before it can say that the pipeline has begun.
   *
   * @param port goes to the thread
   * @throws UnavailableError where no thread can be started
   */
  async runPipeline(task: PipelineTask, port: MessagePort): Promise<PipelineThread> {
    this.#pipelines++
    const { options, threads } = this.#piscina
    const idle = this.#piscina.idleThreads > this.#taken.size
    // Blocks may have all threads; then this one must start another.
    options.maxThreads = Math.max(this.threads + this.#pipelines, idle ? 0 : threads.length + 1)
    let onChosen: PipelineChoice['onChosen'] = () => undefined
    const chosen = new Promise<Worker | undefined>((resolve) => (onChosen = resolve))
    const choice: PipelineChoice = { onChosen, thread: -1 }
    const begun = this.#piscina
      .run({ task, port, [this.#choiceOf]: choice }, { name: 'pipeline', transferList: [port as never] })
      .catch((error: unknown) => {
        throw neverBegan(task, error)
      })
    try {
      const worker = await Promise.race([chosen, begun as Promise<undefined>])
      if (worker === undefined) throw neverBegan(task, new UnavailableError('the thread ended as it began.'))
      return { worker, begun }
    } catch (error) {
      this.free(choice.thread)
      throw error
    }
  }

  /** The pipeline in a thread is over. */
  free(thread: number): void {
    this.#pipelines--
    this.#taken.delete(thread)
    this.#piscina.options.maxThreads = this.threads + this.#pipelines
  }

  /** Starts threads, up to so many in all; settles once they run, or cannot. */
  async start(threads: number): Promise<void> {
    const started = new Set<number>()
    const missing = Math.min(threads, this.threads) - this.#piscina.threads.length
    await Promise.allSettled(Array.from({ length: Math.max(0, missing) }, () => this.#startOne(started)))
  }

  /** Ends a thread by force, with all that it runs. */
  async kill(thread: number): Promise<void> {
    await this.#piscina.threads.find(({ threadId }) => threadId === thread)?.terminate()
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#piscina.destroy()
  }

  /** Where a thread ended as it started, and something waits for it: piscina starts another one with the next task alone. */
  #startAgain(): void {
    if (this.#closed || this.#piscina.queueSize === 0 || this.#failedStarts++ >= mostFailedStarts) return
    void Promise.allSettled([this.#startOne(new Set())])
  }

  async #startOne(started: Set<number>): Promise<void> {
    await this.#piscina.run({ [this.#choiceOf]: { started, thread: -1 } satisfies StartChoice }, { name: 'ready' })
  }

  #choose<W extends Candidate>(workers: readonly W[], choice: Choice): W | null {
    if ('owner' in choice) return this.#forBlock(workers, choice)
    return this.#idle(workers, 'started' in choice ? choice.started : this.#taken)
  }

  /** An idle thread that no pipeline has, and none of `others`, to which it is added; null where another one should be started. */
  #idle<W extends Candidate>(workers: readonly W[], others: Set<number>): W | null {
    const chosen = workers.find(({ id, currentUsage }) => currentUsage === 0 && !this.#taken.has(id) && !others.has(id))
    if (chosen === undefined) return null
    others.add(chosen.id)
    return chosen
  }

  /** The idlest thread, or null where another one should be started first. */
  #forBlock<W extends Candidate>(workers: readonly W[], { owner, others }: BlockChoice): W | null {
    const free = workers.filter(({ id }) => !this.#taken.has(id))
    const own = free.filter(({ id }) => owner.threads.has(id))
    const allowed = own.length < owner.workers ? free : own
    const chosen = idlest(allowed.filter(({ id }) => !others.has(id))) ?? idlest(allowed)
    const mayStart = own.length < owner.workers && this.#piscina.threads.length - this.#taken.size < this.threads
    if (chosen === undefined || (chosen.currentUsage > 0 && mayStart)) return null
    owner.threads.set(chosen.id, (owner.threads.get(chosen.id) ?? 0) + 1)
    others.add(chosen.id)
    return chosen
  }
}

function idlest<W extends Candidate>(workers: readonly W[]): W | undefined {
  return workers.reduce<W | undefined>(
    (best, worker) => (best === undefined || worker.currentUsage < best.currentUsage ? worker : best),
    undefined,
  )
}
