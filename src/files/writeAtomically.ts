import { AtomicFile, type FileSystem } from './atomicFile.ts'

/**
 * Writes a file that appears whole, or not at all; the folder must exist.
 *
 * @param system the file system; replaced in tests
 * @throws NotFoundError, ResourceExhaustedError and other named errors of the file system
 */
export async function writeAtomically(path: string, bytes: Uint8Array, system?: FileSystem): Promise<void> {
  const file = await AtomicFile.create(path, system)
  try {
    await file.write(bytes, bytes.length)
    await file.finish(true)
    await file.publish()
  } catch (error) {
    await file.discard()
    throw error
  }
}
