import { frameBytes, frameRecord, type ByteSource } from 'millrace/tfrecord'

/** Bytes of frames that are given again and again. */
const blockBytes = 64e6

/** A TFRecord file of one record, over and over, that is generated as it is read: any length without a disk. */
export function generatedFile(record: Uint8Array, totalBytes: number): () => ByteSource {
  const frame = record.length + frameBytes
  const block = new Uint8Array(Math.floor(blockBytes / frame) * frame)
  for (let at = 0; at < block.length;) at = frameRecord(record, block, at)
  const total = Math.floor(totalBytes / frame) * frame
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
