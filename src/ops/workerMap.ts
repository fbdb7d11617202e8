import { readFile } from 'node:fs/promises'
import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { openAccount } from '../core/memory.ts'
import { argText, digest } from '../core/planKey.ts'
import { specToJson } from '../core/specJson.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage, StageContext } from '../core/stage.ts'
import { report } from '../core/stageReport.ts'
import { AUTOTUNE, FixedKnob, openKnob } from '../core/tuner.ts'
import { BlockMemory } from '../parallel/blockMemory.ts'
import { BlockRunner } from '../parallel/blockRunner.ts'
import { checkExport } from '../parallel/findExport.ts'
import type { WorkerContext } from '../parallel/mapBlock.ts'
import type { MapSetup } from '../parallel/messages.ts'
import { mostThreads, poolThreads } from '../parallel/processPool.ts'
import { sharedRows } from '../parallel/sharedBatch.ts'
import { WorkerMapCursor } from '../parallel/workerMapCursor.ts'
import { isWorkerFunction, type AnyFunction, type WorkerFunction } from '../parallel/workerFunction.ts'
import { mapSetup, packArgs } from '../parallel/workerSetup.ts'

/** A function for a worker map: its element, and what it is told beside it. */
export type WorkerElementFunction<T, R, S> = (element: T, context: WorkerContext<S>) => R | PromiseLike<R>

/** Options of `map` with a function that runs in workers. */
export interface WorkerMapOptions<S = unknown, A extends readonly unknown[] = readonly unknown[]> {
  /**
   * Blocks that are handed out at once, or AUTOTUNE; twice the number of workers by default, so that none waits for its
   * next one.
   */
  readonly numParallelCalls?: number
  /**
   * Threads of the pool that run this map at most; by default `numParallelCalls` where that is given, else all. 0 runs
   * the same code in this thread, for debugging.
   */
  readonly workers?: number
  /** Elements that travel together, or AUTOTUNE; 32 by default. Fewer where each takes long, more where each takes microseconds. */
  readonly blockSize?: number
  /** Whether results keep the order of the elements; true by default. Else blocks come as they are done. */
  readonly deterministic?: boolean
  /** Spec of what the function returns, which decides the dtype of plain numbers; unknown by default. */
  readonly outputSignature?: Spec
  /** Is called once in each thread, with `args`; what it returns, or its promise resolves to, is `state` of the context. */
  readonly init?: WorkerFunction<(...args: A) => S | PromiseLike<S>>
  /** Arguments of `init`; none by default. Larger arrays lie in memory that all threads share: read them only. */
  readonly args?: A
  /** How often a block whose thread dies is tried again on another one; 0 by default, which makes it an error. */
  readonly retries?: number
}

const optionNames = [
  'numParallelCalls',
  'workers',
  'blockSize',
  'deterministic',
  'outputSignature',
  'init',
  'args',
  'retries',
]

const tunable = { min: 1, autotune: true }

/** Of a block: large enough for numbers, which cost no more to send than to make. */
const sizeRequest = { name: 'blockSize', kind: 'calls', start: 32, least: 1, most: 1024 } as const

/** Part of the capped memory that an element counts as before it is there, at the least. */
const share = 1 / 256

/** Names of options that only a function that runs in workers has. */
export const workerOptionNames: readonly string[] = ['workers', 'blockSize', 'init', 'args', 'retries']

/**
 * `map` with a function that is named by `workerFn`, and runs in threads of the pool.
 *
 * In and out: as of `map` with the same function, bit for bit, whatever the number of workers and the size of blocks.
 * An async function is awaited before the next element of its block. Elements and results are copied once each way;
 * results that are NdArrays lie in shared memory, which is used again after `release`. Order: kept, unless
 * `deterministic` is false; a slow block holds up no more than twice the blocks in flight. Saved: as of `map` with calls
 * in flight.
 *
 * @throws NotFoundError where the module does not exist, or cannot have the export
 */
