import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { expectTypeOf, it } from 'vitest'
import type { Dataset } from '../../src/index.ts'
import { FixedLenFeature, IndexedRecords, RecordReader, tfrecords, writeTFRecords } from '../../src/tfrecord/index.ts'

const features = { n: FixedLenFeature([], 'int32') }

it('tfrecords takes files of every kind', () => {
  expectTypeOf(tfrecords('a')).toEqualTypeOf<Dataset<Uint8Array>>()
  expectTypeOf(tfrecords(['a', new URL('file:///b')])).toEqualTypeOf<Dataset<Uint8Array>>()
  expectTypeOf(tfrecords({} as FileHandle)).toEqualTypeOf<Dataset<Uint8Array>>()
  expectTypeOf(tfrecords(() => createReadStream('a'))).toEqualTypeOf<Dataset<Uint8Array>>()
  expectTypeOf(tfrecords('a', { features, numParallelReads: 2, compression: 'auto' })).toEqualTypeOf<
    Dataset<{ n: number }>
  >()
  // @ts-expect-error a number is no file
  tfrecords(1)
  // @ts-expect-error there is no such compression
  tfrecords('a', { compression: 'BZIP2' })
})

it('tfrecords takes indexed files', async () => {
  const records = await IndexedRecords.open('a')
  expectTypeOf(tfrecords(records, { features })).toEqualTypeOf<Dataset<{ n: number }>>()
  expectTypeOf(records.at(0)).toEqualTypeOf<Promise<Uint8Array>>()
})

it('reports are typed', async () => {
  new RecordReader('a', { onError: 'skip', onSkip: ({ record, bytes }) => expectTypeOf(record + bytes).toBeNumber() })
  const written = await writeTFRecords('a', [], { shards: 2, shardBy: (_, index) => index })
  expectTypeOf(written.files).toEqualTypeOf<readonly string[]>()
})
