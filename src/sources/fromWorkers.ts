import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { argText } from '../core/planKey.ts'
import type { Source, Stage } from '../core/stage.ts'
import { LocalCursor } from '../parallel/localCursor.ts'
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
 * @param fn the function that builds the dataset, from `workerFn`
 * @throws NotFoundError where the module or the export does not exist, at the first element
 * @throws InvalidArgumentError where an argument or an element cannot travel, such as a function, naming the part of it
 * @throws UnavailableError where a worker dies, ResourceExhaustedError where its memory is used up
 */
export function fromWorkers<F extends AnyFunction>(
  fn: WorkerFunction<F>,
  options: FromWorkersOptions<Parameters<F>> = {},
): Stage<never, BuiltElement<F>> {
  if (!isWorkerFunction(fn)) {
    throw wrongArgument('fromWorkers', 'the function', "what workerFn(module, 'name') returns", fn)
  }
  checkOptions('fromWorkers', options, ['args', 'workers', 'bufferSize'])
  const args = packArgs('fromWorkers', options.args ?? [])
  const workers = checkCount('fromWorkers', 'workers', options.workers ?? 1)
  const bufferSize = checkCount('fromWorkers', 'bufferSize', options.bufferSize ?? 4, { min: 1 })
  const { module, exportName } = fn
  return Object.freeze({
    name: 'fromWorkers',
    args: { exportName, workers, bufferSize },
    tuning: ['workers', 'bufferSize'],
    identity: () => argText([module, args]),
    cardinality: () => undefined,
    spec: () => undefined,
    open: (_inputs, context, state) => {
      const { seed, epoch } = context
      const loader = workers === 0 ? undefined : typescriptLoader(module, [import.meta.url])
      const start = { module, exportName, args, seed, epoch, state: restored(state), loader }
      return workers === 0
        ? new LocalCursor<BuiltElement<F>>(start, context)
        : new WorkersCursor<BuiltElement<F>>(start, workers, bufferSize)
    },
  } satisfies Stage<never, BuiltElement<F>>)
}
