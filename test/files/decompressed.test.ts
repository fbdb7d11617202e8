import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DataLossError } from '../../src/core/errors.ts'
import type { ByteSource } from '../../src/files/byteSource.ts'
import { decompressed, type Compression } from '../../src/files/decompressed.ts'

/** A source that gives at most `most` bytes a read, and counts how often it was closed. */
function memory(bytes: Uint8Array, most = Infinity, seekable = true): ByteSource & { closed: number } {
  return {
    file: 'memory',
    seekable,
    closed: 0,
    open: () => Promise.resolve(bytes.length),
    read(into, at, length, offset) {
      const part = bytes.subarray(offset, offset + Math.min(length, most))
      into.set(part, at)
      return Promise.resolve(part.length)
    },
    close() {
      this.closed++
      return Promise.resolve()
    },
  }
}

async function readAll(source: ByteSource, most = 1000): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  await source.open()
  try {
    for (let offset = 0; ;) {
      const part = new Uint8Array(most)
      const read = await source.read(part, 0, most, offset)
      if (read === 0) return Buffer.concat(parts)
      offset += read
      parts.push(part.subarray(0, read))
    }
  } finally {
    await source.close()
  }
}

const compress = { GZIP: gzipSync, ZLIB: deflateSync }
const text = Buffer.from('a line of text\n'.repeat(20_000))

describe('decompressed', () => {
  it.each(['GZIP', 'ZLIB'] as const)('undoes %s, whatever the sizes of reads', async (compression) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 3000 }),
        async (bytes, most, chunk) => {
          const source = memory(compress[compression](bytes), chunk, false)
          expect(Buffer.from(await readAll(decompressed(source, compression), most))).toEqual(Buffer.from(bytes))
          expect(source.closed).toBe(1)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('reads several members of GZIP one after the other', async () => {
    const members = Buffer.concat([gzipSync(text), gzipSync('more')])
    expect(Buffer.from(await readAll(decompressed(memory(members), 'GZIP'))).toString()).toBe(`${String(text)}more`)
  })

  it.each([true, false])('detects GZIP, and what is plain, seekable: %s', async (seekable) => {
    for (const [stored, plain] of [
      [gzipSync(text), text],
      [text, text],
      [Buffer.from([0x1f]), Buffer.from([0x1f])],
      [Buffer.alloc(0), Buffer.alloc(0)],
    ]) {
      expect(Buffer.from(await readAll(decompressed(memory(stored, 100, seekable), 'detect')))).toEqual(plain)
    }
  })

  it('says whether what it detected can be read anywhere', async () => {
    const [plain, zipped] = [memory(text), memory(gzipSync(text))].map((source) => decompressed(source, 'detect'))
    expect([await plain.open(), plain.seekable]).toEqual([text.length, true])
    expect([await zipped.open(), zipped.seekable]).toEqual([undefined, false])
    await Promise.all([plain.close(), zipped.close()])
  })

  it.each<[string, Uint8Array, Compression]>([
    ['cut short', gzipSync(text).subarray(0, 200), 'GZIP'],
    ['of another format', deflateSync(text), 'GZIP'],
    ['damaged', Buffer.concat([deflateSync(text).subarray(0, 50), Buffer.alloc(500, 0xff)]), 'ZLIB'],
  ])('names the file where it is %s', async (_, bytes, compression) => {
    const failing = readAll(decompressed(memory(bytes), compression))
    await expect(failing).rejects.toThrow(DataLossError)
    await expect(failing).rejects.toThrow(/^cannot decompress memory: /)
  })

  it('passes on the error of the source', async () => {
    const broken = { ...memory(text), read: () => Promise.reject(new DataLossError('the disk is gone.')) }
    await expect(readAll(decompressed(broken, 'GZIP'))).rejects.toThrow('the disk is gone.')
  })

  it('closes the source where it is left early, after the last read of it', async () => {
    const source = memory(gzipSync(randomBytes(1 << 20)))
    const plainRead = source.read.bind(source)
    let reading = 0
    source.read = async (...args) => {
      reading++
      const read = await plainRead(...args)
      reading--
      return read
    }
    source.close = () => {
      source.closed++
      expect(reading).toBe(0)
      return Promise.resolve()
    }
    const output = decompressed(source, 'GZIP')
    await output.open()
    await output.read(new Uint8Array(10), 0, 10, 0)
    await output.close()
    expect(source.closed).toBe(1)
  })
})