export function workerMap<T, R, S, A extends readonly unknown[]>(
  fn: WorkerFunction<WorkerElementFunction<T, R, S>>,
  options: WorkerMapOptions<S, A>,
): Stage<T, R> {
  checkOptions('map', options, optionNames)
  const { outputSignature, init } = options
  checkExport(fn)
  if (init !== undefined) {
    if (!isWorkerFunction(init)) throw wrongArgument('map', 'init', "what workerFn(module, 'name') returns", init)
    checkExport(init)
  }
  const args = packArgs('map', options.args ?? [])
  if (args.length > 0 && init === undefined) throw wrongArgument('map', 'init', 'given where args are', init)
  const calls = options.numParallelCalls
  if (calls !== undefined) checkCount('map', 'numParallelCalls', calls, tunable)
  const fixed = calls === undefined || calls === AUTOTUNE ? Infinity : calls
  const workers = checkCount('map', 'workers', options.workers ?? Math.min(fixed, poolThreads()), { max: mostThreads })
  const blockSize = checkCount('map', 'blockSize', options.blockSize ?? 32, { ...tunable, max: 1 << 20 })
  const retries = checkCount('map', 'retries', options.retries ?? 0)
  const deterministic = checkBoolean('map', 'deterministic', options.deterministic ?? true)
  const enough = Math.max(1, 2 * workers)
  const numParallelCalls = calls ?? enough
  const callsRequest = { name: 'numParallelCalls', kind: 'calls', start: enough, least: 1, most: 4 * enough } as const
  const inFlight = numParallelCalls === AUTOTUNE ? callsRequest.most : numParallelCalls
  const { exportName } = fn
  // Made at the first iteration, and the same for all of them: it digests the arguments.
  let setup: MapSetup | undefined
  const runner = (context: StageContext, stack?: { readonly spec: Spec | undefined }): BlockRunner => {
    const { path, key, epoch } = context
    const stacked = stack && { spec: stack.spec === undefined ? null : specToJson(stack.spec) }
    setup ??= mapSetup(fn, init, args, workers > 0)
    const shared = stack && sharedRows(stack.spec)
    return new BlockRunner({ setup, path, key, epoch, stack: stacked }, { workers, inFlight, retries, shared })
  }
  return Object.freeze({
    name: 'map',
    args: { worker: exportName, workers, numParallelCalls, blockSize, deterministic },
    tuning: ['worker', 'workers', 'numParallelCalls', 'blockSize', 'deterministic'],
    identity: async () => argText([fn, init, args, await textsOf([fn, init])]),
    cardinality: ([length]) => length,
    spec: () => outputSignature,
    open: ([upstream], context, state) => {
      const knobs = {
        memory: new BlockMemory(openAccount(context, share)),
        calls: openKnob(numParallelCalls, context, callsRequest),
        blockSize: openKnob(blockSize, context, sizeRequest),
      }
      const how = { ...knobs, deterministic, batch: undefined }
      return reporting(context, new WorkerMapCursor<T, R>(upstream, runner(context), how, state))
    },
    hints: {
      mapsInWorkers: {
        openBatches: (upstream, context, { path, batchSize, dropRemainder }, state) => {
          const calls = openKnob(numParallelCalls, context, callsRequest)
          const memory = new BlockMemory(openAccount(context, share))
          const blocks = { calls, blockSize: new FixedKnob(batchSize), batch: { path, dropRemainder }, memory }
          const stacking = runner(context, { spec: outputSignature })
          return reporting(context, new WorkerMapCursor(upstream, stacking, { ...blocks, deterministic }, state))
        },
      },
    },
  } satisfies Stage<T, R>)
}

function reporting<T, R>(context: StageContext, cursor: WorkerMapCursor<T, R>): WorkerMapCursor<T, R> {
  report(context, cursor.report())
  return cursor
}

/** Digests of the modules, as far as they are files: the keys of caches change with them. */
async function textsOf(functions: readonly (WorkerFunction<AnyFunction> | undefined)[]): Promise<string[]> {
  const texts: string[] = []
  for (const { module } of functions.filter((fn) => fn !== undefined)) {
    if (new URL(module).protocol === 'file:')
      texts.push(digest(await readFile(new URL(module)).catch(() => Buffer.of())))
  }
  return texts
}
