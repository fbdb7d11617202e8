import { type CommonFlags, helpText, type Program, readFlags, share, whole } from '../training/flags.ts'

/** What the command line asks for. */
export interface Flags extends CommonFlags {
  readonly layers: number
  readonly units: number
  readonly bidirectional: boolean
  readonly dropout: number
}

const program: Program = {
  about: 'Trains an LSTM to go on with a sine: windows of 10 samples, 0.01 apart, and the one that comes next.',
  command: 'npm run example:sine --',
  defaults: { epochs: 6, batch: 32, data: 'none: it is computed' },
  quickSteps: 150,
  help: `  --layers N              LSTM layers, one on top of the other (2)
  --units N               size of each (30)
  --bidirectional         each layer reads its sequence from both ends
  --dropout SHARE         share of the values dropped between layers, never from step to step of time (0)
`,
}

/** The text of `--help`. */
export const help = helpText(program)

/**
 * Reads the command line; undefined where it asks for help.
 *
 * @throws UsageError naming the flag, what it takes, and what it was given
 */
export function parseFlags(args: readonly string[]): Flags | undefined {
  const text = { type: 'string' } as const
  const own = { layers: text, units: text, dropout: text, bidirectional: { type: 'boolean' } } as const
  const read = readFlags(args, program, own)
  if (read === undefined) return undefined
  const { layers = '2', units = '30', dropout = '0', bidirectional = false } = read.own
  return {
    ...read.common,
    layers: whole('layers', layers, 1),
    units: whole('units', units, 1),
    dropout: share('dropout', dropout),
    bidirectional,
  }
}
