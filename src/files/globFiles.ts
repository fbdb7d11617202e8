import { lstat, stat, type Stats } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { globPattern } from './globPattern.ts'

/**
 * The paths of the files that match patterns, in no order, each once. Links are followed, but for one to a folder that
 * it lies in, which would go round for ever.
 */
export async function globFiles(patterns: readonly string[]): Promise<string[]> {
  // Loaded where it is used, so that importing this package loads no other.
  const { default: glob } = await import('fast-glob')
  return await glob(
    patterns.map((pattern) => globPattern(pattern)),
    { onlyFiles: true, fs: { stat: statUnlessLoop } },
  )
}

type Done = (error: NodeJS.ErrnoException | null, stats: Stats) => void

/** What a link leads to; of one that goes round, the link itself, which is neither file nor folder. */
function statUnlessLoop(path: string, done: Done): void {
  stat(path, (error, stats) => {
    if (error !== null || !stats.isDirectory()) {
      done(error, stats)
      return
    }
    goesRound(path).then(
      (round) => (round ? lstat(path, done) : done(null, stats)),
      (failure: unknown) => done(failure as NodeJS.ErrnoException, stats),
    )
  })
}

/** Whether a folder is one of those on the way to it. */
async function goesRound(path: string): Promise<boolean> {
  const target = await realpath(path)
  for (let above = dirname(path), below = path; above !== below; below = above, above = dirname(above)) {
    if ((await realpath(above)) === target) return true
  }
  return false
}
