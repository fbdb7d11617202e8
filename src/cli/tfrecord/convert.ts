import { stat } from 'node:fs/promises'
import { InvalidArgumentError } from '../../index.ts'
import { writeTFRecords } from '../../tfrecord/index.ts'
import { converters, type Converter } from '../convert/converters.ts'
import { progressBar } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import type { ConvertOptions } from './command.ts'
import { printWritten, writeOptions } from './copy.ts'
import { pathsOf } from './eachRecord.ts'

/** Makes a TFRecord file, or several, of files in another format. */
export async function convert(inputs: readonly string[], options: ConvertOptions, terminal: Terminal): Promise<void> {
  const paths = await pathsOf(inputs)
  const { records } = await converterFor(paths[0], options.from)
  const bar = progressBar(terminal, undefined, 'records')
  try {
    const written = await writeTFRecords(options.output, records(paths, options), {
      ...writeOptions(options),
      onProgress: (progress) => bar.to(progress.records),
    })
    bar.stop()
    printWritten(written, options.json, terminal)
  } finally {
    bar.stop()
  }
}

async function converterFor(path: string, format: string | undefined): Promise<Converter> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const found = Object.entries(converters).find(([name, { names }]) => {
    if (format !== undefined) return name === format
    return names === undefined ? isFolder : !isFolder && names.test(path)
  })
  if (found !== undefined) return found[1]
  throw new InvalidArgumentError(`convert: the name of ${path} does not tell its format.`, {
    hint: `Give --from ${Object.keys(converters).join(', ')}.`,
  })
}
