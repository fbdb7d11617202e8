import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * A folder for the front of PATH: `npx millrace` and `millrace` there are the built command line; `npm` runs nothing, but
 * fails where the script does not exist, a package is not one of ours, or the script's `--help` does not know a flag.
 */
export function shellPath(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const command = (name: string, lines: readonly string[]): void => {
    const path = join(bin, name)
    writeFileSync(path, ['#!/usr/bin/env bash', ...lines, ''].join('\n'))
    chmodSync(path, 0o755)
  }
  const node = `"${process.execPath}"`
  command('millrace', [`exec ${node} "${root}dist/cli/main.js" "$@"`])
  command('npx', [
    '[ "$1" = -y ] && shift',
    'if [ "$1" = millrace ]; then shift; exec millrace "$@"; fi',
    'echo "npx $1: no command of ours" >&2; exit 1',
  ])
  const npm = readFileSync(new URL('npm.ts', import.meta.url), 'utf8')
  writeFileSync(join(bin, 'npm.mjs'), transformSync(npm, { loader: 'ts' }).code)
  command('npm', [`PROJECT="${root}" exec ${node} "${join(bin, 'npm.mjs')}" "$@"`])
  return bin
}
