import { DataLossError } from '../../src/core/errors.ts'
import { crc32c, maskCrc } from '../../src/records/crc32c.ts'
import { frameBytes, writeUint32 } from '../../src/records/framing.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { fileOf, MemorySource } from '../tfrecord/fixtures.ts'
import { mutate, Random } from './mutate.ts'
import type { Outcomes } from './outcomes.ts'

const originals = [[], [0], [5, 0, 40], [120, 1], [3, 3, 3, 3]].map((lengths) =>
  lengths.map((length, n) => Uint8Array.from({ length }, (_, i) => i * 13 + length + n)),
)
const known = new Set(originals.flat().map((record) => Buffer.from(record).toString('hex')))

/**
 * Reads mutated files of frames, in every way that the reader has. Only DataLossError may come out, what is read must lie
 * in the file, and what passed its checksum must be what was written.
 */
export async function fuzzFrames(inputs: number, seed: number, outcomes: Outcomes): Promise<void> {
  const random = new Random(seed)
  for (let i = 0; i < inputs; i++) {
    const bytes = mutate(fileOf(random.pick(originals)), random)
    if (random.below(4) === 0) sealHeader(bytes, random)
    const options = {
      checksums: random.below(3) > 0,
      onError: random.pick(['throw', 'skip'] as const),
      chunkBytes: 1 + random.below(200),
      reuseMemory: random.below(2) === 0,
    }
    const source = new MemorySource(bytes, {
      sized: random.below(2) === 0,
      overlaps: random.below(2) === 0,
      most: 1 + random.below(300),
    })
    const reader = new RecordReader(source, options)
    try {
      let total = 0
      for (let record = await reader.next(); record !== undefined; record = await reader.next()) {
        total += record.length + frameBytes
        if (options.checksums && !known.has(Buffer.from(record).toString('hex'))) throw new Error('a wrong record')
      }
      if (total > bytes.length) throw new Error('more was read than there is')
      outcomes.count('read to its end')
    } catch (error) {
      if (!(error instanceof DataLossError)) throw outcomes.failure('frames', i, bytes, error)
      outcomes.count('DataLossError')
    }
    await reader.close()
    if (source.closes !== 1) throw outcomes.failure('frames', i, bytes, `closed ${source.closes} times`)
  }
}

/** Makes the first header right for any length. */
function sealHeader(bytes: Uint8Array, random: Random): void {
  if (bytes.length < 12) return
  writeUint32(bytes, 0, random.pick([0, bytes.length, 2 ** 31 - 1, 2 ** 32 - 1, random.below(2 ** 32)]))
  writeUint32(bytes, 4, random.pick([0, 0, 256, 2 ** 32 - 1]))
  writeUint32(bytes, 8, maskCrc(crc32c(bytes, 0, 8)))
}
