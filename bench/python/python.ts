import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Side } from '../measure.ts'
import { PeerProcess } from './peerProcess.ts'

/** `bench/python`, seen from where this file is compiled to. */
const scripts = fileURLToPath(new URL('../../python/', import.meta.url))
const folder = `${scripts}.venv`
const interpreter = `${folder}/bin/python`

/** What the peers need; torch in its version without CUDA where that can be had. */
const packages: readonly (readonly string[])[] = [
  ['tensorflow-cpu==2.21.0'],
  ['torch==2.13.0+cpu', 'torch'],
  ['opencv-python-headless'],
  ['grain'],
  ['webdataset'],
]

/** Makes a virtual environment with the Python peers, where there is none yet. */
export function installPythonPeers(): void {
  if (!existsSync(interpreter)) command('python3', ['-m', 'venv', folder])
  for (const choices of packages) {
    const installed = choices.some((choice) => command(interpreter, ['-m', 'pip', 'install', '--quiet', choice]))
    if (!installed) console.error(`${choices[0]} could not be installed; its sides are left out.`)
  }
}

function command(name: string, args: readonly string[]): boolean {
  return spawnSync(name, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

/** Says that the peers are left out, where they are. */
export function pythonPeersMissing(): string | undefined {
  if (existsSync(interpreter)) return undefined
  return 'The peers in Python are left out: npm run bench:python installs them.'
}

/** Versions of Python and of the peers that are installed. */
export function pythonVersions(): Record<string, string> {
  if (!existsSync(interpreter)) return {}
  const { stdout, status } = spawnSync(interpreter, [`${scripts}versions.py`], { encoding: 'utf8' })
  return status === 0 ? (JSON.parse(stdout) as Record<string, string>) : {}
}

/**
 * Sides that run in Python, or none where the peers are not installed (`npm run bench:python` does) or do not run.
 *
 * @param peers names for the table, by the name in peers.py
 * @param elements how many they make or go through
 * @param files what they read, if they read files; paths without spaces
 * @param perRun what a run counts as, where that is not the elements
 */
export async function pythonSides(
  peers: Readonly<Record<string, string>>,
  elements: number,
  files: readonly string[] = [],
  perRun = elements,
): Promise<Side[]> {
  if (!existsSync(interpreter)) return []
  const sides: Side[] = []
  for (const [peer, name] of Object.entries(peers)) {
    const process = new PeerProcess(interpreter, `${scripts}peers.py`)
    const run = async (): Promise<number> => {
      await process.ask([peer, elements, ...files].join(' '))
      return perRun
    }
    try {
      await run()
      sides.push({ name, run, close: () => process.close() })
    } catch (error) {
      process.close()
      console.error(`${name} is left out: ${String(error)}`)
    }
  }
  return sides
}

/**
 * Sides that start Python anew each time.
 *
 * @param peers names for the table, by the name in coldStart.py
 * @returns by the name for the table, what runs one and gives the nanoseconds that its import took, and its first batch
 */
export function pythonStarts(peers: Readonly<Record<string, string>>): Map<string, () => PythonStart> {
  const starts = new Map<string, () => PythonStart>()
  if (!existsSync(interpreter)) return starts
  for (const [peer, name] of Object.entries(peers)) {
    const start = (): PythonStart => {
      const { stdout, stderr, status } = spawnSync(interpreter, [`${scripts}coldStart.py`, peer], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`${name} does not start: ${stderr}`)
      return JSON.parse(stdout.trim().split('\n').pop() ?? '') as PythonStart
    }
    try {
      start()
      starts.set(name, start)
    } catch (error) {
      console.error(`${name} is left out: ${String(error)}`)
    }
  }
  return starts
}

/** Nanoseconds of a start. */
export interface PythonStart {
  readonly imported: number
  readonly first: number
}
