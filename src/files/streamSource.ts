import { FailedPreconditionError, fileError, InvalidArgumentError } from '../core/errors.ts'
import { passOver, type ByteSource } from './byteSource.ts'

/** Bytes in pieces, as Node's and the web's streams give them. */
export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * The bytes of a stream, copied once, out of its pieces. It is read once, from its start; a function gives a new stream
 * for each reading.
 *
 * @param file names it in errors
 * @throws (from open) FailedPreconditionError where a stream is opened for the second time
 */
export function streamSource(
  stream: ByteStream | (() => ByteStream | Promise<ByteStream>),
  file = 'stream',
): ByteSource {
  return new StreamSource(typeof stream === 'function' ? stream : once(stream, file), file)
}

/** Streams that were opened: they may be wrapped in another source each time. */
const opened = new WeakSet<object>()

function once(stream: ByteStream, file: string): () => ByteStream {
  return () => {
    if (opened.has(stream)) {
      throw new FailedPreconditionError(`${file} is a stream, which was read already.`, {
        file,
        hint: 'Give a function that opens it: () => stream.',
      })
    }
    opened.add(stream)
    return stream
  }
}

class StreamSource implements ByteSource {
  readonly file: string
  readonly seekable = false
  readonly #openStream: () => ByteStream | Promise<ByteStream>
  #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined
  #rest: Uint8Array = new Uint8Array()
  #cancelStream: (() => unknown) | undefined
  #ended = false

  constructor(openStream: () => ByteStream | Promise<ByteStream>, file: string) {
    this.#openStream = openStream
    this.file = file
  }

  async open(start = 0): Promise<undefined> {
    try {
      const stream = await this.#openStream()
      // A stream of Node's is told at once; a generator that waits hears of nothing before it goes on.
      const { destroy } = stream as { destroy?: () => unknown }
      this.#cancelStream = () => destroy?.call(stream)
      this.#pieces = Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()
    } catch (error) {
      throw fileError(error, this.file, 'cannot open')
    }
    await passOver(this, start)
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    while (this.#rest.length === 0 && !this.#ended) await this.#pull()
    const part = this.#rest.subarray(0, length)
    into.set(part, at)
    this.#rest = this.#rest.subarray(part.length)
    return part.length
  }

  async close(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#pieces?.return?.()
  }

  cancel(): void {
    this.#cancelStream?.()
  }

  async #pull(): Promise<void> {
    let result
    try {
      result = await this.#pieces?.next()
    } catch (error) {
      this.#ended = true
      throw fileError(error, this.file, 'cannot read')
    }
    if (result === undefined || result.done === true) {
      this.#ended = true
      return
    }
    const piece: unknown = result.value
    if (!(piece instanceof Uint8Array)) {
      throw new InvalidArgumentError(`${this.file} gave ${typeof piece} where bytes were expected.`, {
        file: this.file,
        hint: 'A stream of text has to give its bytes: leave out setEncoding().',
      })
    }
    this.#rest = piece
  }
}
