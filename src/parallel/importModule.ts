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
 * // pipeline.ts
 * export const pipeline = Dataset.range(3)
 *
 * // main.ts
 * const { pipeline } = await importModule(new URL('./pipeline.js', import.meta.url))
 * pipeline // 0, 1, 2
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
    const exports = (await import(/* @vite-ignore */ url)) as Exports
    return exportsOf(exports)
  } catch (error) {
    throw loadError(name, error, loader === undefined && isTypeScript(url))
  }
}

type Exports = Readonly<Record<string, unknown>>

/** What a module exports; of one that was compiled from an ES module to CommonJS, what it was written to export. */
function exportsOf(exports: Exports): Exports {
  const whole = exports.default
  return typeof whole === 'object' && whole !== null && '__esModule' in whole ? whole : exports
}

function loadError(name: string, error: unknown, stripped: boolean): NotFoundError | FailedPreconditionError {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  const missing = code === 'ERR_MODULE_NOT_FOUND'
  const Class = missing ? NotFoundError : FailedPreconditionError
  // Node removes types and no more: it looks for a.js where an import names that, though there is a.ts.
  const byName = stripped ? " Where an import names './a.js' and the file is a.ts, name './a.ts' or install tsx." : ''
  return new Class(`cannot load ${name}: ${String(error).replace(/\.?$/, '.')}`, {
    hint: missing ? `Check the paths in its imports.${byName}` : asCommonJs(code),
    cause: error,
  })
}

/** What to do where an ES module was taken for CommonJS, which may not import this package everywhere. */
function asCommonJs(code: unknown): string | undefined {
  if (code !== 'ERR_REQUIRE_CYCLE_MODULE' && code !== 'ERR_REQUIRE_ESM') return undefined
  return 'It runs as CommonJS: write "type": "module" in its package.json, or give it a name that ends in .mts or .mjs.'
}
