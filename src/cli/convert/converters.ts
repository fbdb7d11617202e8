import type { FeaturesInput } from '../../tfrecord/index.ts'
import { csv } from './csv.ts'
import type { Format } from './formats.ts'
import { idx } from './idx.ts'
import { imageFolders } from './imageFolders.ts'
import { jsonLines } from './jsonLines.ts'
import { npy } from './npy.ts'

/** What a converter may be told. */
export interface ConverterOptions {
  readonly labels?: string
  readonly delimiter?: string
  readonly shuffle?: number
}

/** Reads files of one format as the features of Examples. */
export interface Converter {
  /** What the names of such files match; left out where the inputs are folders. */
  readonly names?: RegExp
  readonly records: (paths: readonly string[], options: ConverterOptions) => AsyncIterable<FeaturesInput>
}

/** The formats by name. */
export const converters: Readonly<Record<Format, Converter>> = {
  csv,
  idx,
  images: imageFolders,
  jsonl: jsonLines,
  npy,
}
