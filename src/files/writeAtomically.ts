import { AtomicFile } from './atomicFile.ts'

/**
 * Writes a file that appears whole, or not at all; the folder must exist.
 *
 * @throws NotFoundError, ResourceExhaustedError and other named errors of the file system
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path)
  try {
    await file.write(bytes, bytes.length)
    await file.finish(true)
    await file.publish()
  } catch (error) {
    await file.discard()
    throw error
  }
}
