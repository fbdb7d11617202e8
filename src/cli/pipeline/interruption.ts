import { FailedPreconditionError } from '../../index.ts'

/**
 * Runs something that ctrl-C ends by way of a signal, so that it can free what it holds. A second ctrl-C ends the process
 * at once. While a function of the user computes without a pause, nothing hears the first.
 *
 * It is ended too where the process would end in the midst of it, since it waits for what nothing can bring any more; the
 * reason of the signal is a FailedPreconditionError then.
 */
export async function untilInterrupted<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const interrupt = (): void => controller.abort()
  const giveUp = (): void => {
    const what = 'the pipeline waits for a promise that nothing will settle: no timer, file or thread is left.'
    controller.abort(new FailedPreconditionError(`bench: ${what}`))
  }
  process.once('SIGINT', interrupt)
  process.once('beforeExit', giveUp)
  try {
    return await run(controller.signal)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('beforeExit', giveUp)
  }
}
