import { fileSource } from '../files/byteSource.ts'
import type { Compression, CompressionDetector } from '../files/decompressed.ts'
import { crc32c, maskCrc } from './crc32c.ts'
import { headerBytes, readUint32 } from './framing.ts'

/**
 * Tells whether a file of records is compressed. A length may begin with the very bytes that mark GZIP (35,615) or ZLIB
 * (40,056), so a header with a right checksum comes first.
 */
export const recordCompression: CompressionDetector = {
  bytes: headerBytes,
  detect(first) {
    if (first.length < 2) return undefined
    if (first.length === headerBytes && readUint32(first, 8) === maskCrc(crc32c(first, 0, 8))) return undefined
    if (first[0] === 0x1f && first[1] === 0x8b && first[2] === 8) return 'GZIP'
    // RFC 1950: method 8, a window of at most 32 KiB, no preset dictionary, and 31 divides the two bytes.
    const zlib = (first[0] & 0x8f) === 8 && (first[1] & 0x20) === 0 && ((first[0] << 8) | first[1]) % 31 === 0
    return zlib ? 'ZLIB' : undefined
  },
}

/**
 * How a file of records is compressed, as its first bytes tell; undefined where it is not.
 *
 * @throws NotFoundError and other named errors of the file system
 */
export async function compressionOf(file: string): Promise<Compression | undefined> {
  const source = fileSource(file)
  const first = new Uint8Array(headerBytes)
  await source.open()
  try {
    return recordCompression.detect(first.subarray(0, await source.read(first, 0, headerBytes, 0)))
  } finally {
    await source.close()
  }
}
