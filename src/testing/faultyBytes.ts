import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { UnavailableError } from '../core/errors.ts'

/** What goes wrong with a run of bytes. */
export interface ByteFaults {
  /** Ends after so many bytes, as a file that was cut off; never by default. */
  readonly truncateAt?: number
  /** Fails once so many bytes were given, as a connection that broke; never by default. */
  readonly failAt?: number
  /** What it fails with; an UnavailableError by default. */
  readonly error?: unknown
  /** Offsets of bytes of which a bit is wrong: the number of the bit, 0 to 7, by offset. None by default. */
  readonly flip?: Readonly<Record<number, number>>
  /** The most bytes in a chunk; 65,536 by default. */
  readonly chunkBytes?: number
}

/**
 * Bytes as a stream that is cut off, breaks or is damaged: what a source that reads streams takes in place of a file, to try
 * how your code meets damage, as in `tfrecords([faultyBytes(bytes, { truncateAt: 100 })])`. Can be read as often as wanted; `bytes` is not changed.
 *
 * @example
 * Dataset.fromGenerator(faultyBytes(Buffer.from('three'), { truncateAt: 3, chunkBytes: 2 })).map((bytes) => bytes.length) // 2, 1
 * @throws InvalidArgumentError where an option is not what it must be
 */
export function faultyBytes(bytes: Uint8Array, faults: ByteFaults = {}): AsyncIterable<Uint8Array> {
  if (!(bytes instanceof Uint8Array)) throw wrongArgument('faultyBytes', 'bytes', 'a Uint8Array', bytes)
  checkOptions('faultyBytes', faults, ['truncateAt', 'failAt', 'error', 'flip', 'chunkBytes'])
  const infinite = { infinite: true }
  const truncateAt = checkCount('faultyBytes', 'truncateAt', faults.truncateAt ?? Infinity, infinite)
  const failAt = checkCount('faultyBytes', 'failAt', faults.failAt ?? Infinity, infinite)
  const chunkBytes = checkCount('faultyBytes', 'chunkBytes', faults.chunkBytes ?? 1 << 16, { min: 1 })
  const flips = Object.entries(faults.flip ?? {}).map(([offset, bit]): readonly [number, number] => {
    const place = checkCount('faultyBytes', 'an offset of flip', Number(offset))
    if (place >= bytes.length) {
      throw wrongArgument('faultyBytes', 'an offset of flip', `less than ${bytes.length}, the number of bytes`, place)
    }
    if (checkCount('faultyBytes', `flip[${offset}]`, bit) > 7) {
      throw wrongArgument('faultyBytes', `flip[${offset}]`, 'the number of a bit, 0 to 7', bit)
    }
    return [place, bit]
  })
  const {
    error = new UnavailableError(`faultyBytes: the stream breaks after ${failAt} bytes because a test wants it to.`),
  } = faults
  const chunks = function* (): Generator<Uint8Array, undefined> {
    const end = Math.min(bytes.length, truncateAt, failAt)
    for (let start = 0; start < end; start += chunkBytes) {
      const chunk = bytes.slice(start, Math.min(start + chunkBytes, end))
      for (const [offset, bit] of flips) {
        if (offset >= start && offset < start + chunk.length) chunk[offset - start] ^= 1 << bit
      }
      yield chunk
    }
    if (failAt <= Math.min(bytes.length, truncateAt)) throw error
  }
  return {
    [Symbol.asyncIterator]() {
      const iterator = chunks()
      const settle = (step: () => IteratorResult<Uint8Array, undefined>) =>
        new Promise<IteratorResult<Uint8Array, undefined>>((resolve) => {
          resolve(step())
        })
      return { next: () => settle(() => iterator.next()), return: () => settle(() => iterator.return(undefined)) }
    },
  }
}
