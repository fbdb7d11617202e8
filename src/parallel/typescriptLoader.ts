import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FailedPreconditionError } from '../core/errors.ts'

/**
 * What to start a thread with, so that it can run `entry` and the modules it will import: the entry itself, or, where
 * one of them is TypeScript, a few lines that set up the tsx loader first. Where tsx is not installed, Node must read
 * TypeScript itself; tsx goes before that, for it reads all of it, and finds `a.ts` where an import names `a.js`.
 *
 * @throws FailedPreconditionError where neither can
 */
export function threadEntry(entry: URL, module: string, features: object = process.features): URL {
  const modules = [module, entry.href]
  const typescript = modules.find((url) => /\.[mc]?tsx?$/.test(new URL(url).pathname))
  if (typescript === undefined) return entry
  const loader = modules.map(findTsx).find((found) => found !== undefined)
  if (loader === undefined) {
    // False, not absent, in the versions that read TypeScript only where a flag says so.
    if ('typescript' in features && typeof features.typescript === 'string') return entry
    throw new FailedPreconditionError(
      `workerFn: ${typescript} is TypeScript, which Node ${process.version} cannot run.`,
      { hint: 'Name the compiled .js file, or install tsx, or use Node 22.18 or newer.' },
    )
  }
  // A loader given by a flag of the thread would not apply to the thread's own entry.
  const lines = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(entry.href)})`
  return new URL(`data:text/javascript,${encodeURIComponent(lines)}`)
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
