import { CancelledError, MillraceError } from 'millrace'
import { help, parseFlags, UsageError } from './flags.ts'
import { runMnist } from './runMnist.ts'

/** `npm start`: trains on MNIST; see `help`. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
async function main(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args)
  if (flags === undefined) {
    process.stdout.write(help)
    return 0
  }
  const stop = new AbortController()
  process.once('SIGINT', () => {
    process.stderr.write('\nStopping after this step; once more to stop at once.\n')
    stop.abort()
  })
  const summary = await runMnist(flags, stop.signal).catch((error: unknown) => {
    if (error instanceof CancelledError) return undefined
    throw error
  })
  if (summary === undefined) {
    process.stderr.write('Stopped before training began; no file was left half-written.\n')
    return 130
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  return summary.interrupted ? 130 : 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message} Try --help.\n`)
    process.exitCode = 2
  } else if (error instanceof MillraceError) {
    process.stderr.write(`${error.name}: ${error.message}\n`)
    process.exitCode = 1
  } else throw error
}
