import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FailedPreconditionError } from '../core/errors.ts'

/**
 * URL of the module of tsx that must be set up in a thread before it imports `module`; undefined where that is no
 * TypeScript, or Node reads it itself. tsx goes before Node where both can, for it reads all of TypeScript, and finds
 * `a.ts` where an import names `a.js`.
 *
 * @param others modules that tsx may be installed for, where it is not for this one
 * @throws FailedPreconditionError where neither can
 */
export function typescriptLoader(
  module: string,
  others: readonly string[] = [],
  features: object = process.features,
  flags: readonly string[] = process.execArgv,
): string | undefined {
  if (!isTypeScript(module)) return undefined
  // One that the process was started with does nothing in its threads, but says where tsx is.
  const started = flags.map((flag) => flag.replace('--import=', '')).filter((flag) => flag.startsWith('file:'))
  const loader = [module, ...started, ...others].map(findTsx).find((found) => found !== undefined)
  if (loader !== undefined) return loader
  // False, not absent, in the versions that read TypeScript only where a flag says so.
  if ('typescript' in features && typeof features.typescript === 'string') return undefined
  throw new FailedPreconditionError(`${module} is TypeScript, which Node ${process.version} cannot run.`, {
    hint: 'Name the compiled .js file, or install tsx, or use Node 22.18 or newer.',
  })
}

/** Whether a module is TypeScript by its name. */
export function isTypeScript(module: string): boolean {
  return URL.canParse(module) && /\.[mc]?tsx?$/.test(new URL(module).pathname)
}

/** A module that sets up a loader, as a URL: what `--import` takes. */
export function loaderModule(loader: string): string {
  const lines = `import { register } from ${JSON.stringify(loader)}; register()`
  return `data:text/javascript,${encodeURIComponent(lines)}`
}

const loaders = new Map<string, Promise<unknown>>()

/** Sets up a loader in this thread, once. */
export async function setUpLoader(loader: string | undefined): Promise<void> {
  if (loader === undefined) return
  let ready = loaders.get(loader)
  if (ready === undefined) {
    ready = import(/* @vite-ignore */ loaderModule(loader))
    loaders.set(loader, ready)
  }
  await ready
}

/** URL of tsx's module with `register`, as installed for `module`; undefined where it is not. */
function findTsx(module: string): string | undefined {
  try {
    const require = createRequire(module)
    const manifest = require('tsx/package.json') as { exports: Record<string, { import: { default: string } }> }
    const path = manifest.exports['./esm/api'].import.default
    return pathToFileURL(join(dirname(require.resolve('tsx/package.json')), path)).href
  } catch {
    return undefined
  }
}
