import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for the files of a case; `close` removes it with all that is in it. */
export async function temporaryFolder(): Promise<{ folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  return { folder, close: () => rm(folder, { recursive: true }) }
}
