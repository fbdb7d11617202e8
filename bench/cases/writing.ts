import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c, encodeExample, frameBytes, frameRecord, writeTFRecords } from 'millrace/tfrecord'
import type { Case, Side } from '../measure.ts'
import { writingSides } from '../npm/tfrecordPackages.ts'
import { pythonSides } from '../python/python.ts'
import { digitExamples } from './digitExamples.ts'
import { temporaryFolder } from './temporaryFolder.ts'

const records = 60_000
/** As many as npm's packages are given: they take 20 times as long. */
const fewRecords = 6_000

/** B9: Examples encoded and written. */
export const writeRecords: Case = {
  name: 'B9 TFRecord: encode and write Examples of 784 bytes and two integers',
  element: 'record',
  async open() {
    const { folder, close } = await temporaryFolder()
    const file = join(folder, 'written.tfrecord')
    const sides: Side[] = [
      {
        name: 'millrace',
        async run() {
          await writeTFRecords(file, digitExamples(records))
          return records
        },
      },
      { name: 'raw limit: checksums, and the bytes written', run: rawLimit(file) },
      ...(await pythonSides({ tf_write: 'Python: Example, SerializeToString, TFRecordWriter' }, records, [file])),
      ...writingSides(file, fewRecords),
    ]
    return { sides: sides.map((side) => writingNew(side, file)), close }
  },
}

/**
 * A side that writes a file which is not there yet, as data sets are written: one that takes the place of another is put on
 * the disk at once by ext4, on which side soever. That it is removed before is not timed.
 */
function writingNew(side: Side, file: string): Side {
  return {
    ...side,
    async run() {
      await rm(file, { force: true })
      const started = performance.now()
      const work = await side.run()
      const amount = (performance.now() - started) * 1e6
      return { elements: typeof work === 'number' ? work : work.elements, amount }
    },
  }
}

/** What no writer can do without: the checksum of each record, and the bytes handed to the system. */
function rawLimit(file: string): () => Promise<number> {
  const [example] = digitExamples(1)
  const record = encodeExample(example)
  const frame = record.length + frameBytes
  const bytes = new Uint8Array(records * frame)
  for (let at = 0; at < bytes.length;) at = frameRecord(record, bytes, at)
  return async () => {
    for (let at = 0; at < bytes.length; at += frame) crc32c(bytes, at + 12, at + frame - 4)
    await writeFile(file, bytes)
    return records
  }
}
