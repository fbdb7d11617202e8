import type { MessagePort } from 'node:worker_threads'
import { isEnd, skipElements, type Cursor } from '../core/cursor.ts'
import { InvalidArgumentError, MillraceError, messageOf, ResourceExhaustedError } from '../core/errors.ts'
import { release } from '../core/lease.ts'
import { runningPlan, type Source } from '../core/stage.ts'
import { hasLayout, layoutOf, leavesOf, type Layout, type Leaf } from './layout.ts'
import type { PipelineTask, WorkerMessage } from './messages.ts'
import { packElement } from './packedElement.ts'
import { packError } from './packedError.ts'
import { buildPlan, openTask } from './pipelineTask.ts'
import { inMessage, Ring } from './ring.ts'
import { slotBytes, writeSlot } from './slot.ts'
import { setUpLoader } from './typescriptLoader.ts'

/** Kinds of elements that lie in slots; a pipeline that makes more of them sends the others as messages. */
const maxLayouts = 64

/**
 * The worker's side of a pipeline: builds the dataset, runs it, and puts its elements into the ring.
 *
 * Of `workers` workers each runs the whole plan and passes over the elements of the others, which costs only what the
 * sources cannot jump over. So the elements, their order and the state after each do not depend on how many there are.
 *
 * Invariant: room comes first. An element is made only once there is a place for it, so that no more than the ring
 * holds are ever made ahead; and what its place needs is sent before it is published.
 */
export class PipelineProducer {
  readonly #task: PipelineTask
  readonly #port: MessagePort
  readonly #ring: Ring
  readonly #controller = new AbortController()
  readonly #buffers: (SharedArrayBuffer | undefined)[] = []
  readonly #layouts: Layout[] = []
  #cursor: Cursor<unknown> | undefined
  #path = 'fromWorkers'
  /** Of the next element or error, among those of all workers. */
  #index: number

  constructor(task: PipelineTask, port: MessagePort) {
    this.#task = task
    this.#port = port
    this.#ring = new Ring(task.slots, task.control)
    this.#index = (task.state?.index ?? 0) + task.worker
  }

  /** Runs until the pipeline ends, or the consumer wants no more; every error goes to the consumer. */
  async run(): Promise<void> {
    const closed = new Promise((resolve) => this.#port.on('message', resolve))
    const produced = this.#produceAll()
    // A pull that never settles must not keep the pipeline from being closed.
    await Promise.race([produced, closed])
    this.#controller.abort()
    try {
      await this.#cursor?.close()
    } catch (error) {
      this.#post({ kind: 'unclosed', error: packError(error) })
    }
    // A thread is free only once nothing of the pipeline runs in it; one that never is so is ended by the consumer.
    await produced
    this.#post({ kind: 'done' })
    this.#port.close()
  }

  async #produceAll(): Promise<void> {
    try {
      await setUpLoader(this.#task.loader)
      const source = await buildPlan(this.#task, (plan) => this.#post({ kind: 'plan', plan }))
      if (this.#ring.isClosed()) return
      await this.#produce(source)
    } catch (error) {
      await this.#sendMessage({ kind: 'error', error: packError(error), state: undefined })
    }
  }

  async #produce(source: Source): Promise<void> {
    const cursor = openTask(this.#task, source, this.#controller.signal)
    this.#cursor = cursor
    this.#path = runningPlan(source).path
    const { worker, workers } = this.#task
    for (let passOver = worker; (await this.#freeSlot()) !== undefined; passOver = workers - 1) {
      // An error in passing over is the last: nobody knows how far it came. The worker whose element it is tells it too.
      if ((await skipElements(cursor, passOver)) < passOver) break
      try {
        const pulled = cursor.next()
        const element: unknown = pulled instanceof Promise ? await pulled : pulled
        if (isEnd(element)) break
        await this.#send(element, cursor)
      } catch (error) {
        await this.#sendMessage({ kind: 'error', error: packError(error), state: cursor.state() })
      }
      this.#index += workers
    }
    await this.#sendMessage({ kind: 'end', state: cursor.state() })
  }

  async #send(element: unknown, cursor: Cursor<unknown>): Promise<void> {
    const leaves = leavesOf(element)
    const layout = leaves && this.#layoutNumber(element, leaves)
    const state = cursor.state()
    if (leaves === undefined || layout === undefined) {
      await this.#sendMessage({ kind: 'element', element: this.#pack(element), state })
      return
    }
    const slot = await this.#freeSlot()
    if (slot === undefined) return
    const text = JSON.stringify(state)
    const buffer = this.#bufferOf(slot, slotBytes(leaves, Buffer.byteLength(text)))
    writeSlot(buffer, layout, leaves, text)
    release(element)
    this.#publish(slot)
  }

  #pack(element: unknown): unknown {
    try {
      return packElement(element, 'the element')
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      const [path, index] = [this.#path, this.#index]
      throw new InvalidArgumentError(`${path}: element ${index} cannot leave the worker: ${messageOf(error)}`, {
        path,
        index,
        cause: error,
      })
    }
  }

  async #sendMessage(message: WorkerMessage): Promise<void> {
    if ((await this.#freeSlot()) === undefined) return
    this.#post(message)
    this.#publish(inMessage)
  }

  #publish(slot: number): void {
    if (this.#ring.publish(slot)) this.#post({ kind: 'wake' })
  }

  #post(message: WorkerMessage): void {
    this.#port.postMessage(message)
  }

  /** Waits for a free slot; undefined once the consumer wants no more. */
  async #freeSlot(): Promise<number | undefined> {
    for (;;) {
      if (this.#ring.isClosed()) return undefined
      const slot = this.#ring.acquire()
      if (slot !== undefined) return slot
      await this.#ring.waitForRoom()
    }
  }

  /** The buffer of a slot; a new one is a little larger than asked for, since varying elements are seldom alike. */
  #bufferOf(slot: number, bytes: number): SharedArrayBuffer {
    const known = this.#buffers[slot]
    if (known !== undefined && known.byteLength >= bytes) return known
    const buffer = allocate(known === undefined ? bytes : Math.ceil(bytes * 1.25))
    this.#buffers[slot] = buffer
    this.#post({ kind: 'slot', slot, buffer })
    return buffer
  }

  /** The number of the element's layout; undefined where there are too many to know them all. */
  #layoutNumber(element: unknown, leaves: readonly Leaf[]): number | undefined {
    const known = this.#layouts.findIndex((layout) => hasLayout(layout, element, leaves))
    if (known !== -1) return known
    if (this.#layouts.length === maxLayouts) return undefined
    const layout = layoutOf(element, leaves)
    this.#post({ kind: 'layout', layout })
    return this.#layouts.push(layout) - 1
  }
}

function allocate(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes)
  } catch (error) {
    throw new ResourceExhaustedError(`fromWorkers: cannot allocate ${bytes} bytes of shared memory for an element.`, {
      hint: 'Make smaller batches, or use a smaller bufferSize or fewer workers.',
      cause: error,
    })
  }
}
