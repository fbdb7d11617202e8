import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { partialFolder } from './partial.ts'
import { versions, type Places } from './places.ts'
import { NativeError, run, step } from './run.ts'

/** tfjs-node as npm packs it, and the headers of Node's C interface. */
export interface FetchedPackage {
  /** The folder of tfjs-node, with everything it needs but tfjs inside it. */
  readonly folder: string
  /** Folder of `node_api.h`. */
  readonly headers: string
}

/**
 * Fetches tfjs-node from npm without running its install script.
 *
 * npm works in a folder of its own, so that neither the repository's packages nor its lock file change. What tfjs-node
 * needs then moves inside it, but tfjs itself stays out: it must be the copy that everyone else imports.
 */
export async function fetchPackage({ cache, modules }: Places): Promise<FetchedPackage> {
  if (!existsSync(join(modules, '@tensorflow', 'tfjs'))) {
    throw new NativeError('There is no @tensorflow/tfjs in node_modules. Run: npm install')
  }
  const work = await partialFolder(cache, 'npm')
  const dependencies = { '@tensorflow/tfjs-node': versions.tfjs, 'node-api-headers': versions.headers }
  await writeFile(join(work, 'package.json'), JSON.stringify({ private: true, dependencies }))
  await step(`installing @tensorflow/tfjs-node ${versions.tfjs} without its script`, () =>
    run({
      command: 'npm',
      args: ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--prefix', work],
      cwd: work,
      missing: 'There is no npm on the path.',
      failed: 'npm could not install tfjs-node. Check that the npm registry, or a mirror of it, is in reach.',
    }),
  )
  return gather(work)
}

async function gather(work: string): Promise<FetchedPackage> {
  const installed = join(work, 'node_modules')
  const folder = join(work, 'tfjs-node')
  const headers = join(work, 'node-api-headers')
  await rename(join(installed, '@tensorflow', 'tfjs-node'), folder)
  await rename(join(installed, 'node-api-headers'), headers)
  await rm(join(installed, '@tensorflow'), { recursive: true })
  const inside = join(folder, 'node_modules')
  await mkdir(inside, { recursive: true })
  for (const name of await readdir(installed)) {
    if (!name.startsWith('.')) await rename(join(installed, name), join(inside, name))
  }
  return { folder, headers: join(headers, 'include') }
}
