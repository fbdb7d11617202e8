import { run } from '../../src/cli/run.ts'

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `millrace tfrecord ...`; the path of `folder` is `~` in what it prints. */
export async function runTfrecord(folder: string, args: readonly string[]): Promise<Ran> {
  const printed = { out: '', err: '' }
  const code = await run(['tfrecord', ...args], {
    stdout: { write: (text) => (printed.out += text) },
    stderr: { write: (text) => (printed.err += text) },
  })
  return { code, out: printed.out.replaceAll(folder, '~'), err: printed.err.replaceAll(folder, '~') }
}

/** What a command gives that prints this and finds nothing wrong. */
export const ok = (out: string): Ran => ({ code: 0, out, err: '' })
