import type { FeaturesInput } from '../../tfrecord/index.ts'
import { idx } from './idx.ts'
import { jsonLines } from './jsonLines.ts'

/** What a converter may be told. */
export interface ConverterOptions {
  readonly labels?: string
}

/** Reads files of one format as the features of Examples. */
export interface Converter {
  /** What the names of such files match. */
  readonly names: RegExp
  readonly records: (paths: readonly string[], options: ConverterOptions) => AsyncIterable<FeaturesInput>
}

/** The formats by name; a new one is a file and a line here. */
export const converters: Readonly<Record<string, Converter>> = { idx, jsonl: jsonLines }
