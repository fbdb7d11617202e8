import type { MillraceError } from '../core/errors.ts'
import { cannotStart, blockDeath } from './blockDeath.ts'
import { BlockWords } from './blockWords.ts'
import { mapBlock } from './mapBlock.ts'
import type { BlockReply, BlockTask } from './messages.ts'
import { firstDeath, joinEndings, type Ending } from './joinEndings.ts'
import { packBlock } from './packedBlock.ts'
import { unpackError } from './packedError.ts'
import { poolThreads, workerPool } from './processPool.ts'
import { shareOut, threadsOfBatch, type SharedRows } from './sharedBatch.ts'
import { leaveSpare, takeSpare } from './spareBuffers.ts'
import type { BlockOwner } from './workerPool.ts'

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

/** Blocks that took less than this are made by one thread each from then on: sending them to more would cost too much. */
const leastSharedMs = 2

/** Memory of a block in flight, and the first of its places among the words: one for each thread that makes it. */
interface Flight {
  readonly place: number
  input: SharedArrayBuffer | undefined
}

/** How a block is run. */
export interface BlockRunning {
  /** Threads at most; 0 for this thread. */
  readonly workers: number
  /** Blocks at most that run at a time. */
  readonly inFlight: number
  /** Threads that may die with a block before it is given up. */
  readonly retries: number
  /** Where blocks become batches that threads can make together. */
  readonly shared?: SharedRows | undefined
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
  readonly #shared: SharedRows | undefined
  /** Threads that make a block together, at most, and whether that is worth it. */
  readonly #most: number
  #sharing = true
  readonly #words: BlockWords
  readonly #idle: Flight[]
  readonly #flying = new Map<Flight, Promise<BlockOutcome>>()
  readonly #outputs: SharedArrayBuffer[] = []
  readonly #maxInFlight: number
  #started = false
  #busyMs = 0

  constructor(shape: BlockShape, { workers, inFlight, retries, shared }: BlockRunning) {
    this.workers = workers
    this.#shape = shape
    this.#retries = retries
    this.#shared = shared
    this.#most = shared === undefined ? 1 : Math.max(1, Math.min(workers, poolThreads()))
    this.#maxInFlight = inFlight
    this.#words = new BlockWords(inFlight * this.#most)
    this.#idle = Array.from({ length: inFlight }, (_, flight) => ({ place: flight * this.#most, input: undefined }))
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
   * @param isWaitedFor whether as many threads as can are to make it, where it is a batch
   * @throws InvalidArgumentError where an element cannot travel
   */
  run(block: Block, isWaitedFor: boolean): Promise<BlockOutcome> {
    const flight = this.#idle.pop()
    if (flight === undefined) throw new RangeError('no room for a block')
    let task
    try {
      task = this.#pack(block, flight)
    } catch (error) {
      this.#idle.push(flight)
      throw error
    }
    const outcome = this.#fly(task, block, isWaitedFor).finally(() => {
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
    const running = [...this.#flying].filter(([flight]) => this.#threadsOf(flight).length > 0)
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
    const threads = running.flatMap(([flight]) => this.#threadsOf(flight))
    await Promise.all([...new Set(threads)].map((thread) => workerPool().kill(thread)))
  }

  /** Threads that run a block, or a part of it. */
  #threadsOf({ place }: Flight): number[] {
    const places = Array.from({ length: this.#most }, (_, part) => place + part)
    return places.flatMap((at) => this.#words.runningAt(at)?.thread ?? [])
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
      share: undefined,
    }
  }

  async #fly(task: BlockTask, { indices }: Block, isWaitedFor: boolean): Promise<BlockOutcome> {
    const threads = this.#sharing && isWaitedFor ? threadsOfBatch(indices.length, this.#most) : 1
    let parts = this.#shared === undefined || threads === 1 ? [task] : shareOut(task, threads, this.#shared)
    let deaths = 0
    for (let starts = 1; ; starts++) {
      const endings = await this.#runParts(parts)
      const reply = joinEndings(endings, parts, indices)
      if (reply === undefined) {
        if (this.#words.cancelled) return { kind: 'cancelled' }
        const { death, offset } = firstDeath(endings) ?? {}
        if (offset === undefined) {
          if (starts < maxStarts) continue
          return { kind: 'failed', error: cannotStart(task.path, death) }
        }
        if (deaths++ < this.#retries) continue
        const range = { index: indices[offset], first: indices[0], last: indices[indices.length - 1] }
        return { kind: 'died', offset, error: blockDeath(task.path, death, range) }
      }
      if (reply.kind === 'unshared') {
        parts = [task]
        continue
      }
      const { output } = parts[0]
      if (output !== undefined && (reply.kind !== 'done' || reply.buffer === undefined)) this.giveBack(output)
      if (reply.kind === 'unprepared') return { kind: 'failed', error: unpackError(reply.error) }
      if (reply.kind === 'cancelled') return reply
      this.#busyMs += reply.busyMs
      this.#sharing = reply.busyMs >= leastSharedMs
      return { ...reply, buffer: reply.buffer === 'given' ? output : reply.buffer }
    }
  }

  /** Runs a block, in as many threads as it has parts. */
  #runParts(parts: readonly BlockTask[]): Promise<Ending[]> {
    for (const { place } of parts) this.#words.wait(place)
    const chosen = new Set<number>()
    return Promise.all(
      parts.map(async (part) => {
        try {
          const reply = this.workers === 0 ? await mapBlock(part) : await workerPool().runBlock(part, this, chosen)
          this.#started = true
          return { reply }
        } catch (death) {
          return { death, offset: this.#words.runningAt(part.place)?.offset }
        }
      }),
    )
  }
}
