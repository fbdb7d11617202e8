import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { argText } from '../core/planKey.ts'
import type { Source, Stage } from '../core/stage.ts'
import { existingModule } from '../parallel/findExport.ts'
import { LocalCursor } from '../parallel/localCursor.ts'
import type { Shard } from '../parallel/messages.ts'
import { mostThreads } from '../parallel/processPool.ts'
import { ShardsCursor } from '../parallel/shardsCursor.ts'
import { typescriptLoader } from '../parallel/typescriptLoader.ts'
import { isWorkerFunction, type AnyFunction, type WorkerFunction } from '../parallel/workerFunction.ts'
import { restored, WorkersCursor } from '../parallel/workersCursor.ts'
import { packArgs } from '../parallel/workerSetup.ts'

/** The element of the dataset that a function builds. */
export type BuiltElement<F> = F extends (...args: never[]) => infer R
  ? Awaited<R> extends Source<infer T>
    ? T
    : never
  : never

/** The arguments that a function is given from outside: all but the shard, where that is the last one. */
export type BuilderArgs<F> = F extends (...args: infer A) => unknown
  ? A extends readonly [...infer B, Shard]
    ? B
    : A
  : never

/** Options of `fromWorkers`. */
export interface FromWorkersOptions<A extends readonly unknown[] = readonly unknown[]> {
  /**
   * Arguments of the function; they are copied here, and into the workers. NdArrays stay NdArrays, and memory under a
   * SharedArrayBuffer stays shared. Default: none.
   */
  readonly args?: A
  /** Threads that run the pipeline, 1 by default; 0 runs it in this thread, as for debugging. */
  readonly workers?: number
  /** Elements that a worker makes ahead of the one that the consumer has; 4 by default. */
  readonly bufferSize?: number
  /**
   * Whether the function divides the data itself: it is given `{ index, count }` as its last argument, and builds part
   * `index` of `count`, one in each worker. False by default: all workers run the same pipeline.
   */
  readonly shard?: boolean
  /** Whether shards give one element each in turn; true by default. False takes them as they come. */
  readonly deterministic?: boolean
  /** Threads that may die before it is an error, for each worker; 0 by default. Another one goes on where it was. */
  readonly retries?: number
}

/**
 * The elements of a dataset that is built and run in worker threads, so that reading, shuffling and batching go on
 * while this thread is blocked by a training step.
 *
 * The elements, their order and the saved states are the same for any number of workers: worker i of n makes elements
 * i, i + n, ... and passes over the others. NdArrays travel through shared memory with one copy, everything else as a
 * clone. An element of NdArrays alone lies in shared memory until `release` gives it back, and is never changed before;
 * where it is not given back the next ones are copied once more, in this thread. Length: unknown. Saved: the position of
 * the pipeline in the worker, after the last element delivered.
 *
 * With `shard` the function divides the data: each worker runs its part alone, which costs no worker what another one
 * reads, but elements, order and states depend on how many there are. The seed of the pipeline is another one in each
 * shard; a seed that an operation names is the same.
 *
 * @param fn the function that builds the dataset, from `workerFn`
 * @throws NotFoundError where the module or the export does not exist, at the first element
 * @throws InvalidArgumentError where an argument or an element cannot travel, such as a function, naming the part of it
 * @throws UnavailableError where a worker dies, ResourceExhaustedError where its memory is used up
 */
export function fromWorkers<F extends AnyFunction>(
  fn: WorkerFunction<F>,
  options: FromWorkersOptions<BuilderArgs<F>> = {},
): Stage<never, BuiltElement<F>> {
  if (!isWorkerFunction(fn)) {
    throw wrongArgument('fromWorkers', 'the function', "what workerFn(module, 'name') returns", fn)
  }
  checkOptions('fromWorkers', options, ['args', 'workers', 'bufferSize', 'shard', 'deterministic', 'retries'])
  const args = packArgs('fromWorkers', options.args ?? [])
  const workers = checkCount('fromWorkers', 'workers', options.workers ?? 1, { max: mostThreads })
  const bufferSize = checkCount('fromWorkers', 'bufferSize', options.bufferSize ?? 4, { min: 1, max: 1 << 16 })
  const retries = checkCount('fromWorkers', 'retries', options.retries ?? 0)
  const shard = checkBoolean('fromWorkers', 'shard', options.shard ?? false)
  const deterministic = checkBoolean('fromWorkers', 'deterministic', options.deterministic ?? true)
  if (!deterministic && !shard) {
    throw new InvalidArgumentError('fromWorkers: deterministic: false needs shard: true.', {
      hint: 'Workers that run the same pipeline give its elements in its order.',
    })
  }
  const { exportName } = fn
  const sharded = shard ? { shards: Math.max(1, workers), deterministic } : {}
  return Object.freeze({
    name: 'fromWorkers',
    args: { exportName, workers, bufferSize, ...sharded },
    tuning: ['workers', 'bufferSize', 'deterministic'],
    identity: () => argText([fn.module, args]),
    cardinality: () => undefined,
    spec: () => undefined,
    open: (_inputs, context, state) => {
      const { seed, epoch } = context
      const module = existingModule(fn.module)
      const loader = workers === 0 ? undefined : typescriptLoader(module, [import.meta.url])
      const start = { module, exportName, args, seed, epoch, loader, shard: undefined }
      type Element = BuiltElement<F>
      if (shard) {
        const sharding = { workers, bufferSize, retries, deterministic }
        return new ShardsCursor<Element>({ ...start, state: undefined }, sharding, context, state)
      }
      const from = { ...start, state: restored(state) }
      return workers === 0
        ? new LocalCursor<Element>(from, context)
        : new WorkersCursor<Element>(from, { workers, bufferSize, retries })
    },
  } satisfies Stage<never, BuiltElement<F>>)
}
