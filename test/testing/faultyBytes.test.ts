import { describe, expect, it } from 'vitest'
import { DataLossError, UnavailableError } from 'millrace'
import { faultyBytes } from 'millrace/testing'
import { bytesFeature, tfrecords, TFRecordWriter, encodeExample } from 'millrace/tfrecord'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const all = async (stream: AsyncIterable<Uint8Array>): Promise<number[][]> => {
  const chunks: number[][] = []
  for await (const chunk of stream) chunks.push([...chunk])
  return chunks
}
const bytes = Uint8Array.of(1, 2, 3, 4, 5)

describe('faultyBytes', () => {
  it('gives the bytes in chunks, again and again', async () => {
    const stream = faultyBytes(bytes, { chunkBytes: 2 })
    expect(await all(stream)).toEqual([[1, 2], [3, 4], [5]])
    expect(await all(stream)).toEqual([[1, 2], [3, 4], [5]])
  })

  it('is cut off', async () => {
    expect(await all(faultyBytes(bytes, { truncateAt: 3, chunkBytes: 2 }))).toEqual([[1, 2], [3]])
    expect(await all(faultyBytes(bytes, { truncateAt: 0 }))).toEqual([])
    expect(await all(faultyBytes(bytes, { truncateAt: 99 }))).toEqual([[...bytes]])
  })

  it('breaks where it is told to, unless it ends before', async () => {
    const chunks: number[] = []
    const read = async () => {
      for await (const chunk of faultyBytes(bytes, { failAt: 3 })) chunks.push(...chunk)
    }
    await expect(read()).rejects.toThrow(UnavailableError)
    expect(chunks).toEqual([1, 2, 3])
    await expect(all(faultyBytes(bytes, { failAt: 5, error: new Error('gone') }))).rejects.toThrow('gone')
    expect(await all(faultyBytes(bytes, { failAt: 6 }))).toEqual([[...bytes]])
    expect(await all(faultyBytes(bytes, { failAt: 4, truncateAt: 2 }))).toEqual([[1, 2]])
  })

  it('flips bits in a copy', async () => {
    expect(await all(faultyBytes(bytes, { flip: { 0: 7, 4: 0 }, chunkBytes: 3 }))).toEqual([
      [129, 2, 3],
      [4, 4],
    ])
    expect([...bytes]).toEqual([1, 2, 3, 4, 5])
  })

  it('stands for a file that is damaged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faulty-'))
    try {
      const file = join(folder, 'a.tfrecord')
      const writer = await TFRecordWriter.create(file)
      for (const text of ['first', 'second'])
        await writer.write(encodeExample({ text: bytesFeature(Buffer.from(text)) }))
      await writer.close()
      const stored = await readFile(file)
      const damaged = tfrecords([faultyBytes(stored, { flip: { [stored.length - 8]: 2 } })])
      const iterator = damaged.iterator()
      expect((await iterator.next()).done).toBe(false)
      await expect(iterator.next()).rejects.toThrow(DataLossError)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it.each<[object, string]>([
    [{ truncateAt: -1 }, 'faultyBytes: truncateAt must be a whole number of at least 0, or Infinity, got -1.'],
    [{ flip: { 5: 0 } }, 'faultyBytes: an offset of flip must be less than 5, the number of bytes, got 5.'],
    [{ flip: { 0: 8 } }, 'faultyBytes: flip[0] must be the number of a bit, 0 to 7, got 8.'],
    [{ chunkBytes: 0 }, 'faultyBytes: chunkBytes must be a whole number of at least 1, got 0.'],
  ])('refuses %o', (faults, message) => {
    expect(() => faultyBytes(bytes, faults)).toThrow(message)
  })
})
