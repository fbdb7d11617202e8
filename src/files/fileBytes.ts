import { wrongArgument } from '../core/checks.ts'
import { fileSource, readFully, type ByteSource } from './byteSource.ts'
import { decompressed, type Compression } from './decompressed.ts'

/** How a file is taken: decompressed, `'detect'` for GZIP where its first bytes say so, or as it is stored. */
export type FileCompression = Compression | 'detect' | 'none'

const compressions: readonly unknown[] = ['GZIP', 'ZLIB', 'detect', 'none'] satisfies readonly FileCompression[]

/** Refuses what is no kind of compression. */
export function checkCompression(operation: string, compression: unknown = 'detect'): FileCompression {
  if (compressions.includes(compression)) return compression as FileCompression
  throw wrongArgument(operation, 'compression', "'GZIP', 'ZLIB', 'detect' or 'none'", compression)
}

/** The bytes of a file, decompressed. */
export function fileBytes(path: string, compression: FileCompression): ByteSource {
  const source = fileSource(path)
  return compression === 'none' ? source : decompressed(source, compression)
}

/** All bytes of a file, decompressed. */
export async function readWhole(path: string, compression: FileCompression): Promise<Buffer> {
  const source = fileBytes(path, compression)
  try {
    const length = await source.open()
    return length === undefined ? await gather(source) : await fill(source, length)
  } finally {
    await source.close()
  }
}

async function fill(source: ByteSource, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  return bytes.subarray(0, await readFully(source, bytes))
}

async function gather(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let offset = 0; ;) {
    const chunk = Buffer.allocUnsafeSlow(1 << 20)
    const read = await source.read(chunk, 0, chunk.length, offset)
    if (read === 0) return Buffer.concat(chunks)
    offset += read
    chunks.push(chunk.subarray(0, read))
  }
}
