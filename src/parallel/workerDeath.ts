import { messageOf, type MillraceError, ResourceExhaustedError, UnavailableError } from '../core/errors.ts'
import type { PipelineTask } from './messages.ts'

/**
 * The error for a thread that ended before its pipeline did.
 *
 * @param how the exit code, or what it threw where nobody caught it
 * @param index of the element that it did not deliver
 */
export function workerDeath(
  task: Pick<PipelineTask, 'module' | 'exportName' | 'worker' | 'workers' | 'shard'>,
  how: { readonly code: number } | { readonly thrown: unknown },
  index: number,
): MillraceError {
  const { module, exportName, shard } = task
  const { index: worker, count } = shard ?? { index: task.worker, count: task.workers }
  const who = `fromWorkers: worker ${worker} of ${count}, which runs ${exportName} of ${module},`
  const path = 'fromWorkers'
  if (!('thrown' in how)) {
    return new UnavailableError(`${who} exited with code ${how.code} before element ${index}.`, {
      path,
      index,
      hint: 'Does something in it call process.exit? A saved state goes on after the elements delivered.',
    })
  }
  const { thrown } = how
  const message = `${who} failed before element ${index}: ${messageOf(thrown)}`
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new ResourceExhaustedError(message, {
      path,
      index,
      hint: 'Give it more with node --max-old-space-size, or hold less: smaller buffers, fewer workers.',
      cause: thrown,
    })
  }
  return new UnavailableError(message, {
    path,
    index,
    hint: 'Nothing in it caught this error: await every promise. A saved state goes on after the elements delivered.',
    cause: thrown,
  })
}

/** The error for a pipeline that never came to run in a thread. */
export function neverBegan({ shard, worker }: PipelineTask, cause: unknown): UnavailableError {
  return new UnavailableError(`fromWorkers: cannot start worker ${shard?.index ?? worker}: ${messageOf(cause)}`, {
    cause,
  })
}
