import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Canvas } from '@napi-rs/canvas'
import { fileError, writeAtomically } from 'millrace'

/**
 * Writes `canvas` as a PNG file, making its folder where it is missing. The file appears whole or not at all.
 *
 * @throws ResourceExhaustedError and other named errors of the file system
 */
export async function writePng(path: string, canvas: Canvas): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder, 'cannot create the folder')
  })
  await writeAtomically(path, await canvas.encode('png'))
}
