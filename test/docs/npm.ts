/*
 * Stands for npm where the documentation's shell blocks are tried: it says whether a command could work, and runs nothing.
 * PROJECT is the project's folder.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = process.env.PROJECT ?? '.'
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
const scripts = manifest.scripts as Readonly<Record<string, string | undefined>>
const [command, ...args] = process.argv.slice(2)

function fail(message: string): never {
  console.error(`npm ${process.argv.slice(2).join(' ')}: ${message}`)
  process.exit(1)
}

/** The script exists, and where it runs an example, that example's `--help` knows the flags. */
function checkScript(name: string, rest: readonly string[]): void {
  const script = scripts[name] ?? fail(`there is no script ${name}`)
  const through = /run --silent start/.test(script) ? scripts.start : script
  const main = /node (examples\/dist\/\S+)/.exec(through ?? '')?.[1]
  const flags = rest.filter((flag) => flag.startsWith('--') && flag !== '--')
  if (main === undefined || flags.length === 0) return
  const help = execFileSync(process.execPath, [join(root, main), '--help'], { encoding: 'utf8' })
  for (const flag of flags) if (!help.includes(flag)) fail(`${name} has no flag ${flag}`)
}

function checkPackages(names: readonly string[]): void {
  const kinds = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies']
  const known = [manifest.name, ...kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}))]
  for (const name of names) {
    if (!known.includes(name.replace(/(?<=.)@.*/, ''))) fail(`${name} is no package that we know of`)
  }
}

if (command === 'run') checkScript(args[0], args.slice(1))
else if (command === 'start' || command === 'test') checkScript(command, args)
else if (command === 'install') checkPackages(args.filter((arg) => !arg.startsWith('-')))
else if (command !== 'ci') fail('no command that we know of')
