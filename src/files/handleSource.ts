import type { FileHandle } from 'node:fs/promises'
import { FailedPreconditionError, fileError } from '../core/errors.ts'
import { passOver, type ByteSource } from './byteSource.ts'

/** Handles of pipes and the like whose bytes were read. */
const drained = new WeakSet<FileHandle>()

/**
 * The bytes of a file that the caller opened; the caller closes it. A regular file is read from its start, wherever its
 * position is, as often as wanted; a pipe, a socket or a device as it comes, once.
 *
 * @throws (from open) FailedPreconditionError where a pipe was read already
 */
export function handleSource(handle: FileHandle, file = 'file handle'): ByteSource {
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
      let stat
      try {
        stat = await handle.stat()
      } catch (error) {
        throw fileError(error, file, 'cannot open')
      }
      regular = stat.isFile()
      if (regular) return stat.size
      if (drained.has(handle)) throw readAlready(file)
      drained.add(handle)
      await passOver(this, start)
      return undefined
    },
    async read(into, at, length, offset) {
      try {
        return (await handle.read(into, at, length, regular ? offset : null)).bytesRead
      } catch (error) {
        throw fileError(error, file, 'cannot read')
      }
    },
    close: () => Promise.resolve(),
  }
}

function readAlready(file: string): FailedPreconditionError {
  return new FailedPreconditionError(`${file} is a pipe or a device, which was read already.`, {
    file,
    hint: 'Give a function that opens it: () => open(path).then((handle) => handle.createReadStream()).',
  })
}
