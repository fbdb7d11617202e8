import { once } from 'node:events'
import { constants, createDeflate, createGzip, type Deflate, type Gzip } from 'node:zlib'
import { checkCount, wrongArgument } from '../core/checks.ts'
import { fileError } from '../core/errors.ts'
import type { AtomicFile } from './atomicFile.ts'
import type { Compression } from './decompressed.ts'

/** Bytes that come out of the compressor at once: each piece costs a journey to a thread and back. */
const outputBytes = 1 << 16

/** Where the blocks of a file go: the file itself, or a compressor before it. */
export interface BlockSink {
  /** Appends `bytes[0, length)`, which are free again once the promise is settled; calls must not overlap. */
  write(bytes: Uint8Array, length: number): Promise<void>
  finish(sync: boolean): Promise<void>
  /** Frees what it holds, where finish() was not reached; never fails. */
  discard(): Promise<void>
}

/**
 * Compresses on its way into a file what is written, on a thread of Node's pool; a byte is copied once, out of the
 * compressor. The caller publishes the file.
 */
export class CompressedFile implements BlockSink {
  readonly #file: AtomicFile
  readonly #stream: Gzip | Deflate
  /** What the compressor gave and the file has not got yet. */
  #out: Buffer[] = []
  #failure: unknown

  constructor(file: AtomicFile, compression: Compression, level: number = constants.Z_DEFAULT_COMPRESSION) {
    this.#file = file
    this.#stream =
      compression === 'GZIP'
        ? createGzip({ level, chunkSize: outputBytes })
        : createDeflate({ level, chunkSize: outputBytes })
    this.#stream.on('data', (bytes: Buffer) => this.#out.push(bytes))
    this.#stream.on('error', (error) => (this.#failure ??= error))
  }

  async write(bytes: Uint8Array, length: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes.subarray(0, length), (error) => {
        if (error) reject(fileError(error, this.#file.path, 'cannot compress'))
        else resolve()
      })
    })
    await this.#flush()
  }

  async finish(sync: boolean): Promise<void> {
    const ended = once(this.#stream, 'end')
    this.#stream.end()
    await ended
    await this.#flush()
    await this.#file.finish(sync)
  }

  async discard(): Promise<void> {
    this.#stream.destroy()
    await this.#file.discard()
  }

  async #flush(): Promise<void> {
    if (this.#failure !== undefined) throw fileError(this.#failure, this.#file.path, 'cannot compress')
    const out = this.#out
    this.#out = []
    for (const bytes of out) await this.#file.write(bytes, bytes.length)
  }
}

/** Refuses what is no compression, and a level beyond 0 to 9. */
export function checkCompression(operation: string, compression: unknown, level?: unknown): void {
  if (compression !== undefined && compression !== 'GZIP' && compression !== 'ZLIB') {
    throw wrongArgument(operation, 'compression', "'GZIP' or 'ZLIB'", compression)
  }
  if (level !== undefined && checkCount(operation, 'compressionLevel', level) > 9) {
    throw wrongArgument(operation, 'compressionLevel', 'a whole number of 0 to 9', level)
  }
}
