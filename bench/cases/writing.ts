import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c, encodeExample, frameBytes, frameRecord, writeTFRecords } from 'millrace/tfrecord'
import type { Case } from '../measure.ts'
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
    const path = (name: string) => join(folder, name)
    const sides = [
      {
        name: 'millrace',
        async run() {
          await writeTFRecords(path('written.tfrecord'), digitExamples(records))
          return records
        },
      },
      { name: 'raw limit: checksums, and the bytes written', run: rawLimit(path('raw.tfrecord')) },
      ...(await pythonSides({ tf_write: 'Python: Example, SerializeToString, TFRecordWriter' }, records, [
        path('python.tfrecord'),
      ])),
      ...writingSides(path('npm.tfrecord'), fewRecords),
    ]
    return { sides, close }
  },
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
