import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { FailedPreconditionError } from '../core/errors.ts'
import { isTypeScript, loaderModule, typescriptLoader } from './typescriptLoader.ts'

/** What a thread of the pool is started with. */
export interface WorkerFile {
  /** Path of the module that holds the tasks. */
  readonly path: string
  /** Flags of Node; undefined for those of the process. */
  readonly execArgv: string[] | undefined
}

/**
 * Finds the module that threads run: beside this one, or, where this one was bundled and that one was not, in the
 * installed package.
 *
 * @param here URL of this module
 * @throws FailedPreconditionError where there is none
 */
export function workerFile(here = import.meta.url): WorkerFile {
  const beside = new URL(isTypeScript(here) ? './workerEntry.ts' : './workerEntry.js', here)
  if (existsSync(beside)) {
    const loader = typescriptLoader(beside.href)
    return { path: fileURLToPath(beside), execArgv: threadFlags(process.execArgv, loader) }
  }
  try {
    return { path: createRequire(here).resolve('millrace/worker'), execArgv: threadFlags(process.execArgv) }
  } catch (error) {
    throw new FailedPreconditionError(`workers: there is no ${beside.href}, which their threads run.`, {
      hint: 'Leave millrace out of the bundle (external), or install it where the bundle runs.',
      cause: error,
    })
  }
}

/**
 * The flags that a thread is started with: those of the process, but none where one of them speaks of the program text
 * given by `--eval` or standard input. A thread runs a file, and would refuse it.
 */
export function threadFlags(execArgv: readonly string[], loader?: string): string[] | undefined {
  const given = execArgv.some((flag) => flag.startsWith('--input-type')) ? [] : execArgv
  if (loader !== undefined) return [...given, '--import', loaderModule(loader)]
  return given === execArgv ? undefined : []
}
