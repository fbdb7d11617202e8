import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import { type MillraceError, UnavailableError } from '../core/errors.ts'
import { lend } from '../core/lease.ts'
import type { State } from '../core/state.ts'
import { copyElement, type Layout } from './layout.ts'
import { unpackElement, unpackError, type CloseMessage, type PipelineTask, type WorkerMessage } from './messages.ts'
import { inMessage, Ring } from './ring.ts'
import { readSlot } from './slot.ts'
import { threadEntry } from './typescriptLoader.ts'

/** What a worker gave: an element or an error with the state after it, or the end. */
export type Delivery =
  | { readonly kind: 'element'; readonly element: unknown; readonly state: () => State }
  | { readonly kind: 'error'; readonly error: MillraceError; readonly state: State | undefined }
  | { readonly kind: 'end'; readonly state: State }

/** How long a worker may take to end by itself. */
const graceMs = 50

/**
 * The consumer's side of a pipeline that runs in a worker thread.
 *
 * An element is taken from shared memory at once where there is one, also while this thread never lets its event loop
 * run. It lies in its slot until it is given back (`release`); while one does, the next ones are copied out, so that
 * who keeps elements can never hold the worker up, nor see them change.
 */
export class PipelineWorker {
  readonly #task: PipelineTask
  readonly #ring: Ring
  readonly #onPlan: (plan: readonly string[]) => void
  readonly #buffers: SharedArrayBuffer[] = []
  readonly #layouts: Layout[] = []
  readonly #messages: (WorkerMessage & { readonly kind: 'element' | 'error' | 'end' })[] = []
  #worker: Worker | undefined
  #port: MessagePort | undefined
  #exited: Promise<void> | undefined
  #death: UnavailableError | undefined
  #wake: () => void = () => undefined
  #lent = false

  constructor(task: Omit<PipelineTask, 'control'>, onPlan: (plan: readonly string[]) => void) {
    this.#ring = new Ring(task.slots)
    this.#task = { ...task, control: this.#ring.control }
    this.#onPlan = onPlan
  }

  /** Starts the thread. It does not keep the process alive, but while an element is waited for. */
  start(): void {
    const { port1, port2 } = new MessageChannel()
    const typescript = import.meta.url.endsWith('.ts')
    const entry = new URL(typescript ? './workerEntry.ts' : './workerEntry.js', import.meta.url)
    const worker = new Worker(threadEntry(entry, this.#task.module), {
      name: `millrace ${this.#task.exportName}`,
      workerData: { task: this.#task, port: port2 },
      transferList: [port2],
    })
    this.#worker = worker
    this.#port = port1
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()))
    port1.on('message', (message: WorkerMessage) => this.#receive(message))
    worker.once('error', (error) => this.#die(`failed: ${error.message}`, error))
    worker.once('exit', (code) => this.#die(`exited with code ${code} before its pipeline ended`))
    port1.unref()
    worker.unref()
  }

  /** The next element, error or end of this worker; a promise where it is not there yet. */
  next(): Delivery | Promise<Delivery> {
    return this.#take() ?? this.#waitForOne()
  }

  /** Ends the thread: by itself where it can within a moment, else by force. */
  async close(): Promise<void> {
    this.#ring.close()
    if (this.#worker === undefined) return
    this.#port?.postMessage({ kind: 'close' } satisfies CloseMessage)
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs)
    })
    await Promise.race([this.#exited, grace])
    clearTimeout(timer)
    await this.#worker.terminate()
    this.#port?.close()
    this.#wake()
  }

  #take(): Delivery | undefined {
    const slot = this.#ring.take()
    if (slot === undefined) return undefined
    // What was sent before this element was published is in the port by now.
    for (let received = this.#poll(); received !== undefined; received = this.#poll()) this.#receive(received)
    return slot === inMessage ? this.#fromMessage() : this.#fromSlot(slot)
  }

  #poll(): WorkerMessage | undefined {
    return this.#port && (receiveMessageOnPort(this.#port)?.message as WorkerMessage | undefined)
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
      this.#lent = false
      this.#ring.free(slot)
    })
    return delivery(element)
  }

  async #waitForOne(): Promise<Delivery> {
    this.#worker?.ref()
    try {
      for (;;) {
        if (this.#ring.sleep() && this.#death === undefined) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
        const taken = this.#take()
        if (taken !== undefined) return taken
        if (this.#death !== undefined) return { kind: 'error', error: this.#death, state: undefined }
      }
    } finally {
      this.#worker?.unref()
    }
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === 'wake') this.#wake()
    else if (message.kind === 'plan') this.#onPlan(message.plan)
    else if (message.kind === 'slot') this.#buffers[message.slot] = message.buffer
    else if (message.kind === 'layout') this.#layouts.push(message.layout)
    else this.#messages.push(message)
  }

  #die(how: string, cause?: Error): void {
    const { module, exportName, worker } = this.#task
    this.#death ??= new UnavailableError(
      `fromWorkers: worker ${worker}, which runs ${exportName} of ${module}, ${how}.`,
      {
        hint: 'The elements it had delivered are complete; restore a saved state to go on from there.',
        ...(cause === undefined ? {} : { cause }),
      },
    )
    this.#wake()
  }
}
