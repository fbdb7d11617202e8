import { run } from '../../src/cli/run.ts'

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/**
 * Runs `millrace ...`; the path of `folder` is `~` in what it prints.
 *
 * @param now the time that it sees, in milliseconds
 */
export async function runMillrace(folder: string, args: readonly string[], now?: () => number): Promise<Ran> {
  const printed = { out: '', err: '' }
  const code = await run(args, {
    stdout: { write: (text) => (printed.out += text) },
    stderr: { write: (text) => (printed.err += text) },
    ...(now && { now }),
  })
  return { code, out: printed.out.replaceAll(folder, '~'), err: printed.err.replaceAll(folder, '~') }
}

/** Runs `millrace tfrecord ...`. */
export function runTfrecord(folder: string, args: readonly string[]): Promise<Ran> {
  return runMillrace(folder, ['tfrecord', ...args])
}

/** What a command gives that prints this and finds nothing wrong. */
export const ok = (out: string): Ran => ({ code: 0, out, err: '' })

/** What a command gives that ends with this complaint. */
export const fails = (code: number, err: string): Ran => ({ code, out: '', err: `${err}\n` })
