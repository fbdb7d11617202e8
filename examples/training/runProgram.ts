import { CancelledError, MillraceError } from 'millrace'
import { UsageError } from './flags.ts'
import { say } from './say.ts'

/** What a program is given once its command line is read. */
export interface Started<F> {
  readonly flags: F
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** A training program. */
export interface RunnableProgram<F extends { readonly json: boolean }> {
  /** Reads the command line; undefined where it asks for help. */
  readonly parse: (args: readonly string[]) => F | undefined
  readonly help: string
  /** Does the work. */
  readonly run: (started: Started<F>) => Promise<{ readonly interrupted: boolean }>
}

/**
 * Runs a training program from the command line: `--help`, Ctrl-C, errors in one line, the summary as JSON. Sets the exit
 * code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
export async function runProgram<F extends { readonly json: boolean }>(program: RunnableProgram<F>): Promise<void> {
  try {
    process.exitCode = await started(program, process.argv.slice(2))
  } catch (error) {
    if (error instanceof UsageError) {
      say(`${error.message} Try --help.`)
      process.exitCode = 2
    } else if (error instanceof MillraceError) {
      say(`${error.name}: ${error.message}`)
      process.exitCode = 1
    } else throw error
  }
}

async function started<F extends { readonly json: boolean }>(
  { parse, help, run }: RunnableProgram<F>,
  args: readonly string[],
): Promise<number> {
  const flags = parse(args)
  if (flags === undefined) {
    process.stdout.write(help)
    return 0
  }
  const stop = new AbortController()
  process.once('SIGINT', () => {
    say('\nStopping after this step; once more to stop at once.')
    stop.abort()
  })
  const summary = await run({ flags, signal: stop.signal }).catch((error: unknown) => {
    if (error instanceof CancelledError) return undefined
    throw error
  })
  if (summary === undefined) {
    say('Stopped before training began; no file was left half-written.')
    return 130
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  return summary.interrupted ? 130 : 0
}
