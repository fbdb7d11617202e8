import { Command } from 'commander'
import { examples, json, whole, wholes, type JsonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'

/** What `millrace preview` was told. */
export interface PreviewOptions extends JsonOptions {
  readonly output: string
  readonly histogram?: string
  readonly count: number
  readonly columns?: number
  readonly size: number
  readonly augment: boolean
  readonly seed: number
  readonly labels?: string
  readonly feature?: string
  readonly shape?: readonly number[]
  readonly limit: number
}

/** `millrace preview ...` */
export function previewCommand(terminal: Terminal): Command {
  return new Command('preview')
    .description('Draw the pictures of a folder or file on a sheet, and say what they are like')
    .argument('<path>', 'a folder of pictures, a TFRecord, idx, npy or picture file')
    .option('-o, --output <file>', 'the sheet, a PNG', 'preview.png')
    .option('--histogram <file>', 'draw how many pictures each class has, as a PNG')
    .option('-n, --count <n>', 'pictures on the sheet', whole(1), 25)
    .option('--columns <n>', 'pictures side by side', whole(1))
    .option('--size <pixels>', 'pixels of the longer side of a picture', whole(8), 128)
    .option('--augment', 'show random crops, flips and colours beside each picture', false)
    .option('--seed <n>', 'decides which pictures of a folder are shown, and the random changes', whole(0), 0)
    .option('--labels <file>', 'idx and npy: the file of labels that belongs to the pictures')
    .option('--feature <name>', 'TFRecord: the feature that holds the pictures (told from its bytes)')
    .option(
      '--shape <h,w,c>',
      'TFRecord: the shape of raw pixels, where there are no features height and width',
      wholes(3),
    )
    .option('--limit <n>', 'pictures that the statistics are made of', whole(1), 200)
    .addOption(json)
    .addHelpText(
      'after',
      examples(
        ['millrace preview flower_photos -o flowers.png', 'a folder with a folder for each class'],
        ['millrace preview train.tfrecord --augment', 'the pictures in Examples, and random changes of them'],
        ['millrace preview mnist.tfrecord --shape 28,28,1', 'raw pixels, whose shape is not beside them'],
        ['millrace preview train-images-idx3-ubyte --labels train-labels-idx1-ubyte', 'idx files, as of MNIST'],
      ),
    )
    .action(async (path: string, options: PreviewOptions) => {
      const { preview } = await import('./preview.ts')
      await preview(path, options, terminal)
    })
}
