import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { release, type Dataset } from 'millrace'
import { tfrecords, writeTFRecords } from 'millrace/tfrecord'
import type { Case } from '../measure.ts'
import { pythonSides } from '../python/python.ts'
import { readLent } from './lentRecords.ts'
import { temporaryFolder } from './temporaryFolder.ts'

const longRecords = 500

/** B3: records of pictures' size, one file and two at the same time. */
export const readLongRecords: Case = {
  name: 'B3 TFRecord: read and check records of 200 KB',
  element: 'record',
  async open() {
    const { folder, close } = await temporaryFolder()
    const files = ['a', 'b'].map((name) => join(folder, name))
    const record = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) >> 5)
    for (const file of files) await writeTFRecords(file, new Array<Uint8Array>(longRecords).fill(record))
    const sides = [
      { name: 'millrace', run: () => count(tfrecords(files)) },
      {
        name: 'millrace, both files at once',
        run: () => count(tfrecords(files, { numParallelReads: 2 })),
      },
      { name: 'millrace, RecordReader with reuseMemory', run: () => readLent(files) },
      { name: 'millrace, the same, both files at once', run: () => readLent(files, true) },
      {
        name: 'millrace, without checksums',
        run: () => count(tfrecords(files, { checksums: false })),
      },
      { name: 'raw limit: read the file', run: () => readWhole(files) },
      ...(await pythonSides(
        {
          tf_long: 'tf.data, in batches of 10',
          tf_prefetched: 'tf.data, buffer_size 1 MiB, prefetch(4)',
          tf_long_parallel: 'tf.data, in batches of 10, both files at once',
        },
        2 * longRecords,
        files,
      )),
    ]
    return { sides, close }
  },
}

/** Reads to the end, and gives each element back as a training loop does. */
async function count(dataset: Dataset<unknown>): Promise<number> {
  await dataset.forEach(release)
  return 2 * longRecords
}

async function readWhole(files: readonly string[]): Promise<number> {
  for (const file of files) await readFile(file)
  return files.length * longRecords
}
