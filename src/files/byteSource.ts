import { open, type FileHandle } from 'node:fs/promises'
import { fileError } from '../core/errors.ts'

/**
 * Where frames get their bytes: a file, a stream, or the output of a decompressor. Calls come one at a time, `open` first,
 * but for reads where they may overlap; `close` comes once, after every other call has settled, and only where `open` was
 * called.
 */
export interface ByteSource {
  /** Names the source in errors. */
  readonly file: string
  /** Whether `read` may be called for any offset; otherwise offsets follow each other without a gap. */
  readonly seekable: boolean
  /**
   * Whether several reads may be in flight at the same time, as for a file on disk; false by default. Bytes are then read
   * further ahead.
   */
  readonly overlaps?: boolean | undefined
  /**
   * Makes it ready; gives its length in bytes, or undefined where that is not known before the end. The first read will
   * be at `start` (default 0): one that is not seekable passes over the bytes before it.
   */
  open(start?: number): Promise<number | undefined>
  /** Fills up to `length` bytes of `into` from `at` with those at `offset`; gives how many, 0 at the end only. */
  read(into: Uint8Array, at: number, length: number, offset: number): Promise<number>
  close(): Promise<void>
  /** Makes calls in flight fail soon, where they may wait for long; `close` follows once they did. Called at any time. */
  cancel?(): void
}

/** The bytes of one file (or pipe), as they are stored. */
export function fileSource(file: string): ByteSource {
  let handle: FileHandle | undefined
  let regular = false
  return {
    file,
    get seekable() {
      return regular
    },
    get overlaps() {
      return regular
    },
    async open(start = 0) {
      try {
        handle = await open(file)
        const stat = await handle.stat()
        regular = stat.isFile()
        if (!regular) await passOver(this, start)
        return regular ? stat.size : undefined
      } catch (error) {
        throw fileError(error, file, 'cannot open')
      }
    },
    async read(into, at, length, offset) {
      try {
        const { bytesRead } = (await handle?.read(into, at, length, regular ? offset : null)) ?? { bytesRead: 0 }
        return bytesRead
      } catch (error) {
        throw fileError(error, file, 'cannot read')
      }
    },
    async close() {
      await handle?.close()
    },
  }
}

/** Reads the first `count` bytes of a source that is not seekable, and drops them. */
export async function passOver(source: ByteSource, count: number): Promise<void> {
  if (count === 0) return
  const dropped = new Uint8Array(Math.min(count, 1 << 16))
  for (let at = 0; at < count;) {
    const read = await source.read(dropped, 0, Math.min(count - at, dropped.length), at)
    if (read === 0) return
    at += read
  }
}

/** Fills `into` with the bytes from `offset` on, and says how many there were: fewer only where the source ends. */
export async function readFully(source: ByteSource, into: Uint8Array, offset = 0): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    const read = await source.read(into, filled, into.length - filled, offset + filled)
    if (read === 0) break
    filled += read
  }
  return filled
}
