import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FailedPreconditionError, NotFoundError } from '../core/errors.ts'
import { existingModule } from './findExport.ts'
import { isTypeScript, setUpLoader, typescriptLoader } from './typescriptLoader.ts'
import { moduleUrl } from './workerFunction.ts'

/**
 * Imports a module in this thread, in TypeScript too: by tsx where that is installed beside it or beside millrace, else
 * by Node itself from 22.18 on. For programs that are given a pipeline by name, as the command line is.
 *
 * @param module URL or absolute path; `a.js` stands for `a.ts` too, where there is no `a.js`
 * @returns what it exports, by name
 * @example
 * const { pipeline } = await importModule(new URL('./pipeline.ts', import.meta.url))
 * @throws NotFoundError where it, or a module that it imports, does not exist
 * @throws FailedPreconditionError where it is TypeScript that nothing here can run, or throws while it loads; the `cause`
 *   is what it threw
 */
export async function importModule(module: string | URL): Promise<Readonly<Record<string, unknown>>> {
  const url = existingModule(moduleUrl('importModule', module))
  const name = url.startsWith('file:') ? fileURLToPath(url) : url
  if (name !== url && !existsSync(name)) throw new NotFoundError(`there is no ${name}.`, { hint: 'Check the path.' })
  const loader = typescriptLoader(url, [import.meta.url])
  await setUpLoader(loader)
  try {
    return (await import(/* @vite-ignore */ url)) as Record<string, unknown>
  } catch (error) {
    throw loadError(name, error, loader === undefined && isTypeScript(url))
  }
}

function loadError(name: string, error: unknown, stripped: boolean): NotFoundError | FailedPreconditionError {
  const missing = (error as { code?: string } | null)?.code === 'ERR_MODULE_NOT_FOUND'
  const Class = missing ? NotFoundError : FailedPreconditionError
  // Node removes types and no more: it looks for a.js where an import names that, though there is a.ts.
  const byName = stripped ? " Where an import names './a.js' and the file is a.ts, name './a.ts' or install tsx." : ''
  return new Class(`cannot load ${name}: ${String(error)}`, {
    hint: missing ? `Check the paths in its imports.${byName}` : undefined,
    cause: error,
  })
}
