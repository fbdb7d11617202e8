import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { release, type Dataset } from 'millrace'
import { FixedLenFeature, crc32c, parseExample, tfrecords, writeTFRecords } from 'millrace/tfrecord'
import type { Case } from '../measure.ts'
import { parsingSides, readingSides } from '../npm/tfrecordPackages.ts'
import { pythonSides } from '../python/python.ts'
import { digitExamples } from './digitExamples.ts'
import { readLent } from './lentRecords.ts'
import { temporaryFolder } from './temporaryFolder.ts'

const records = 60_000
/** As many as those are given that take 20 times as long, and 500 times. */
const [fewRecords, fewestRecords] = [6_000, 300]

const features = {
  image_raw: FixedLenFeature([28, 28, 1], 'uint8'),
  label: FixedLenFeature([], 'int32'),
}

/** B3: TFRecords of MNIST's size, in the page cache, to batches. */
export const readRecords: Case = {
  name: 'B3 TFRecord: read, check, parse and batch(128) 858-byte Examples',
  element: 'record',
  async open() {
    const { folder, close } = await temporaryFolder()
    const file = await recordFile(folder, records)
    const sides = [
      { name: 'millrace', run: () => count(tfrecords(file, { features }).batch(128)) },
      {
        name: 'millrace, batch then parse',
        run: () =>
          count(
            tfrecords(file)
              .batch(128)
              .map((batch) => parseExample(batch, features)),
          ),
      },
      { name: 'millrace, one by one, not batched', run: () => count(tfrecords(file, { features })) },
      ...(await pythonSides(
        {
          tf_parse_batches: 'tf.data, batch, map(parse_example, AUTOTUNE), prefetch',
          tf_parse_single: 'tf.data, map(parse_single_example), batch',
        },
        records,
        [file],
      )),
      ...parsingSides(await recordFile(folder, fewRecords)),
    ]
    return { sides, close }
  },
}

/** B3: the same records, read and checked alone. */
export const readAndCheck: Case = {
  name: 'B3 TFRecord: read and check 858-byte records',
  element: 'record',
  async open() {
    const { folder, close } = await temporaryFolder()
    const file = await recordFile(folder, records)
    const few = await recordFile(folder, fewRecords)
    const sides = [
      { name: 'millrace', run: () => count(tfrecords(file)) },
      { name: 'millrace, RecordReader with reuseMemory', run: () => readLent([file]) },
      { name: 'millrace, without checksums', run: () => count(tfrecords(file, { checksums: false })) },
      { name: 'raw limit: read, and CRC32C of each record', run: () => rawLimit(file) },
      ...(await pythonSides(
        {
          tf_records: 'tf.data, in batches of 1000',
          grain_records: 'Grain, TFRecordIterDataset, without checksums',
        },
        records,
        [file],
      )),
      ...(await pythonSides(
        {
          grain_array_record: 'Grain, the same records as ArrayRecord',
          wds_records: 'WebDataset, the same records as a tar file',
        },
        fewRecords,
        [few],
      )),
      ...readingSides(few, await recordFile(folder, fewestRecords)),
    ]
    return { sides, close }
  },
}

/** B3: the same Examples, compressed. */
export const readCompressed: Case = {
  name: 'B3 TFRecord: decompress and check 858-byte Examples',
  element: 'record',
  async open() {
    const { folder, close } = await temporaryFolder()
    const file = join(folder, 'digits.tfrecord.gz')
    await writeTFRecords(file, digitExamples(records), { compression: 'GZIP' })
    const sides = [
      { name: 'millrace', run: () => count(tfrecords(file)) },
      {
        name: 'raw limit: gunzipSync',
        async run() {
          gunzipSync(await readFile(file))
          return records
        },
      },
      ...(await pythonSides({ tf_gzip: 'tf.data' }, records, [file])),
    ]
    return { sides, close }
  },
}

/** B3: the same Examples, compressed, to batches. */
export const readCompressedExamples: Case = {
  name: 'B3 TFRecord: decompress, check, parse and batch(128) 858-byte Examples',
  element: 'record',
  async open() {
    const { folder, close } = await temporaryFolder()
    const file = join(folder, 'digits.tfrecord.gz')
    await writeTFRecords(file, digitExamples(records), { compression: 'GZIP' })
    const sides = [
      { name: 'millrace', run: () => count(tfrecords(file, { features }).batch(128)) },
      ...(await pythonSides({ tf_parse_gzip: 'tf.data, batch, map(parse_example, AUTOTUNE), prefetch' }, records, [
        file,
      ])),
    ]
    return { sides, close }
  },
}

async function recordFile(folder: string, count: number): Promise<string> {
  const file = join(folder, `${count}.tfrecord`)
  await writeTFRecords(file, digitExamples(count))
  return file
}

/** Reads to the end, and gives each element back as a training loop does. */
async function count(dataset: Dataset<unknown>): Promise<number> {
  await dataset.forEach(release)
  return records
}

/** What no reader can do without: the bytes in memory, and their checksums. */
async function rawLimit(file: string): Promise<number> {
  const bytes = await readFile(file)
  const step = Math.floor(bytes.length / records)
  for (let at = 0; at + step <= bytes.length; at += step) crc32c(bytes, at + 12, at + step - 4)
  return records
}
