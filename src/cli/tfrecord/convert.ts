import { InvalidArgumentError } from '../../index.ts'
import { writeTFRecords } from '../../tfrecord/index.ts'
import { converters, type Converter } from '../convert/converters.ts'
import type { Terminal } from '../terminal.ts'
import type { ConvertOptions } from './command.ts'
import { printWritten, writeOptions } from './copy.ts'
import { pathsOf } from './eachRecord.ts'

/** Makes a TFRecord file, or several, of files in another format. */
export async function convert(inputs: readonly string[], options: ConvertOptions, terminal: Terminal): Promise<void> {
  const paths = await pathsOf(inputs)
  const { records } = converterFor(paths[0], options.from)
  const written = await writeTFRecords(options.output, records(paths, options), writeOptions(options))
  printWritten(written, options.json, terminal)
}

function converterFor(path: string, format: string | undefined): Converter {
  const found = Object.entries(converters).find(([name, { names }]) =>
    format === undefined ? names.test(path) : name === format,
  )
  if (found !== undefined) return found[1]
  throw new InvalidArgumentError(`convert: the name of ${path} does not tell its format.`, {
    hint: `Give --from ${Object.keys(converters).join(', ')}.`,
  })
}
