import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { fileError } from '../core/errors.ts'
import { imageFormat } from './imageFormat.ts'

/** Memory that files are read into, one after the other; larger ones have memory of their own. */
let scratch = new Uint8Array(0)
const scratchBytes = 4 * 2 ** 20

/**
 * The bytes of a file, read at once. Those of a JPEG lie in memory of this thread that the next call writes anew: they are
 * decoded before. No more than one byte beyond `maxBytes` is read.
 *
 * @throws NotFoundError and the like where it cannot be read
 */
export function readPicture(path: string, maxBytes = Infinity): Uint8Array {
  let file
  try {
    file = openSync(path, 'r')
    const stat = fstatSync(file)
    const size = Math.min(stat.size, maxBytes + 1)
    if (!stat.isFile() || size > scratchBytes) return readFileSync(file)
    if (scratch.length < size) scratch = new Uint8Array(2 * size)
    let read = 0
    while (read < size) {
      const more = readSync(file, scratch, read, size - read, null)
      if (more === 0) break
      read += more
    }
    const bytes = scratch.subarray(0, read)
    return imageFormat(bytes) === 'jpeg' ? bytes : bytes.slice()
  } catch (error) {
    throw fileError(error, path, 'cannot read')
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
