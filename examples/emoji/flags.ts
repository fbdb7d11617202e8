import { type CommonFlags, helpText, type Program, readFlags, UsageError, whole } from '../training/flags.ts'

/** What the command line asks for. */
export interface Flags extends CommonFlags {
  /** The folder of classes; undefined for emoji, which are fetched. */
  readonly dir: string | undefined
  readonly vendor: 'google' | 'twitter'
  /** Pixels a side that pictures are resized to. */
  readonly size: number
}

const program: Program = {
  about: 'Trains a small CNN to tell the classes of a folder of pictures: by default categories of emoji.',
  command: 'npm run example:emoji --',
  defaults: { epochs: 12, batch: 32, data: 'data' },
  quickSteps: 60,
  help: `  --dir DIR               a folder of folders of pictures, named as their classes, such as flower_photos
  --vendor NAME           whose emoji, without --dir: google or twitter; fetched from npm once, 80 MB (google)
  --size N                pixels a side (32)
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
  const read = readFlags(args, program, { dir: text, vendor: text, size: text })
  if (read === undefined) return undefined
  const { dir, vendor = 'google', size = '32' } = read.own
  if (vendor !== 'google' && vendor !== 'twitter')
    throw new UsageError(`--vendor takes google or twitter, got ${vendor}.`)
  return { ...read.common, dir, vendor, size: whole('size', size, 16) }
}
