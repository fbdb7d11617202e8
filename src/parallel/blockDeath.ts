import { firstLineOf, messageOf, ResourceExhaustedError, UnavailableError, type MillraceError } from '../core/errors.ts'

/**
 * The error for a thread that died while it ran a block of a worker map.
 *
 * @param path of the operation
 * @param thrown what piscina says of it: an uncaught error, or that the thread exited
 * @param index of the element that was with the function, from `first` to `last` of the block
 */
export function blockDeath(
  path: string,
  thrown: unknown,
  { index, first, last }: { readonly index: number; readonly first: number; readonly last: number },
): MillraceError {
  const where = `${path}: the worker that ran elements ${first} to ${last} died at element ${index}: ${messageOf(thrown)}.`
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new ResourceExhaustedError(where, {
      path,
      index,
      hint: 'Give it more with node --max-old-space-size or configureWorkers({ resourceLimits }), or hold less.',
      cause: thrown,
    })
  }
  return new UnavailableError(where, {
    path,
    index,
    hint: 'Does the function call process.exit, or leave a promise without a catch? The option retries tries again.',
    cause: thrown,
  })
}

/** The error for threads that never come to run a block. */
export function cannotStart(path: string, thrown: unknown): UnavailableError {
  return new UnavailableError(`${path}: no worker could be started: ${firstLineOf(thrown)}.`, { path, cause: thrown })
}
