import type { FileHandle } from 'node:fs/promises'
import { fileError } from '../core/errors.ts'
import type { ByteSource } from './byteSource.ts'

/** The bytes of a file that the caller opened, from its start and wherever its position is; the caller closes it. */
export function handleSource(handle: FileHandle, file = 'file handle'): ByteSource {
  return {
    file,
    seekable: true,
    overlaps: true,
    async open() {
      try {
        return (await handle.stat()).size
      } catch (error) {
        throw fileError(error, file, 'cannot open')
      }
    },
    async read(into, at, length, offset) {
      try {
        return (await handle.read(into, at, length, offset)).bytesRead
      } catch (error) {
        throw fileError(error, file, 'cannot read')
      }
    },
    close: () => Promise.resolve(),
  }
}
