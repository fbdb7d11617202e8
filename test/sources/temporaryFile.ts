import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string | undefined
let count = 0

/** The path of a new file with this content, which is gone when the process is. */
export function temporaryFile(content: string | Uint8Array, name?: string): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'millrace-'))
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
    folder = made
  }
  const path = join(folder, name ?? `file${count++}`)
  writeFileSync(path, content)
  return path
}
