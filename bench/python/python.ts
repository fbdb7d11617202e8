import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Side } from '../measure.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = `${root}bench/python/.venv`
const interpreter = `${folder}/bin/python`
const peersScript = `${root}bench/python/peers.py`

/** What the peers need; torch in its version without CUDA where that can be had. */
const packages: readonly (readonly string[])[] = [
  ['tensorflow-cpu==2.21.0'],
  ['torch==2.13.0+cpu', 'torch'],
  ['opencv-python-headless'],
]

/** Makes a virtual environment with the Python peers, where there is none yet. */
export function installPeers(): void {
  if (!existsSync(interpreter)) command('python3', ['-m', 'venv', folder])
  for (const choices of packages) {
    const installed = choices.some((choice) => command(interpreter, ['-m', 'pip', 'install', '--quiet', choice]))
    if (!installed) console.error(`${choices[0]} could not be installed; its sides are left out.`)
  }
}

function command(name: string, args: readonly string[]): boolean {
  return spawnSync(name, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

/**
 * Sides that run in Python, or none where the peers are not installed (`npm run bench:python` does) or do not run.
 *
 * @param peers names for the table, by the name in peers.py
 * @param files what they read, if they read files; paths without spaces
 */
export async function pythonSides(
  peers: Readonly<Record<string, string>>,
  elements: number,
  files: readonly string[] = [],
): Promise<Side[]> {
  if (!existsSync(interpreter)) return []
  const sides: Side[] = []
  for (const [peer, name] of Object.entries(peers)) {
    const process = new PeerProcess()
    const side: Side = { name, run: () => process.run(peer, elements, files), close: () => process.close() }
    try {
      await side.run()
      sides.push(side)
    } catch (error) {
      process.close()
      console.error(`${name} is left out: ${String(error)}`)
    }
  }
  return sides
}

/** One Python process that does the work of a peer each time it is told to. */
class PeerProcess {
  readonly #process: ChildProcessWithoutNullStreams = spawn(interpreter, [peersScript])
  readonly #lines: Interface = createInterface(this.#process.stdout)
  readonly #answers = this.#lines[Symbol.asyncIterator]()

  async run(peer: string, elements: number, files: readonly string[]): Promise<number> {
    this.#process.stdin.write(`${[peer, elements, ...files].join(' ')}\n`)
    const answer: IteratorResult<string, undefined> = await this.#answers.next()
    if (answer.value === undefined || answer.value.startsWith('error')) {
      throw new Error(answer.value ?? 'the process ended')
    }
    return Number(answer.value)
  }

  close(): void {
    this.#process.kill()
  }
}
