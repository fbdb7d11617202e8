import { Readable } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import { DataLossError, MillraceError, messageOf } from '../core/errors.ts'
import { passOver, readFully, type ByteSource } from './byteSource.ts'

/** How the bytes of a file are compressed: `'GZIP'` (RFC 1952, also several members in a row) or `'ZLIB'` (RFC 1950). */
export type Compression = 'GZIP' | 'ZLIB'

/** Tells from the first bytes of a file how it is compressed. */
export interface CompressionDetector {
  /** How many bytes it looks at; a shorter file has fewer. */
  readonly bytes: number
  /** Undefined for bytes that are to be taken as they are. */
  detect(first: Uint8Array): Compression | undefined
}

/** Compressed bytes that are read at once. */
const chunkBytes = 1 << 18

/** Bytes that come out of the decompressor at once: each piece costs a journey to a thread and back. */
const outputBytes = 1 << 20

/** What `'detect'` stands for: GZIP's two magic bytes. */
const gzipOnly: CompressionDetector = {
  bytes: 2,
  detect: (first) => (first[0] === 0x1f && first[1] === 0x8b ? 'GZIP' : undefined),
}

/**
 * The decompressed bytes of another source, one after the other; a byte is copied once, out of the decompressor.
 *
 * @param compression the format, or `'detect'`: GZIP where the first two bytes say so, else the bytes as they are; or
 *   what is to detect it
 * @throws DataLossError from `read` where the compressed bytes are damaged or cut short
 */
export function decompressed(
  source: ByteSource,
  compression: Compression | 'detect' | CompressionDetector,
): ByteSource {
  return new DecompressedSource(source, compression === 'detect' ? gzipOnly : compression)
}

class DecompressedSource implements ByteSource {
  readonly file: string
  readonly #source: ByteSource
  readonly #compression: Compression | CompressionDetector
  #seekable = false
  #input: Readable | undefined
  #output: AsyncIterator<Buffer, undefined> | undefined
  /** What the decompressor gave and nobody took yet. */
  #rest: Uint8Array = new Uint8Array()
  /** The first bytes of a source that turned out not to be compressed and can be read anywhere. */
  #first: Uint8Array = new Uint8Array()

  constructor(source: ByteSource, compression: Compression | CompressionDetector) {
    this.file = source.file
    this.#source = source
    this.#compression = compression
  }

  get seekable(): boolean {
    return this.#seekable
  }

  get overlaps(): boolean {
    return this.#seekable && this.#source.overlaps === true
  }

  async open(start = 0): Promise<number | undefined> {
    const length = await this.#source.open()
    const compression = this.#compression
    if (typeof compression === 'string') {
      this.#start(compression, new Uint8Array())
      await passOver(this, start)
      return undefined
    }
    const first = new Uint8Array(compression.bytes)
    const read = await readFully(this.#source, first)
    const found = compression.detect(first.subarray(0, read))
    if (found !== undefined) {
      this.#start(found, first.subarray(0, read))
      await passOver(this, start)
      return undefined
    }
    this.#seekable = this.#source.seekable
    if (this.#seekable) this.#first = first.subarray(0, read)
    else {
      this.#rest = first.subarray(0, read)
      await passOver(this, start)
    }
    return length
  }

  async read(into: Uint8Array, at: number, length: number, offset: number): Promise<number> {
    if (offset < this.#first.length) {
      // A stream that can begin anywhere need not begin again for them.
      const part = this.#first.subarray(offset, offset + length)
      into.set(part, at)
      return part.length
    }
    if (this.#rest.length === 0) {
      if (this.#output === undefined) return this.#source.read(into, at, length, offset)
      this.#rest = await this.#decompress(this.#output)
    }
    const part = this.#rest.subarray(0, length)
    into.set(part, at)
    this.#rest = this.#rest.subarray(part.length)
    return part.length
  }

  cancel(): void {
    this.#source.cancel?.()
  }

  async close(): Promise<void> {
    await this.#output?.return?.()
    await this.#inputClosed()
    await this.#source.close()
  }

  #start(compression: Compression, first: Uint8Array): void {
    const options = { chunkSize: outputBytes }
    const stream = compression === 'GZIP' ? createGunzip(options) : createInflate(options)
    const input = Readable.from(chunks(this.#source, first))
    input.on('error', (error) => stream.destroy(error))
    stream.on('close', () => input.destroy())
    this.#input = input
    input.pipe(stream)
    this.#output = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  }

  /** The decompressor reads ahead: a read of the source may be in flight after the last one asked for. */
  async #inputClosed(): Promise<void> {
    const input = this.#input
    if (input === undefined || input.closed) return
    const closed = new Promise((resolve) => input.once('close', resolve))
    input.destroy()
    await closed
  }

  async #decompress(output: AsyncIterator<Buffer, undefined>): Promise<Uint8Array> {
    try {
      const result: IteratorResult<Buffer, undefined> = await output.next()
      return result.value ?? new Uint8Array()
    } catch (error) {
      if (error instanceof MillraceError) throw error
      throw new DataLossError(`cannot decompress ${this.file}: ${messageOf(error)}.`, {
        file: this.file,
        cause: error,
        hint: 'Is the file whole, and compressed in the way that was named?',
      })
    }
  }
}

async function* chunks(source: ByteSource, first: Uint8Array): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  for (let offset = first.length; ;) {
    const chunk = new Uint8Array(chunkBytes)
    const read = await source.read(chunk, 0, chunkBytes, offset)
    if (read === 0) return
    offset += read
    yield chunk.subarray(0, read)
  }
}
