/**
 * How much memory a file of any length takes to read: `node bench/dist/memory.js 10` for 10 GB, which are generated as
 * they are read.
 */
import {
  bytesFeature,
  encodeExample,
  FixedLenFeature,
  frameBytes,
  frameRecord,
  int64Feature,
  tfrecords,
  type ByteSource,
} from 'millrace/tfrecord'

const gigabytes = Number(process.argv[2] ?? 10)
/** Bytes of frames that are given again and again. */
const blockBytes = 64e6
/** Elements between two looks at the memory. */
const stride = 500

const digit = encodeExample({ image_raw: bytesFeature(new Uint8Array(784)), label: int64Feature(3) })
const features = { image_raw: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int32') }

await look('records of 200 KB', tfrecords(generated(new Uint8Array(200_000).fill(7))))
await look('Examples in batches of 128', tfrecords(generated(digit), { features }).batch(128))

/** Reads it all, and prints the memory of the process at the beginning and at the most. */
async function look(name: string, dataset: { forEach(visit: () => void): Promise<void> }): Promise<void> {
  let elements = 0
  let early = 0
  let most = 0
  await dataset.forEach(() => {
    if (++elements % stride !== 0) return
    const megabytes = process.memoryUsage.rss() / 1e6
    if (elements === stride) early = megabytes
    most = Math.max(most, megabytes)
  })
  console.log(
    `${gigabytes} GB, ${elements} ${name}: ${early.toFixed(0)} MB after ${stride}, at most ${most.toFixed(0)} MB`,
  )
}

/** A file of one record, over and over. */
function generated(record: Uint8Array): () => ByteSource {
  const frame = record.length + frameBytes
  const block = new Uint8Array(Math.floor(blockBytes / frame) * frame)
  for (let at = 0; at < block.length;) at = frameRecord(record, block, at)
  const total = Math.floor((gigabytes * 1e9) / frame) * frame
  return () => ({
    file: 'generated',
    seekable: true,
    open: () => Promise.resolve(total),
    read: (into, at, length, offset) => {
      const from = offset % block.length
      const part = block.subarray(from, from + Math.min(length, total - offset))
      into.set(part, at)
      return Promise.resolve(part.length)
    },
    close: () => Promise.resolve(),
  })
}
