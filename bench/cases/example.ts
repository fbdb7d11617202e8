import {
  FixedLenFeature,
  VarLenFeature,
  bytesFeature,
  compileBatchParser,
  compileParser,
  encodeExample,
  int64Feature,
} from 'millrace/tfrecord'
import type { Case } from '../measure.ts'

const batchSize = 128
const batches = 100

const features = {
  image_raw: FixedLenFeature([28, 28, 1], 'uint8'),
  label: FixedLenFeature([], 'int32'),
}

/** Examples in memory, parsed. */
export const parseExamples: Case = {
  name: 'Example: parse Examples of 784 bytes and two integers, in memory',
  element: 'record',
  open() {
    const records = Array.from({ length: batches }, (_, batch) =>
      Array.from({ length: batchSize }, (_unused, i) =>
        encodeExample({
          image_raw: bytesFeature(new Uint8Array(784).fill(batch)),
          label: int64Feature(i % 10),
          pixels: int64Feature(784),
        }),
      ),
    )
    const one = compileParser(features)
    const many = compileBatchParser(features)
    const sparse = compileBatchParser({ label: VarLenFeature('int32') })
    const each = (use: (batch: readonly Uint8Array[]) => void) => (): number => {
      for (const batch of records) use(batch)
      return batches * batchSize
    }
    return Promise.resolve({
      sides: [
        { name: 'millrace, batches of 128 into columns', run: each(many) },
        {
          name: 'millrace, one by one',
          run: each((batch) => {
            for (const record of batch) one(record)
          }),
        },
        { name: 'millrace, one VarLenFeature of batches of 128', run: each(sparse) },
      ],
    })
  },
}
