import { type CommonFlags, helpText, oneOf, type Program, readFlags } from '../training/flags.ts'

/** What the command line asks for. */
export interface Flags extends CommonFlags {
  readonly model: 'cnn' | 'lenet5' | 'inception'
}

const program: Program = {
  about: 'Trains a network on the MNIST digits, from TFRecords through a pipeline in a worker thread.',
  command: 'npm start --',
  defaults: { epochs: 1, batch: 100, data: 'data/mnist' },
  quickSteps: 60,
  help: '  --model cnn|lenet5|inception   the network (cnn)\n',
}

/** The text of `--help`. */
export const help = helpText(program)

/**
 * Reads the command line; undefined where it asks for help.
 *
 * @throws UsageError naming the flag, what it takes, and what it was given
 */
export function parseFlags(args: readonly string[]): Flags | undefined {
  const read = readFlags(args, program, { model: { type: 'string' } })
  return read && { ...read.common, model: oneOf('model', read.own.model ?? 'cnn', ['cnn', 'lenet5', 'inception']) }
}
