import { Command, InvalidArgumentError, Option } from 'commander'
import { converters } from '../convert/converters.ts'
import type { Terminal } from '../terminal.ts'
import { bench } from './bench.ts'
import { convert } from './convert.ts'
import { merge, split } from './copy.ts'
import { head } from './head.ts'
import { index } from './indexFiles.ts'
import { info } from './info.ts'
import { repair } from './repair.ts'
import { verify } from './verify.ts'

/**
 * `millrace tfrecord ...`
 *
 * @param problem to be called where a command finds a problem with the data and goes on
 */
export function tfrecordCommand(terminal: Terminal, problem: () => void): Command {
  const tfrecord = new Command('tfrecord').description('Look at, check, mend and make TFRecord files')
  const add = (usage: string, description: string): Command => tfrecord.command(usage).description(description)
  add('info <files...>', 'Records, sizes, and the features of Examples: kinds, lengths, ranges')
    .addOption(json)
    .option('--limit <n>', 'Examples of each file to look into (all)', count)
    .action((files: string[], options: InfoOptions) => info(files, options, terminal))
  add('head <file>', 'The first records')
    .addOption(json)
    .option('-n, --records <n>', 'how many', count, 5)
    .action((file: string, options: HeadOptions) => head(file, options, terminal))
  add('verify <files...>', 'Check both checksums of every record; exit code 1 where one is wrong')
    .addOption(json)
    .option('--examples', 'check also that every record is a tf.train.Example', false)
    .action(async (files: string[], options: VerifyOptions) => {
      if (!(await verify(files, options, terminal))) problem()
    })
  add('repair <file> <output>', 'Copy the records that are whole, and say what is left out')
    .addOption(json)
    .addOption(compression())
    .addOption(sync())
    .action((file: string, output: string, options: RepairOptions) => repair(file, output, options, terminal))
  writing(add('convert <inputs...>', 'Make Examples of CSV, npy, idx and JSON Lines files, and of folders of pictures'))
    .addOption(
      new Option('--from <format>', 'format of the inputs (told by their names)').choices(Object.keys(converters)),
    )
    .requiredOption('-o, --output <file>', 'the file to write, or what the names of the shards begin with')
    .option('--labels <file>', 'idx: the file of labels that belongs to the pictures')
    .option('--delimiter <character>', 'csv: the character between fields (a comma, in .tsv files a tab)')
    .option('--shuffle <seed>', 'images: a random order, by this seed (class by class)', seed)
    .action((inputs: string[], options: ConvertOptions) => convert(inputs, options, terminal))
  writing(add('split <inputs...>', 'Divide records among several files'))
    .requiredOption('-o, --output <file>', 'what the names of the shards begin with')
    .action((inputs: string[], options: CopyOptions) => split(inputs, options, terminal))
  add('merge <inputs...>', 'Join files, one after the other')
    .addOption(json)
    .addOption(compression())
    .addOption(sync())
    .option('--index', 'write an index beside the file', false)
    .requiredOption('-o, --output <file>', 'the file to write')
    .action((inputs: string[], options: CopyOptions) => merge(inputs, options, terminal))
  add('index <files...>', 'Write an index for random access beside each file')
    .addOption(json)
    .action((files: string[], options: JsonOptions) => index(files, options, terminal))
  add('bench <files...>', 'How fast files are read here')
    .addOption(json)
    .option('--rounds <n>', 'how often; the median is printed', count, 5)
    .option('--parallel <n>', 'files read at the same time', count, 1)
    .action((files: string[], options: BenchOptions) => bench(files, options, terminal))
  return tfrecord
}

/** What every command takes. */
export interface JsonOptions {
  readonly json: boolean
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

const json = new Option('--json', 'print JSON').default(false, 'text')

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
    .option('--shards <n>', 'number of files, to which records go in turn', count)
    .option('--records-per-shard <n>', 'begin a new file after so many records', count)
    .option('--bytes-per-shard <n>', 'begin a new file once one has so many bytes', count)
}

function seed(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It takes a whole number.')
}

function count(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('It takes a whole number of at least 1.')
}
