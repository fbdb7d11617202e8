import { pathToFileURL } from 'node:url'
import { isAbsolute } from 'node:path'
import { wrongArgument } from '../core/checks.ts'
import { FailedPreconditionError, InvalidArgumentError, messageOf, NotFoundError } from '../core/errors.ts'

/** A function by the module that exports it: what can travel to a worker, where a closure cannot. */
export interface WorkerFunction<F> {
  /** URL of the module. */
  readonly module: string
  readonly exportName: string
  /** Never there: carries the function's type. */
  readonly type?: F
}

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown

/**
 * Names a function for use in a worker: its module and its export, checked by the compiler through its type.
 *
 * @param module URL of the module, as from `new URL('./pipeline.js', import.meta.url)`, `import.meta.url` for a
 *   function of this very module, or an absolute path
 * @param exportName the name it is exported under; `default` for a default export
 * @example
 * // pipeline.ts
 * export const digits = (count: number) => Dataset.range(count).map((i) => i % 10).batch(4)
 *
 * // train.ts
 * import type { digits } from './pipeline.js'
 * const build = workerFn<typeof digits>(new URL('./pipeline.js', import.meta.url), 'digits')
 * Dataset.fromWorkers(build, { args: [6] }) // float32 [0, 1, 2, 3], float32 [4, 5]
 * @throws InvalidArgumentError where the module is no URL and no absolute path
 */
export function workerFn<F extends AnyFunction>(module: string | URL, exportName: string): WorkerFunction<F> {
  if (typeof exportName !== 'string' || exportName === '') {
    throw wrongArgument('workerFn', 'exportName', 'the name of an export', exportName)
  }
  if (typeof module === 'function') {
    throw new InvalidArgumentError(
      'workerFn: a function cannot travel to a worker, for what it closes over stays here.',
      {
        hint: "Export it from a module and name that: workerFn(new URL('./file.js', import.meta.url), 'name').",
      },
    )
  }
  return Object.freeze({ module: moduleUrl('workerFn', module), exportName })
}

/** Whether a value is what `workerFn` returns. */
export function isWorkerFunction(value: unknown): value is WorkerFunction<AnyFunction> {
  const { module, exportName } = (value ?? {}) as Partial<WorkerFunction<AnyFunction>>
  return typeof module === 'string' && typeof exportName === 'string'
}

/** The URL of a module that is given as a URL or an absolute path; refuses anything else. */
export function moduleUrl(operation: string, module: unknown): string {
  if (module instanceof URL) return module.href
  if (typeof module === 'string') {
    if (isAbsolute(module)) return pathToFileURL(module).href
    if (URL.canParse(module)) return module
  }
  throw wrongArgument(operation, 'module', 'a URL or an absolute path, such as import.meta.url', module)
}

/**
 * Imports the module and takes the function out of it, in whichever thread this runs.
 *
 * @throws NotFoundError where the module or the export does not exist
 * @throws FailedPreconditionError where the module fails to load, or the export is no function
 */
export async function importFunction(module: string, exportName: string): Promise<AnyFunction> {
  let exports: Record<string, unknown>
  try {
    exports = (await import(/* @vite-ignore */ module)) as Record<string, unknown>
  } catch (error) {
    const missing = (error as { code?: string } | null)?.code === 'ERR_MODULE_NOT_FOUND'
    const Class = missing ? NotFoundError : FailedPreconditionError
    throw new Class(`workerFn: cannot load ${module}: ${messageOf(error)}.`, {
      hint: missing ? 'Check the path in workerFn, and in the imports of that module.' : undefined,
      cause: error,
    })
  }
  const found = exports[exportName]
  if (typeof found === 'function') return found as AnyFunction
  const names = Object.keys(exports).filter((name) => typeof exports[name] === 'function')
  if (found !== undefined) throw new FailedPreconditionError(`workerFn: ${exportName} of ${module} is no function.`)
  throw new NotFoundError(`workerFn: ${module} has no export ${exportName}.`, {
    hint: names.length === 0 ? 'It exports no function.' : `It exports ${names.join(', ')}.`,
  })
}
