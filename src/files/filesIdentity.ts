import { stat } from 'node:fs/promises'

/** What tells files from others of the same names, and from themselves after a change: paths, sizes and times. */
export async function filesIdentity(paths: readonly string[]): Promise<string> {
  const identities: unknown[] = []
  for (const path of paths) {
    // One that cannot be read is reported by whoever reads it.
    const found = await stat(path).catch(() => undefined)
    identities.push([path, found?.size, found?.mtimeMs])
  }
  return JSON.stringify(identities)
}
