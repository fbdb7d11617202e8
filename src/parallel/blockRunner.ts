import type { MillraceError } from '../core/errors.ts'
import { cannotStart, blockDeath } from './blockDeath.ts'
import { BlockWords } from './blockWords.ts'
import { mapBlock } from './mapBlock.ts'
import type { BlockReply, BlockTask } from './messages.ts'
import { packBlock } from './packedBlock.ts'
import { unpackError } from './packedError.ts'
import { leaveSpare, takeSpare } from './spareBuffers.ts'
import { workerPool, type BlockOwner } from './workerPool.ts'

/** What is the same for every block of an iteration. */
export type BlockShape = Pick<BlockTask, 'setup' | 'path' | 'key' | 'epoch' | 'stack'>

/** Elements to run the function on. */
export interface Block {
  readonly elements: readonly unknown[]
  /** Of each element; ascending. */
  readonly indices: readonly number[]
}

/** What became of a block; `died` with the offset of the element that its thread died at. */
export type BlockOutcome =
  | (Omit<BlockReply & { readonly kind: 'done' }, 'buffer'> & { readonly buffer: SharedArrayBuffer | undefined })
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'died'; readonly offset: number; readonly error: MillraceError }
  | { readonly kind: 'failed'; readonly error: MillraceError }

/** How often threads may fail to come to a block before it is given up. */
const maxStarts = 4

/** How long a block may take to end by itself, once nobody wants it, before its thread is ended by force. */
const graceMs = 100

/** Memory of a block in flight. */
interface Flight {
  readonly place: number
  input: SharedArrayBuffer | undefined
}

/**
 * Has the blocks of one worker map run, in threads of the pool or in this thread, and knows where each is.
 *
 * Owner of all memory that they travel in: inputs are written into buffers that are used again once a block is over,
 * results into buffers that `giveBack` returns, of this map or of one before it. At most `inFlight` blocks may run at a time.
 */
export class BlockRunner implements BlockOwner {
  readonly workers: number
  readonly threads = new Map<number, number>()
  readonly #shape: BlockShape
  readonly #retries: number
  readonly #words: BlockWords
  readonly #idle: Flight[]
  readonly #flying = new Map<Flight, Promise<BlockOutcome>>()
  readonly #outputs: SharedArrayBuffer[] = []
  readonly #maxInFlight: number
  #started = false
  #busyMs = 0

  /** @param workers threads at most, 0 for this thread */
  constructor(shape: BlockShape, options: { workers: number; inFlight: number; retries: number }) {
    const { workers, inFlight, retries } = options
    this.workers = workers
    this.#shape = shape
    this.#retries = retries
    this.#maxInFlight = inFlight
    this.#words = new BlockWords(inFlight)
    this.#idle = Array.from({ length: inFlight }, (_, place) => ({ place, input: undefined }))
  }

  /** Whether another block may begin. Until a thread is known to run, there is one for each thread that may start. */
  get hasRoom(): boolean {
    const most = this.#started ? this.#maxInFlight : Math.min(Math.max(1, this.workers), this.#maxInFlight)
    return this.#flying.size < most
  }

  /** Time that threads were busy with blocks that are over, all together. */
  get busyMs(): number {
    return this.#busyMs
  }

  /** Blocks that are neither over nor lost. */
  get inFlight(): number {
    return this.#flying.size
  }

  /**
   * Runs a block, on another thread again where one dies that had not come to it, or that may be tried again.
   *
   * @throws InvalidArgumentError where an element cannot travel
   */
  run(block: Block): Promise<BlockOutcome> {
    const flight = this.#idle.pop()
    if (flight === undefined) throw new RangeError('no room for a block')
    let task
    try {
      task = this.#pack(block, flight)
    } catch (error) {
      this.#idle.push(flight)
      throw error
    }
    const outcome = this.#fly(task, block, flight).finally(() => {
      this.#flying.delete(flight)
      this.#idle.push(flight)
    })
    this.#flying.set(flight, outcome)
    return outcome
  }

  /** Takes memory of results back, to be written anew. */
  giveBack(buffer: SharedArrayBuffer): void {
    if (this.#words.cancelled) leaveSpare(this.#shape.setup.key, [buffer])
    else if (this.#outputs.length < 2 * this.#maxInFlight) this.#outputs.push(buffer)
  }

  /** Ends what runs: by itself where it can within a moment, else with its thread. */
  close(): void | Promise<void> {
    this.#words.cancel()
    leaveSpare(this.#shape.setup.key, this.#outputs.splice(0))
    const running = [...this.#flying].filter(([{ place }]) => this.#words.runningAt(place) !== undefined)
    if (running.length > 0) return this.#end(running)
  }

  async #end(running: readonly [Flight, Promise<BlockOutcome>][]): Promise<void> {
    const over = Promise.allSettled(running.map(([, outcome]) => outcome))
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs)
    })
    await Promise.race([over, grace])
    clearTimeout(timer)
    if (this.workers === 0) return
    const threads = running.flatMap(([{ place }]) => this.#words.runningAt(place)?.thread ?? [])
    await Promise.all([...new Set(threads)].map((thread) => workerPool().kill(thread)))
  }

  #pack({ elements, indices }: Block, flight: Flight): BlockTask {
    const { path } = this.#shape
    const place = (row: number): string => `${path}: element ${indices[row]}`
    const { block: input, buffer: inputBuffer } = packBlock(elements, place, { buffer: flight.input })
    flight.input = inputBuffer ?? flight.input
    const [first] = indices
    const follows = indices[indices.length - 1] - first === indices.length - 1
    return {
      ...this.#shape,
      indices: follows ? first : indices,
      input,
      inputBuffer,
      output: this.#outputs.pop() ?? takeSpare(this.#shape.setup.key),
      words: this.#words.words,
      place: flight.place,
    }
  }

  async #fly(task: BlockTask, { indices }: Block, { place }: Flight): Promise<BlockOutcome> {
    let deaths = 0
    for (let starts = 1; ; starts++) {
      this.#words.wait(place)
      let reply
      try {
        reply = this.workers === 0 ? await mapBlock(task) : await workerPool().runBlock(task, this)
      } catch (error) {
        if (this.#words.cancelled) return { kind: 'cancelled' }
        const reached = this.#words.runningAt(place)
        if (reached === undefined) {
          if (starts < maxStarts) continue
          return { kind: 'failed', error: cannotStart(task.path, error) }
        }
        if (deaths++ < this.#retries) continue
        const { offset } = reached
        const range = { index: indices[offset], first: indices[0], last: indices[indices.length - 1] }
        return { kind: 'died', offset, error: blockDeath(task.path, error, range) }
      }
      this.#started = true
      if (task.output !== undefined && (reply.kind !== 'done' || reply.buffer === undefined)) this.giveBack(task.output)
      if (reply.kind === 'unprepared') return { kind: 'failed', error: unpackError(reply.error) }
      if (reply.kind === 'cancelled') return reply
      this.#busyMs += reply.busyMs
      return { ...reply, buffer: reply.buffer === 'given' ? task.output : reply.buffer }
    }
  }
}
