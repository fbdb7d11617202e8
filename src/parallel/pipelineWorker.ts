import { MessageChannel, receiveMessageOnPort, type MessagePort, type Worker } from 'node:worker_threads'
import { CancelledError, type MillraceError, type UnavailableError } from '../core/errors.ts'
import { lend } from '../core/lease.ts'
import type { State } from '../core/state.ts'
import { copyElement, type Layout } from './layout.ts'
import type { CloseMessage, PipelineTask, WorkerMessage } from './messages.ts'
import { unpackElement } from './packedElement.ts'
import { unpackError } from './packedError.ts'
import { workerPool } from './processPool.ts'
import { inMessage, Ring } from './ring.ts'
import { readSlot } from './slot.ts'
import { spoil } from '../ndarray/spoil.ts'
import { workerDeath } from './workerDeath.ts'

/** What a worker gave: an element or an error with the state after it, or the end. An error without one is the last. */
export type Delivery =
  | { readonly kind: 'element'; readonly element: unknown; readonly state: () => State }
  | {
      readonly kind: 'error'
      readonly error: MillraceError
      readonly state: State | undefined
      /** Whether it is the thread that died. */
      readonly died?: boolean
    }
  | { readonly kind: 'end'; readonly state: State }

/** How long a pipeline may take to end by itself, and to close its files, before its thread is ended by force. */
const graceMs = 150

/**
 * The consumer's side of a pipeline that runs in a worker thread.
 *
 *   this thread                                            worker thread
 *   next() <-- #take <-- ring, slots (shared memory) <---- PipelineProducer
 *                  ^---- #receive <-- port <-------------- layouts, new buffers, elements that are no NdArrays, wake
 *
 * An element is taken from shared memory at once where there is one, also while this thread never lets its event loop
 * run. It lies in its slot until it is given back (`release`); while one does, the next ones are copied out, so that
 * who keeps elements can never hold the worker up, nor see them change.
 *
 * Invariant: every wait ends, by an element, the end, the death of the thread or `close`. What was published before the
 * thread died is delivered before its death is.
 */
export class PipelineWorker {
  readonly #task: PipelineTask
  readonly #ring: Ring
  readonly #onPlan: (plan: readonly string[]) => void
  readonly #buffers: SharedArrayBuffer[] = []
  readonly #layouts: Layout[] = []
  readonly #messages: (WorkerMessage & { readonly kind: 'element' | 'error' | 'end' })[] = []
  #port: MessagePort | undefined
  #thread: Promise<void> | undefined
  #worker: Worker | undefined
  #exhausted = false
  #held = false
  /** Settles once the thread is free again, or dead. */
  readonly #over: Promise<void>
  #isOver = false
  #setOver: () => void = () => undefined
  /** Gives the thread back to the pool, once there is one. */
  #giveBack: (() => void) | undefined
  /** Why nothing more will come. */
  #death: MillraceError | undefined
  #unclosed: MillraceError | undefined
  #closing: Promise<void> | undefined
  #wake: () => void = () => undefined
  #lent = false
  #begun = false
  /** Of the next element or error, among those of all workers. */
  #index: number

