import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

let parent: string | undefined
let serial = 0

afterAll(() => {
  if (parent !== undefined) rmSync(parent, { recursive: true, force: true })
})

/** A folder that does not exist yet, in one that is removed when the tests of a file end. */
export function freshFolder(): string {
  parent ??= mkdtempSync(join(tmpdir(), 'millrace-test-'))
  return join(parent, String(serial++))
}
