import { availableParallelism } from 'node:os'
import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { FailedPreconditionError } from '../core/errors.ts'
import { WorkerPool, type WorkersOptions } from './workerPool.ts'

/** More threads than any machine has use for; a number beyond is taken for a mistake. */
export const mostThreads = 1024

let configured: WorkersOptions = {}
let pool: WorkerPool | undefined

/** The pool of this process, or of this thread where that is itself a worker; started at the first call. */
export function workerPool(): WorkerPool {
  pool ??= new WorkerPool(configured)
  return pool
}

/** Pipelines and blocks that run in this process or wait for a thread. */
export function busyWorkers(): number {
  return pool?.busy ?? 0
}

/** How many threads worker maps have, without starting any. */
export function poolThreads(): number {
  return pool?.threads ?? configured.threads ?? availableParallelism()
}

/**
 * Sets how many threads worker maps have in this process, and their limits of memory; before the first of them starts.
 *
 * @example
 * await closeWorkers()
 * configureWorkers({ threads: 4 })
 * @throws FailedPreconditionError where threads run already
 */
export function configureWorkers(options: WorkersOptions): void {
  checkOptions('configureWorkers', options, ['threads', 'resourceLimits'])
  const { threads, resourceLimits } = options
  if (threads !== undefined) checkCount('configureWorkers', 'threads', threads, { min: 1, max: mostThreads })
  if (resourceLimits !== undefined && (typeof resourceLimits !== 'object' || (resourceLimits as unknown) === null)) {
    throw wrongArgument('configureWorkers', 'resourceLimits', 'an object', resourceLimits)
  }
  if (pool !== undefined) {
    throw new FailedPreconditionError('configureWorkers: the threads of this process have started already.', {
      hint: 'Call it before the first iteration, or after closeWorkers().',
    })
  }
  configured = { ...options }
}

/**
 * Starts threads of this process now, which start with the first iteration that needs them otherwise: while a program
 * loads its model, say. Until they have, a first batch waits, for a tenth of a second or two.
 *
 * @param threads how many; as many as worker maps may have by default, and at most
 * @returns settles once they run. What keeps one from starting is told by the iteration that needs it
 * @example
 * void startWorkers()
 * @throws InvalidArgumentError where `threads` is no whole number of at least 1
 */
export async function startWorkers(threads?: number): Promise<void> {
  if (threads !== undefined) checkCount('startWorkers', 'threads', threads, { min: 1, max: mostThreads })
  await workerPool().start(threads ?? poolThreads())
}

/**
 * Ends the threads of this process, for who has no more work for them; the next iteration starts new ones. Iterations
 * that run meanwhile fail.
 */
export async function closeWorkers(): Promise<void> {
  const closing = pool
  pool = undefined
  await closing?.close()
}
