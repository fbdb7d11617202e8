import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { fileError, InvalidArgumentError, parseIdx, type NdArray } from '../../index.ts'
import type { FeaturesInput } from '../../tfrecord/index.ts'
import type { Converter } from './converters.ts'

/**
 * The format of MNIST: each row of an array becomes `image_raw` (its bytes), `height` and `width` where it has them, and
 * `label`, the value in the file of labels. Files may be compressed with GZIP.
 */
export const idx: Converter = {
  names: /[.-]idx\d*(-\w+)?(\.gz)?$/,
  async *records(paths, { labels }) {
    const values = labels === undefined ? undefined : await read(labels)
    let index = 0
    for (const path of paths) {
      const rows = await read(path)
      for (let i = 0; i < rows.shape[0]; i++) yield features(rows, i, labelAt(values, index++, labels))
    }
    if (values !== undefined && index !== values.shape[0]) throw unequal(labels, values.shape[0], `${index}`)
  },
}

function features(rows: NdArray, i: number, label: number | bigint | undefined): FeaturesInput {
  const [, height, width] = rows.shape as readonly (number | undefined)[]
  const { data } = rows
  const size = data.length / rows.shape[0]
  if (!ArrayBuffer.isView(data)) throw new InvalidArgumentError('an idx file holds numbers.')
  const bytes = new Uint8Array(
    data.buffer,
    data.byteOffset + i * size * data.BYTES_PER_ELEMENT,
    size * data.BYTES_PER_ELEMENT,
  )
  return {
    image_raw: bytes,
    ...(height !== undefined && width !== undefined && { height, width }),
    ...(label !== undefined && { label }),
  }
}

function labelAt(values: NdArray | undefined, i: number, file: string | undefined): number | bigint | undefined {
  if (values === undefined) return undefined
  const value: unknown = values.data[i]
  if (typeof value === 'number' || typeof value === 'bigint') return value
  throw unequal(file, values.shape[0], 'more')
}

function unequal(file: string | undefined, labels: number, pictures: string): InvalidArgumentError {
  return new InvalidArgumentError(`${file ?? ''} has ${labels} labels for ${pictures} pictures.`, { file })
}

async function read(path: string): Promise<NdArray> {
  try {
    const bytes = await readFile(path)
    return parseIdx(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes, path)
  } catch (error) {
    throw fileError(error, path, 'cannot read')
  }
}
