import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a program ended. */
export interface Ended<S> {
  readonly code: number | null
  readonly errors: string
  /** The last line of its output, if it is JSON. */
  readonly summary: S
}

/**
 * Runs an example as it is built, in a process of its own, with `--json` on wasm.
 *
 * @param stopAt sends it the signal of Ctrl-C, once, when it has written this
 */
export function runExample<S>(name: string, flags: readonly string[], stopAt?: string): Promise<Ended<S>> {
  const program = fileURLToPath(new URL(`../../examples/dist/${name}/main.js`, import.meta.url))
  const child = spawn(process.execPath, [program, '--backend', 'wasm', '--json', ...flags])
  let killed = false
  let output = ''
  let errors = ''
  child.stdout.on('data', (part: Buffer) => (output += part.toString()))
  child.stderr.on('data', (part: Buffer) => {
    errors += part.toString()
    if (stopAt !== undefined && !killed && errors.includes(stopAt)) killed = child.kill('SIGINT')
  })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const last = output.trimEnd().split('\n').slice(-1)[0]
      resolve({ code, errors, summary: (last.startsWith('{') ? JSON.parse(last) : {}) as S })
    })
  })
}
