import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** `bench/npm`, seen from where this file is compiled to. */
const folder = fileURLToPath(new URL('../../npm/', import.meta.url))
const names = ['tfrecord', 'tfrecord-stream', '@roboflow/tfrecords']

/** Installs npm's TFRecord packages. They are old and bring old packages with them, so they are not ours to install. */
export function installNpmPeers(): void {
  const args = ['install', '--prefix', folder, '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts']
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) console.error('The peers from npm could not be installed; their sides are left out.')
}

/** Says that the peers are left out, where they are. */
export function npmPeersMissing(): string | undefined {
  if (existsSync(`${folder}node_modules/tfrecord`)) return undefined
  return "npm's TFRecord packages are left out: npm run bench -- --npm installs them."
}

/** Versions of the peers that are installed. */
export function npmVersions(): Record<string, string> {
  const found = names.filter((name) => existsSync(`${folder}node_modules/${name}/package.json`))
  return Object.fromEntries(
    found.map((name) => {
      const text = readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8')
      return [name, (JSON.parse(text) as { version: string }).version]
    }),
  )
}

/** Loads a peer, or a module of it; undefined where it is not installed. None of them has types that hold. */
export function npmPeer(module: string): unknown {
  if (npmPeersMissing() !== undefined) return undefined
  return createRequire(`${folder}package.json`)(module)
}
