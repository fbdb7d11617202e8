import { copyBytes } from '../core/copyBytes.ts'
import { threadId } from 'node:worker_threads'
import { messageOf, MillraceError, errorClasses, InvalidArgumentError, UnknownError } from '../core/errors.ts'
import type { StageContext } from '../core/stage.ts'
import { UserFunction, type ElementContext, type ElementFunction } from '../core/userFunction.ts'
import type { DataOf, TypedDType } from '../ndarray/dtype.ts'
import { BlockWords } from './blockWords.ts'
import type { BlockReply, BlockTask, MapSetup, Share } from './messages.ts'
import { BlockReader, packBlock } from './packedBlock.ts'
import { unpackElement } from './packedElement.ts'
import { packError, type PackedThrown } from './packedError.ts'
import { StackArena } from './stackArena.ts'
import { nameOf, noResults, stackResults } from './stackResults.ts'
import { setUpLoader } from './typescriptLoader.ts'
import { importFunction } from './workerFunction.ts'

/** What a function of a worker map is told beside its element. */
export interface WorkerContext<out S = unknown> extends ElementContext {
  /** What `init` returned in this thread; undefined where the map has none. */
  readonly state: S
  /**
   * Memory for an array of the result, where the batch that the results are stacked in has it, so that it is not copied;
   * undefined where there is none. Only in functions with `init`, and for one array of each result.
   */
  readonly room?: <D extends TypedDType>(dtype: D, length: number) => DataOf[D] | undefined
}

/** The function of a worker map, and what its `init` made in this thread. */
interface Prepared {
  readonly fn: ElementFunction<unknown, unknown>
  readonly state: unknown
  readonly hasState: boolean
}

/** Setups that a thread remembers: enough for all pipelines of a program, and an end for one that makes them anew. */
const maxPrepared = 64

const prepared = new Map<string, Promise<Prepared>>()

/** Blocks run one after the other, so that a function with state is never called while an earlier call of it waits. */
let last: Promise<unknown> = Promise.resolve()

/** Runs the function of a worker map on a block, after the blocks that came before. Never rejects. */
export function mapBlock(task: BlockTask): Promise<BlockReply> {
  const reply = last.then(() => run(task))
  last = reply
  return reply
}

async function run(task: BlockTask): Promise<BlockReply> {
  const words = new BlockWords(task.words)
  if (words.cancelled) return { kind: 'cancelled' }
  words.begin(task.place, threadId)
  const began = performance.now()
  try {
    const reply = await callForAll(task, await prepare(task.setup), words)
    return reply.kind === 'done' ? { ...reply, busyMs: performance.now() - began } : reply
  } catch (error) {
    return { kind: 'unprepared', error: packError(error) }
  } finally {
    words.finish(task.place)
  }
}

/** Loads the function, and makes its state, once in this thread. */
function prepare(setup: MapSetup): Promise<Prepared> {
  const known = prepared.get(setup.key)
  if (known !== undefined) return known
  const preparing = load(setup)
  if (prepared.size === maxPrepared) prepared.delete(prepared.keys().next().value as string)
  prepared.set(setup.key, preparing)
  // What failed may succeed another time.
  preparing.catch(() => prepared.delete(setup.key))
  return preparing
}

async function load({ module, exportName, loaders, init, args }: MapSetup): Promise<Prepared> {
  for (const loader of loaders) await setUpLoader(loader)
  const fn = (await importFunction(module, exportName)) as ElementFunction<unknown, unknown>
  if (init === undefined) return { fn, state: undefined, hasState: false }
  const make = (await importFunction(init.module, init.exportName)) as (...args: unknown[]) => unknown
  try {
    return { fn, state: await make(...args.map(unpackElement)), hasState: true }
  } catch (error) {
    const Class = error instanceof MillraceError ? (errorClasses[error.name] ?? UnknownError) : UnknownError
    throw new Class(`map: init ${init.exportName} of ${init.module} threw: ${messageOf(error)}`, { cause: error })
  }
}

