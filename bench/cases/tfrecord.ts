import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { release } from 'millrace'
import {
  FixedLenFeature,
  bytesFeature,
  crc32c,
  int64Feature,
  parseExample,
  RecordReader,
  tfrecords,
  writeTFRecords,
} from 'millrace/tfrecord'
import type { Case } from '../measure.ts'
import { pythonSides } from '../python/python.ts'

const records = 60_000
const longRecords = 500

const features = {
  image_raw: FixedLenFeature([28, 28, 1], 'uint8'),
  label: FixedLenFeature([], 'int32'),
}

/** B3: TFRecords of MNIST's size, in the page cache, to batches. */
export const readRecords: Case = {
  name: 'B3 TFRecord: read, check, parse and batch(128) 858-byte Examples',
  element: 'record',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    const file = join(folder, 'digits.tfrecord')
    await writeTFRecords(file, examples())
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
    ]
    return { sides, close: () => rm(folder, { recursive: true }) }
  },
}

/** B3: the same records, read and checked alone. */
export const readAndCheck: Case = {
  name: 'B3 TFRecord: read and check 858-byte records',
  element: 'record',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    const file = join(folder, 'digits.tfrecord')
    await writeTFRecords(file, examples())
    const sides = [
      { name: 'millrace', run: () => count(tfrecords(file)) },
      { name: 'millrace, RecordReader with reuseMemory', run: () => readLent([file]) },
      { name: 'millrace, without checksums', run: () => count(tfrecords(file, { checksums: false })) },
      { name: 'raw limit: read, and CRC32C of each record', run: () => rawLimit(file) },
      ...(await pythonSides({ tf_records: 'tf.data, in batches of 1000' }, records, [file])),
    ]
    return { sides, close: () => rm(folder, { recursive: true }) }
  },
}

/** B3: records of pictures' size, one file and two at the same time; and what compression costs. */
export const readLongRecords: Case = {
  name: 'B3 TFRecord: read and check records of 200 KB',
  element: 'record',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    const files = ['a', 'b'].map((name) => join(folder, name))
    const record = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) >> 5)
    for (const file of files) await writeTFRecords(file, new Array<Uint8Array>(longRecords).fill(record))
    const sides = [
      { name: 'millrace', run: () => count(tfrecords(files), 2 * longRecords) },
      {
        name: 'millrace, both files at once',
        run: () => count(tfrecords(files, { numParallelReads: 2 }), 2 * longRecords),
      },
      { name: 'millrace, RecordReader with reuseMemory', run: () => readLent(files) },
      { name: 'millrace, the same, both files at once', run: () => readLent(files, true) },
      {
        name: 'millrace, without checksums',
        run: () => count(tfrecords(files, { checksums: false }), 2 * longRecords),
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
    return { sides, close: () => rm(folder, { recursive: true }) }
  },
}

/** B3: the same Examples, compressed. */
export const readCompressed: Case = {
  name: 'B3 TFRecord: decompress and check 858-byte Examples',
  element: 'record',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    const file = join(folder, 'digits.tfrecord.gz')
    await writeTFRecords(file, examples(), { compression: 'GZIP' })
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
    return { sides, close: () => rm(folder, { recursive: true }) }
  },
}

/** B9: Examples encoded and written. */
export const writeRecords: Case = {
  name: 'B9 TFRecord: encode and write Examples of 784 bytes and two integers',
  element: 'record',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    const sides = [
      {
        name: 'millrace',
        async run() {
          await writeTFRecords(join(folder, 'written.tfrecord'), examples())
          return records
        },
      },
      ...(await pythonSides({ tf_write: 'Python: Example, SerializeToString, TFRecordWriter' }, records, [
        join(folder, 'python.tfrecord'),
      ])),
    ]
    return { sides, close: () => rm(folder, { recursive: true }) }
  },
}

function* examples() {
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => i * 7)
  for (let i = 0; i < records; i++) {
    yield { image_raw: bytesFeature(pixels), label: int64Feature(i % 10), pixels: int64Feature(784) }
  }
}

/** Reads to the end, and gives each element back as a training loop does. */
async function count(dataset: { forEach(visit: (element: unknown) => void): Promise<void> }, elements = records) {
  await dataset.forEach(release)
  return elements
}

/** Records that are lent: for who is done with one before the next. */
async function readLent(files: readonly string[], atOnce = false): Promise<number> {
  if (!atOnce) {
    let read = 0
    for (const file of files) read += await readLentFiles([file])
    return read
  }
  return readLentFiles(files)
}

/** A record of each file in turn. */
async function readLentFiles(files: readonly string[]): Promise<number> {
  let readers = files.map((file) => new RecordReader(file, { reuseMemory: true }))
  for (const reader of readers) reader.prepare()
  let read = 0
  while (readers.length > 0) {
    for (const reader of readers) {
      const pulled = reader.next()
      if ((pulled instanceof Promise ? await pulled : pulled) !== undefined) read++
      else readers = readers.filter((other) => other !== reader)
    }
  }
  return read
}

async function readWhole(files: readonly string[]): Promise<number> {
  for (const file of files) await readFile(file)
  return files.length * longRecords
}

/** What no reader can do without: the bytes in memory, and their checksums. */
async function rawLimit(file: string): Promise<number> {
  const bytes = await readFile(file)
  const step = Math.floor(bytes.length / records)
  for (let at = 0; at + step <= bytes.length; at += step) crc32c(bytes, at + 12, at + step - 4)
  return records
}
