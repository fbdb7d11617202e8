import { Dataset, InvalidArgumentError, NdArray } from '../../index.ts'
import type { FeaturesInput } from '../../tfrecord/index.ts'
import type { Converter } from './converters.ts'

/**
 * The format of MNIST: each row of an array becomes `image_raw` (its bytes), `height` and `width` where it has them, and
 * `label`, the value in the file of labels. Files may be compressed with GZIP.
 */
export const idx: Converter = {
  names: /[.-]idx\d*(-\w+)?(\.gz)?$/i,
  async *records(paths, { labels }) {
    const values = labels === undefined ? undefined : Dataset.idx<string>(labels).iterator()
    let count = 0
    for (const path of paths) {
      for await (const row of Dataset.idx<string>(path)) {
        const label = await values?.next()
        if (label?.done === true) throw unequal(labels, count, 'more')
        yield { ...featuresOf(row), ...(label !== undefined && { label: labelOf(label.value, labels) }) }
        count++
      }
    }
    if ((await values?.next())?.done === false) throw unequal(labels, 'more', `${count}`)
  },
}

function featuresOf(row: NdArray | number): FeaturesInput {
  if (!(row instanceof NdArray)) return { value: row }
  const { data, shape } = row
  if (!ArrayBuffer.isView(data)) throw new InvalidArgumentError('an idx file holds numbers.')
  const image = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { image_raw: image, ...(shape.length === 2 && { height: shape[0], width: shape[1] }) }
}

function labelOf(label: unknown, file: string | undefined): number {
  if (typeof label === 'number') return label
  throw new InvalidArgumentError(`${file ?? ''} has more than one value for a row.`, { file })
}

function unequal(file: string | undefined, labels: number | string, pictures: string): InvalidArgumentError {
  return new InvalidArgumentError(`${file ?? ''} has ${labels} labels for ${pictures} pictures.`, { file })
}
