import { Worker, type MessagePort } from 'node:worker_threads'
import { messageOf, MillraceError, UnavailableError } from '../core/errors.ts'
import type { PipelineTask } from './messages.ts'
import { threadEntry } from './typescriptLoader.ts'

/**
 * Starts a thread on a task; `port` goes to it.
 *
 * It has no limits of its own: Node ends a thread, not the process, once its heap has grown to the limit of the process
 * (`--max-old-space-size`). What nobody can survive is one allocation that is larger than what is left, such as an array
 * of 30 million numbers: that ends the process, with and without `resourceLimits`.
 *
 * @throws UnavailableError where it cannot be started
 */
export function startThread(task: PipelineTask, port: MessagePort): Worker {
  const entry = import.meta.url.endsWith('.ts') ? './workerEntry.ts' : './workerEntry.js'
  try {
    return new Worker(threadEntry(new URL(entry, import.meta.url), task.module), {
      ...threadOptions(process.execArgv),
      name: `millrace ${task.exportName}`,
      workerData: { task, port },
      transferList: [port],
    })
  } catch (error) {
    if (error instanceof MillraceError) throw error
    throw new UnavailableError(`fromWorkers: cannot start worker ${task.worker}: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * The flags that a thread is started with: those of the process, but none where one of them speaks of the program text
 * given by `--eval` or standard input. A thread runs a file, and would refuse it.
 */
export function threadOptions(execArgv: readonly string[]): { execArgv?: string[] } {
  return execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}
}
