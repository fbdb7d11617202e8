import { join } from 'node:path'
import { bytesFeature, floatFeature, int64Feature, type Feature } from '../../src/tfrecord/feature.ts'
import { writeTFRecords } from '../../src/tfrecord/writeTFRecords.ts'
import { fixtures, fromHex, type ListedFeature } from './fixtures.ts'

function featureOf([, kind, values]: ListedFeature): Feature {
  if (kind === 'bytes') return bytesFeature(values.map((hex) => fromHex(String(hex))))
  if (kind === 'int64') return int64Feature(values.map(BigInt))
  if (kind === 'float') return floatFeature(new Float32Array(Uint32Array.from(values, Number).buffer))
  return { kind: 'none', values: [] }
}

/** Writes each fixture in every form: as it is, compressed, and in shards. */
export async function writeFixtures(folder: string): Promise<void> {
  for (const { name, records } of fixtures) {
    const given = records.map(({ hex, features }) =>
      features === undefined
        ? fromHex(hex)
        : Object.fromEntries(features.map((listed) => [listed[0], featureOf(listed)])),
    )
    const path = join(folder, `${name}.tfrecord`)
    await writeTFRecords(path, given)
    for (const compression of ['GZIP', 'ZLIB'] as const)
      await writeTFRecords(`${path}.${compression}`, given, { compression })
    await writeTFRecords(`${path}.shards`, given, { recordsPerShard: 3 })
  }
}
