import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Canvas } from '@napi-rs/canvas'

/**
 * Writes `canvas` as a PNG file, making its folder where it is missing. The file appears whole or not at all: it is
 * written beside its place under a temporary name, then renamed.
 */
export async function writePng(path: string, canvas: Canvas): Promise<void> {
  const bytes = await canvas.encode('png')
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, bytes, { flush: true })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