  constructor(task: Omit<PipelineTask, 'control'>, onPlan: (plan: readonly string[]) => void) {
    this.#ring = new Ring(task.slots)
    this.#task = { ...task, control: this.#ring.control }
    this.#onPlan = onPlan
    this.#index = (task.state?.index ?? 0) + task.worker
    this.#over = new Promise((resolve) => {
      this.#setOver = () => {
        this.#isOver = true
        this.#giveBack?.()
        resolve()
      }
    })
  }

  /** Whether the pipeline has made its last element, and its thread is free for the next one. */
  get exhausted(): boolean {
    return this.#exhausted
  }

  /** Begins the pipeline in a thread of the pool. It keeps the process alive only while an element is waited for. */
  start(): void {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.on('message', (message: WorkerMessage) => this.#receive(message))
    port1.unref()
    this.#thread = this.#begin(port2)
  }

  /** The next element, error or end of this worker; a promise where it is not there yet. */
  next(): Delivery | Promise<Delivery> {
    return this.#take() ?? this.#waitForOne()
  }

  /**
   * Ends the thread: by itself where it can within a moment, else by force. One that is still loading its module has
   * nothing to close, and is not waited for.
   *
   * @throws what the pipeline in the worker throws in closing
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#ring.close()
    this.#death ??= new CancelledError('fromWorkers: closed while an element was waited for.')
    this.#wake()
    const port = this.#port
    if (port === undefined) return
    port.postMessage({ kind: 'close' } satisfies CloseMessage)
    this.#hold(true)
    this.#drain()
    const retired = this.#retire()
    if (this.#begun) await retired
    this.#hold(false)
    if (this.#unclosed !== undefined) throw this.#unclosed
  }

  /** Waits until the thread is free, or ends it. */
  async #retire(): Promise<void> {
    await this.#thread
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs)
    })
    await Promise.race([this.#over, grace])
    clearTimeout(timer)
    this.#drain()
    if (!this.#isOver) await this.#worker?.terminate()
    this.#port?.close()
  }

  /** Has a thread of the pool begin the pipeline, and gives it back once that is over. */
  async #begin(port: MessagePort): Promise<void> {
    const pool = workerPool()
    let giveBack: (() => void) | undefined
    try {
      const { worker, begun } = await pool.runPipeline(this.#task, port)
      this.#worker = worker
      if (this.#held) worker.ref()
      const { threadId } = worker
      const onError = (thrown: unknown): void => this.#die({ thrown })
      const onExit = (code: number): void => this.#die({ code })
      worker.once('error', onError)
      worker.once('exit', onExit)
      giveBack = () => {
        this.#giveBack = undefined
        worker.off('error', onError)
        worker.off('exit', onExit)
        pool.free(threadId)
      }
      await begun
    } catch (error) {
      // Of a thread that died, it has said so before.
      this.#end(error as UnavailableError)
    }
    // At once, so that a pipeline begun as soon as this one is over has its thread.
    this.#giveBack = giveBack
    if (this.#isOver) giveBack?.()
  }

  #take(): Delivery | undefined {
    const slot = this.#ring.take()
    if (slot === undefined) return undefined
    this.#index += this.#task.workers
    // What was sent before this element was published is in the port by now.
    this.#drain()
    return slot === inMessage ? this.#fromMessage() : this.#fromSlot(slot)
  }

  #drain(): void {
    if (this.#port === undefined) return
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: WorkerMessage } | undefined
      if (received === undefined) return
      this.#receive(received.message)
    }
  }

  #fromMessage(): Delivery {
    const message = this.#messages.shift()
    if (message?.kind === 'element') {
      return { kind: 'element', element: unpackElement(message.element), state: () => message.state }
    }
    if (message?.kind === 'error') return { kind: 'error', error: unpackError(message.error), state: message.state }
    return message as WorkerMessage & { kind: 'end' }
  }

  #fromSlot(slot: number): Delivery {
    const { layout, state, element } = readSlot(this.#buffers[slot], this.#layouts)
    const delivery = (given: unknown): Delivery => ({
      kind: 'element',
      element: given,
      state: () => JSON.parse(state) as State,
    })
    if (this.#lent) {
      const copy = copyElement(this.#layouts[layout], element)
      this.#ring.free(slot)
      return delivery(copy)
    }
    this.#lent = true
    lend(element as object, () => {
      spoil(element)
      this.#lent = false
      this.#ring.free(slot)
    })
    return delivery(element)
  }

  /** Whether the process is kept alive; by the thread too, for the port of one that dies closes before that is told. */
  #hold(held: boolean): void {
    this.#held = held
    if (held) this.#port?.ref()
    else this.#port?.unref()
    if (held) this.#worker?.ref()
    else this.#worker?.unref()
  }

  async #waitForOne(): Promise<Delivery> {
    this.#hold(true)
    try {
      for (;;) {
        if (this.#ring.sleep() && this.#death === undefined) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
        const taken = this.#closing === undefined ? this.#take() : undefined
        if (taken !== undefined) return taken
        if (this.#death !== undefined)
          return { kind: 'error', error: this.#death, state: undefined, died: this.#isOver }
      }
    } finally {
      // Once it is being closed, that must be waited for.
      if (this.#closing === undefined) this.#hold(false)
    }
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === 'wake') this.#wake()
    else if (message.kind === 'plan') this.#planned(message.plan)
    else if (message.kind === 'done') {
      this.#exhausted = true
      this.#setOver()
    } else if (message.kind === 'slot') this.#buffers[message.slot] = message.buffer
    else if (message.kind === 'layout') this.#layouts.push(message.layout)
    else if (message.kind === 'unclosed') this.#unclosed = unpackError(message.error)
    else this.#messages.push(message)
  }

  #planned(plan: readonly string[]): void {
    this.#begun = true
    this.#onPlan(plan)
  }

  #die(how: { readonly code: number } | { readonly thrown: unknown }): void {
    // What it published is counted first: the index is that of the element that never came.
    this.#end(workerDeath(this.#task, how, this.#index + this.#ring.inFlight() * this.#task.workers))
  }

  /** The thread is dead, or never came to live. */
  #end(error: MillraceError): void {
    this.#death ??= error
    this.#setOver()
    this.#wake()
  }
}
