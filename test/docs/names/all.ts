import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

export { readFile, writeFile } from 'node:fs/promises'
export { Readable } from 'node:stream'

/** The path of a new file with this content. */
export function file(content: string | Uint8Array, name: string = randomUUID()): string {
  const path = resolve(name)
  writeFileSync(path, content)
  return path
}
