import { Command, Option } from 'commander'
import { formats } from '../convert/formats.ts'
import { examples, json, whole, type Example, type JsonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'

/**
 * `millrace tfrecord ...`
 *
 * @param exit to be called with the exit code where a command finds a problem with the data and goes on
 */
export function tfrecordCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const tfrecord = new Command('tfrecord').description('Look at, check, mend and make TFRecord files')
  const add = (usage: string, description: string, ...lines: readonly Example[]): Command =>
    tfrecord
      .command(usage)
      .description(description)
      .addHelpText('after', examples(...lines))
  add('info <files...>', 'Records, sizes, and the features of Examples: kinds, lengths, ranges', [
    "millrace tfrecord info 'train-*.tfrecord'",
    'all shards; their indexes are left out',
  ])
    .addOption(json)
    .option('--limit <n>', 'Examples of each file to look into (all)', whole(1))
    .action(async (files: string[], options: InfoOptions) => {
      await (await import('./info.ts')).info(files, options, terminal)
    })
  add(
    'head <file>',
    'The first records',
    ['millrace tfrecord head train.tfrecord -n 1', 'the first record'],
    ['millrace tfrecord head train.tfrecord --json', 'a line of JSON for each of five'],
  )
    .addOption(json)
    .option('-n, --records <n>', 'how many', whole(1), 5)
    .action(async (file: string, options: HeadOptions) => {
      await (await import('./head.ts')).head(file, options, terminal)
    })
  add(
    'verify <files...>',
    'Check both checksums of every record; exit code 1 where one is wrong',
    ['millrace tfrecord verify train.tfrecord', 'checksums alone'],
    ['millrace tfrecord verify --examples train.tfrecord.gz', 'and that each record is an Example'],
  )
    .addOption(json)
    .option('--examples', 'check also that every record is a tf.train.Example', false)
    .action(async (files: string[], options: VerifyOptions) => {
      if (!(await (await import('./verify.ts')).verify(files, options, terminal))) exit(1)
    })
  add('repair <file> <output>', 'Copy the records that are whole, and say what is left out', [
    'millrace tfrecord repair train.tfrecord mended.tfrecord',
    'the damaged file stays as it is',
  ])
    .addOption(json)
    .addOption(compression())
    .addOption(sync())
    .action(async (file: string, output: string, options: RepairOptions) => {
      await (await import('./repair.ts')).repair(file, output, options, terminal)
    })
  writing(
    add(
      'convert <inputs...>',
      'Make Examples of CSV, npy, idx and JSON Lines files, and of folders of pictures',
      ['millrace tfrecord convert people.csv -o people.tfrecord', 'a feature for each column'],
      ['millrace tfrecord convert flower_photos -o flowers --shards 4 --shuffle 1', 'a folder for each class'],
      ['millrace tfrecord convert t10k-images-idx3-ubyte --labels t10k-labels-idx1-ubyte -o test', 'as of MNIST'],
    ),
  )
    .addOption(new Option('--from <format>', 'format of the inputs (told by their names)').choices(formats))
    .requiredOption('-o, --output <file>', 'the file to write, or what the names of the shards begin with')
    .option('--labels <file>', 'idx: the file of labels that belongs to the pictures')
    .option('--delimiter <character>', 'csv: the character between fields (a comma, in .tsv files a tab)')
    .option('--shuffle <seed>', 'images: a random order, by this seed (class by class)', whole(0))
    .action(async (inputs: string[], options: ConvertOptions) => {
      await (await import('./convert.ts')).convert(inputs, options, terminal)
    })
  writing(
    add('split <inputs...>', 'Divide records among several files', [
      'millrace tfrecord split all.tfrecord -o train --records-per-shard 10000 --index',
      'train-00000-of-...',
    ]),
  )
    .requiredOption('-o, --output <file>', 'what the names of the shards begin with')
    .action(async (inputs: string[], options: CopyOptions) => {
      await (await import('./copy.ts')).split(inputs, options, terminal)
    })
  add('merge <inputs...>', 'Join files, one after the other', [
    "millrace tfrecord merge 'train-*' -o all.tfrecord --compression GZIP",
    'and compress it',
  ])
    .addOption(json)
    .addOption(compression())
    .addOption(sync())
    .option('--index', 'write an index beside the file', false)
    .requiredOption('-o, --output <file>', 'the file to write')
    .action(async (inputs: string[], options: CopyOptions) => {
      await (await import('./copy.ts')).merge(inputs, options, terminal)
    })
  add('index <files...>', 'Write an index for random access beside each file', [
    "millrace tfrecord index 'train-*.tfrecord'",
    'train-....tfrecord.index',
  ])
    .addOption(json)
    .action(async (files: string[], options: JsonOptions) => {
      await (await import('./indexFiles.ts')).index(files, options, terminal)
    })
  add('bench <files...>', 'How fast files are read here', [
    "millrace tfrecord bench 'train-*.tfrecord' --parallel 4",
    'four files at the same time',
  ])
    .addOption(json)
    .option('--rounds <n>', 'how often; the median is printed', whole(1), 5)
    .option('--parallel <n>', 'files read at the same time', whole(1), 1)
    .action(async (files: string[], options: BenchOptions) => {
      await (await import('./bench.ts')).bench(files, options, terminal)
    })
  return tfrecord
}

export interface InfoOptions extends JsonOptions {
  readonly limit?: number
}

export interface HeadOptions extends JsonOptions {
  readonly records: number
}

export interface VerifyOptions extends JsonOptions {
  readonly examples: boolean
}

export interface RepairOptions extends JsonOptions {
  readonly compression?: 'GZIP' | 'ZLIB'
  readonly sync: boolean
}

/** What commands take that write several files. */
export interface CopyOptions extends RepairOptions {
  readonly output: string
  readonly index: boolean
  readonly shards?: number
  readonly recordsPerShard?: number
  readonly bytesPerShard?: number
}

export interface ConvertOptions extends CopyOptions {
  readonly from?: string
  readonly labels?: string
  readonly delimiter?: string
  readonly shuffle?: number
}

export interface BenchOptions extends JsonOptions {
  readonly rounds: number
  readonly parallel: number
}

function compression(): Option {
  return new Option('--compression <kind>', 'of what is written (none)').choices(['GZIP', 'ZLIB'])
}

function sync(): Option {
  return new Option('--sync', 'wait until the bytes are on the disk itself (fsync)').default(false, 'no')
}

function writing(command: Command): Command {
  return command
    .addOption(json)
    .addOption(compression())
    .addOption(sync())
    .option('--index', 'write an index beside each file', false)
    .option('--shards <n>', 'number of files, to which records go in turn', whole(1))
    .option('--records-per-shard <n>', 'begin a new file after so many records', whole(1))
    .option('--bytes-per-shard <n>', 'begin a new file once one has so many bytes', whole(1))
}
