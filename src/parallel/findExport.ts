import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { NotFoundError } from '../core/errors.ts'
import type { AnyFunction, WorkerFunction } from './workerFunction.ts'

/** Names of TypeScript files that an import of a JavaScript name may stand for. */
const typescriptNames: readonly (readonly [RegExp, string])[] = [
  [/\.js$/, '.ts'],
  [/\.js$/, '.tsx'],
  [/\.mjs$/, '.mts'],
  [/\.cjs$/, '.cts'],
]

/**
 * Looks whether a module and its export can be there, as far as that shows without running it: whether the file of a
 * `file:` URL exists, and whether its text names the export. A module that exports by `export *` or as CommonJS does, or
 * that is no file, is looked at when it is loaded.
 *
 * @throws NotFoundError where the file does not exist, or cannot export the name
 */
export function checkExport({ module, exportName }: WorkerFunction<AnyFunction>): void {
  const url = new URL(module)
  if (url.protocol !== 'file:') return
  const path = fileURLToPath(url)
  const file = fileOf(path)
  if (file === undefined) {
    throw new NotFoundError(`workerFn: there is no ${path}.`, {
      file: path,
      hint: 'Check the path in workerFn. A bundler must be told of that module too, as an entry of its own.',
    })
  }
  const text = readFileSync(file, 'utf8')
  if (/\bexport\s*\*|\bexports\b/.test(text) || nameOf(exportName).test(text)) return
  const exported = [...text.matchAll(/\bexport\s+(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s+([\w$]+)/g)]
  throw new NotFoundError(`workerFn: ${file} has no export ${exportName}.`, {
    file,
    hint: exported.length === 0 ? undefined : `It exports ${exported.map(([, name]) => name).join(', ')}.`,
  })
}

/**
 * URL of the module that there is: of `a.ts` where `a.js` is named and does not exist, as imports in TypeScript name it. A
 * thread imports it from JavaScript, where no loader would look for that.
 */
export function existingModule(module: string): string {
  const url = new URL(module)
  if (url.protocol !== 'file:') return module
  const path = fileURLToPath(url)
  const file = fileOf(path)
  return file === undefined || file === path ? module : pathToFileURL(file).href + url.search
}

function fileOf(path: string): string | undefined {
  return [path, ...typescriptNames.map(([js, ts]) => path.replace(js, ts))].find((name) => existsSync(name))
}

function nameOf(exportName: string): RegExp {
  const text = exportName.replaceAll(/[^\w]/g, '\\$&')
  return new RegExp(`(?<![\\w$])${text}(?![\\w$])`)
}
