import { parseArgs } from 'node:util'

/** What `npm run bench` is told. */
export interface BenchOptions {
  /** One short round: to see that everything runs. */
  readonly quick: boolean
  /** Whether to install the peers first: those in Python, those from npm. */
  readonly python: boolean
  readonly npm: boolean
  /** File that the run is written to, after every case. */
  readonly json?: string
  /** Markdown file that the report is written to; its plots go to `images/` beside it. */
  readonly report?: string
  /** File of an earlier run: it is reported, and nothing is measured. */
  readonly from?: string
  readonly rounds: number
  /** Parts of the names of the cases to run; none for all. */
  readonly names: readonly string[]
}

export const usage = `npm run bench -- [options] [part of a case's name]...

  --quick        one short round without warm-up, to see that everything runs
  --rounds N     rounds that medians are taken over (7)
  --json FILE    write the run to FILE, after every case
  --report FILE  write the report to FILE (Markdown), and its plots to images/ beside it
  --from FILE    report the run in FILE and measure nothing
  --python       first install the peers in Python, into bench/python/.venv
  --npm          first install the peers from npm, into bench/npm/node_modules
  --help         print this
`

/**
 * Reads the command line.
 *
 * @returns undefined where help is asked for
 * @throws Error that says which option is wrong
 */
export function benchOptions(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      python: { type: 'boolean', default: false },
      npm: { type: 'boolean', default: false },
      json: { type: 'string' },
      report: { type: 'string' },
      from: { type: 'string' },
      rounds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { help, ...options } = values
  if (help) return undefined
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 7))
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`--rounds takes a whole number from 1 on, and got ${values.rounds ?? ''}.`)
  }
  if (options.from !== undefined && options.report === undefined) {
    throw new Error('--from names a run to report: say with --report where the report goes.')
  }
  return { ...options, rounds, names: positionals }
}
