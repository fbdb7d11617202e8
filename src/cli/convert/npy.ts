import { basename } from 'node:path'
import { Dataset, InvalidArgumentError, MillraceError, NdArray } from '../../index.ts'
import type { FeatureInput, FeaturesInput } from '../../tfrecord/index.ts'
import type { Converter } from './converters.ts'

/**
 * numpy's files of one array: each is a feature, named after its file, and rows of the same number go together. Bytes
 * (uint8) stay one string of bytes, floats are float, other numbers int64, strings bytes. Rows of more than one axis
 * have their shape beside them, in `<name>/shape`.
 */
export const npy: Converter = {
  names: /\.npy(\.gz)?$/i,
  async *records(paths) {
    const names = paths.map((path) => basename(path).replace(/\.npy(\.gz)?$/i, ''))
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) {
      throw new InvalidArgumentError(`convert: two files would be the feature ${twice}.`, { hint: 'Rename one.' })
    }
    const files = Object.fromEntries(paths.map((path, i) => [names[i], Dataset.npy<FeatureInput>(path)]))
    try {
      for await (const row of Dataset.zip(files, { strict: true })) yield featuresOf(row)
    } catch (error) {
      // What fails without a file is the zip, of files that are not of one length.
      if (!(error instanceof MillraceError) || error.file !== undefined) throw error
      const what = `${paths.join(' and ')} do not have the same number of rows.`
      throw new InvalidArgumentError(what, { file: paths[0], cause: error })
    }
  },
}

function featuresOf(row: Readonly<Record<string, FeatureInput>>): FeaturesInput {
  const shapes = Object.entries(row).flatMap(([name, value]) =>
    value instanceof NdArray && value.rank > 1 ? [[`${name}/shape`, [...value.shape]] as const] : [],
  )
  return { ...row, ...Object.fromEntries(shapes) }
}
