import type { MessagePort } from 'node:worker_threads'
import { END, skipElements, type Cursor } from '../core/cursor.ts'
import { FailedPreconditionError } from '../core/errors.ts'
import { checkSamePlan, planText } from '../core/planText.ts'
import { openPlan, type PlanNode, type Source } from '../core/stage.ts'
import { hasLayout, layoutOf, leavesOf, type Layout } from './layout.ts'
import { packElement, packError, type PipelineTask, type WorkerMessage } from './messages.ts'
import { inMessage, Ring } from './ring.ts'
import { slotBytes, writeSlot } from './slot.ts'
import { importFunction, type AnyFunction } from './workerFunction.ts'

/**
 * The worker's side of a pipeline: builds the dataset, runs it, and puts its elements into the ring.
 *
 * Of `workers` workers each runs the whole plan and passes over the elements of the others, which costs only what the
 * sources cannot jump over. So the elements, their order and the state after each do not depend on how many there are.
 */
export class PipelineProducer {
  readonly #task: PipelineTask
  readonly #port: MessagePort
  readonly #ring: Ring
  readonly #controller = new AbortController()
  readonly #buffers: SharedArrayBuffer[]
  readonly #layouts: Layout[] = []

  constructor(task: PipelineTask, port: MessagePort) {
    this.#task = task
    this.#port = port
    this.#ring = new Ring(task.slots, task.control)
    this.#buffers = Array.from({ length: task.slots }, () => new SharedArrayBuffer(0))
  }

  /** Runs until the pipeline ends, or the consumer wants no more; every error goes to the consumer. */
  async run(): Promise<void> {
    let cursor: Cursor<unknown> | undefined
    this.#port.on('message', () => this.#controller.abort())
    try {
      cursor = openTask(
        this.#task,
        await buildPlan(this.#task, (plan) => this.#post({ kind: 'plan', plan })),
        this.#controller.signal,
      )
      await this.#produce(cursor)
    } catch (error) {
      await this.#sendMessage({ kind: 'error', error: packError(error), state: undefined })
    } finally {
      await cursor?.close()
    }
  }

  async #produce(cursor: Cursor<unknown>): Promise<void> {
    let passOver = this.#task.worker
    while (!this.#ring.isClosed()) {
      try {
        if ((await skipElements(cursor, passOver)) < passOver) break
        passOver = this.#task.workers - 1
        const pulled = cursor.next()
        const element = pulled instanceof Promise ? await pulled : pulled
        if (element === END) break
        await this.#send(element, cursor)
      } catch (error) {
        await this.#sendMessage({ kind: 'error', error: packError(error), state: cursor.state() })
      }
    }
    await this.#sendMessage({ kind: 'end', state: cursor.state() })
  }

  async #send(element: unknown, cursor: Cursor<unknown>): Promise<void> {
    const leaves = leavesOf(element)
    const state = cursor.state()
    if (leaves === undefined) {
      await this.#sendMessage({ kind: 'element', element: packElement(element), state })
      return
    }
    const slot = await this.#freeSlot()
    if (slot === undefined) return
    const text = JSON.stringify(state)
    const layout = this.#layoutNumber(element, leaves)
    const bytes = slotBytes(leaves, Buffer.byteLength(text))
    if (this.#buffers[slot].byteLength < bytes) this.#growSlot(slot, bytes)
    writeSlot(this.#buffers[slot], layout, leaves, text)
    this.#publish(slot)
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

  /** A new buffer for a slot, a little larger than asked for, since elements of varying shape are seldom alike. */
  #growSlot(slot: number, bytes: number): void {
    const grown = this.#buffers[slot].byteLength === 0 ? bytes : Math.ceil(bytes * 1.25)
    const buffer = new SharedArrayBuffer(grown)
    this.#buffers[slot] = buffer
    this.#post({ kind: 'slot', slot, buffer })
  }

  #layoutNumber(element: unknown, leaves: NonNullable<ReturnType<typeof leavesOf>>): number {
    const known = this.#layouts.findIndex((layout) => hasLayout(layout, element, leaves))
    if (known !== -1) return known
    const layout = layoutOf(element, leaves)
    this.#post({ kind: 'layout', layout })
    return this.#layouts.push(layout) - 1
  }
}

/** Builds the dataset of a task, tells its plan, and refuses a state of another plan. */
export async function buildPlan(
  task: Pick<PipelineTask, 'module' | 'exportName' | 'args' | 'state'>,
  tell: (plan: readonly string[]) => void,
): Promise<PlanNode> {
  const { module, exportName, args, state } = task
  const build = (await importFunction(module, exportName)) as AnyFunction & ((...args: readonly unknown[]) => unknown)
  const source = (await build(...args)) as Partial<Source> | undefined
  if (source?.node === undefined) {
    throw new FailedPreconditionError(`fromWorkers: ${exportName} of ${module} did not return a Dataset.`, {
      hint: 'It must return one, or a promise of one.',
    })
  }
  const plan = planText(source.node)
  tell(plan)
  if (state !== undefined) checkSamePlan('fromWorkers', state.plan, plan)
  return source.node
}

/** Opens a cursor on the plan of a task, where its state says. */
export function openTask(
  task: Pick<PipelineTask, 'seed' | 'epoch' | 'state'>,
  node: PlanNode,
  signal: AbortSignal,
): Cursor<unknown> {
  return openPlan(node, { seed: task.seed, epoch: task.epoch, signal }, task.state?.upstream)
}
