import { InvalidArgumentError } from '../../index.ts'
import { tfrecords, writeTFRecords, type WriteTFRecordsOptions, type WrittenTFRecords } from '../../tfrecord/index.ts'
import { progressBar } from '../progress.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { CopyOptions } from './command.ts'
import { pathsOf, sizeOf } from './eachRecord.ts'
import { recordsText } from './recordsText.ts'

/** Divides the records of files among new ones. */
export async function split(inputs: readonly string[], options: CopyOptions, terminal: Terminal): Promise<void> {
  const { shards, recordsPerShard, bytesPerShard } = options
  if ((shards ?? recordsPerShard ?? bytesPerShard) === undefined) {
    throw new InvalidArgumentError('split: into how many files?', {
      hint: 'Give --shards, --records-per-shard or --bytes-per-shard.',
    })
  }
  await copy(inputs, options, terminal)
}

/** Joins files. */
export async function merge(inputs: readonly string[], options: CopyOptions, terminal: Terminal): Promise<void> {
  await copy(inputs, options, terminal)
}

async function copy(inputs: readonly string[], options: CopyOptions, terminal: Terminal): Promise<void> {
  const paths = await pathsOf(inputs)
  const sizes = await Promise.all(paths.map(sizeOf))
  const bar = progressBar(
    terminal,
    sizes.reduce((a, b) => a + b, 0),
    'bytes',
  )
  try {
    const written = await writeTFRecords(options.output, tfrecords(paths), {
      ...writeOptions(options),
      onProgress: ({ bytes }) => bar.to(bytes),
    })
    bar.stop()
    printWritten(written, options.json, terminal)
  } finally {
    bar.stop()
  }
}

/** The options of `writeTFRecords` that a command was given. */
export function writeOptions(options: CopyOptions): WriteTFRecordsOptions {
  const { compression, sync, index, shards, recordsPerShard, bytesPerShard } = options
  return { compression, sync, index, shards, recordsPerShard, bytesPerShard }
}

/** Says what was written. */
export function printWritten({ files, records, bytes }: WrittenTFRecords, json: boolean, terminal: Terminal): void {
  if (json) {
    printLine(terminal, JSON.stringify({ files, records, bytes }, null, 2))
    return
  }
  for (const file of files) printLine(terminal, file)
  printLine(terminal, `${recordsText(records)}, ${bytes} bytes`)
}