async function callForAll(task: BlockTask, { fn, state, hasState }: Prepared, words: BlockWords): Promise<BlockReply> {
  const { path, key, epoch, indices, place, stack, share } = task
  const context = { path, key, epoch } as StageContext
  const elements = new BlockReader(task.input, ownCopy(task.inputBuffer))
  const arena =
    stack === undefined ? new StackArena(undefined, 0) : new StackArena(task.output, elements.count, share?.leaf)
  const takes = share?.first ?? place
  let row = 0
  const room: Room = (dtype, length) => arena.rowRoom(row, dtype, length)
  const calls = new UserFunction(hasState ? withState(fn, state, room) : fn, context)
  const indexOf = typeof indices === 'number' ? (row: number) => indices + row : (row: number) => indices[row]
  const results: unknown[] = []
  const errors: [number, PackedThrown][] = []
  const rows: number[] = []
  while ((row = words.take(takes)) < elements.count) {
    if (words.cancelled) return { kind: 'cancelled' }
    words.reach(place, row)
    try {
      const pending = calls.call(elements.at(row), indexOf(row))
      const result: unknown = pending instanceof Promise ? await pending : pending
      results.push(share === undefined ? result : arena.placed(row, result))
      rows.push(row)
    } catch (error) {
      errors.push([row, packError(error)])
      if (stack === undefined) continue
      words.takeAll(takes, elements.count)
      return { ...noResults, errors }
    }
  }
  if (results.length === 0) return { ...noResults, errors, rows }
  if (stack === undefined) return packResults(results, rows, indexOf, task, errors)
  return share === undefined ? stackResults(results, indexOf(0), task, arena) : packShare(results, rows, task, share)
}

/** Packs what this thread made of a batch. What cannot travel is for one thread, which says what is wrong with it. */
function packShare(
  results: readonly unknown[],
  rows: readonly number[],
  { output }: BlockTask,
  { start, end }: Share,
): BlockReply {
  try {
    const { block, buffer } = packBlock(results, () => '', { buffer: output, taken: start, end })
    return { ...noResults, results: block, buffer: nameOf(buffer, output), rows }
  } catch {
    return { kind: 'unshared' }
  }
}

/** Packs results at once, or one by one where one of them cannot travel: the others do. */
function packResults(
  results: readonly unknown[],
  rows: readonly number[],
  indexOf: (row: number) => number,
  { path, output }: BlockTask,
  errors: [number, PackedThrown][],
): BlockReply {
  const pack = (kept: readonly unknown[], rowOf: readonly number[]): BlockReply => {
    const packed = packBlock(kept, (i) => `${path}: what the function returned for element ${indexOf(rowOf[i])}`, {
      buffer: output,
    })
    return { ...noResults, results: packed.block, buffer: nameOf(packed.buffer, output), errors }
  }
  try {
    return pack(results, rows)
  } catch {
    const good = rows.filter((row, i) => {
      try {
        packBlock([results[i]], () => `${path}: what the function returned for element ${indexOf(row)}`)
        return true
      } catch (error) {
        const index = indexOf(row)
        const hint = error instanceof MillraceError ? error.hint : undefined
        const bare = hint === undefined ? messageOf(error) : messageOf(error).slice(0, -hint.length - 1)
        errors.push([row, packError(new InvalidArgumentError(bare, { path, index, hint }))])
        return false
      }
    })
    errors.sort(([a], [b]) => a - b)
    return good.length === 0
      ? { ...noResults, errors }
      : pack(
          good.map((row) => results[rows.indexOf(row)]),
          good,
        )
  }
}

/** Memory of this thread alone, for what a function keeps of its element must not change. */
function ownCopy(shared: SharedArrayBuffer | undefined): ArrayBuffer | undefined {
  if (shared === undefined) return undefined
  const own = new ArrayBuffer(shared.byteLength)
  copyBytes(new Uint8Array(own), new Uint8Array(shared))
  return own
}

/** A function that is told the state of its thread too. */
function withState(
  fn: ElementFunction<unknown, unknown>,
  state: unknown,
  room: Room,
): ElementFunction<unknown, unknown> {
  return (element, context) => fn(element, new StatefulContext(context, state, room))
}

type Room = NonNullable<WorkerContext['room']>

class StatefulContext implements WorkerContext {
  readonly index: number
  readonly epoch: number
  readonly state: unknown
  readonly room: Room
  readonly #context: ElementContext

  constructor(context: ElementContext, state: unknown, room: Room) {
    this.room = room
    this.index = context.index
    this.epoch = context.epoch
    this.state = state
    this.#context = context
  }

  get rng() {
    return this.#context.rng
  }
}
