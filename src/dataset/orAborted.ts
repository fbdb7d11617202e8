/**
 * Waits for what a user's function promised, but no longer than until the signal is aborted: the iteration, which has the
 * same signal, says so then.
 */
export async function orAborted(promised: PromiseLike<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await promised
    return
  }
  let onAbort = (): void => undefined
  const settled = new Promise<void>((resolve, reject) => {
    onAbort = resolve
    signal.addEventListener('abort', onAbort)
    promised.then(() => resolve(), reject)
  })
  try {
    await settled
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
