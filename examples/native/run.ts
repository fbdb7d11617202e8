import { spawn } from 'node:child_process'

/** A step that cannot be done; its message says what to do about it. */
export class NativeError extends Error {
  override readonly name = 'NativeError'
}

/** A program to run. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  /** The folder to run it in. */
  readonly cwd: string
  /** What to say where the program is not there. */
  readonly missing: string
  /** What to say where it fails; what it printed is added. */
  readonly failed: string
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed on stdout
 * @throws NativeError where it is missing or fails, with the end of what it printed
 */
export async function run({ command, args, cwd, missing, failed }: Program): Promise<string> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let all = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    all += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => (all += chunk.toString()))
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', (cause) => reject(new NativeError(missing, { cause })))
    child.once('close', (status, signal) => resolve(status ?? signal ?? 1))
  })
  if (code !== 0) throw new NativeError(`${failed}\n${command} ended with ${code}:\n${lastLines(all)}`)
  return out
}

/** Says on stderr what is done, and then how long it took. */
export async function step<T>(text: string, action: () => Promise<T>): Promise<T> {
  const start = performance.now()
  process.stderr.write(`native: ${text} ...\n`)
  const result = await action()
  process.stderr.write(`native: ${text}: done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
  return result
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-15).join('\n')
}
