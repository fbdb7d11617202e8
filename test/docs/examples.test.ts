import { grouped } from './grouped.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { buildPrograms, type Built, folder } from './buildPrograms.ts'
import { commentPrograms } from './commentPrograms.ts'
import { fixtureFolder } from './fixtureFolder.ts'
import { pagePrograms } from './pagePrograms.ts'
import { pages } from './pages.ts'
import { runPrograms } from './runPrograms.ts'
import type { Outcome } from './runtime/main.ts'

/*
 * The TypeScript of the documentation, and the examples in doc comments, are compiled strictly against the built package
 * and run. What they may use, and what of their comments is checked, is said in pagePrograms.ts, instrument.ts and
 * buildPrograms.ts.
 */

const root = fileURLToPath(new URL('../../', import.meta.url))
const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path}`)
const read = (page: string): string => readFileSync(`${root}${page}`, 'utf8')

const built = buildPrograms([
  ...pages.flatMap((page) => pagePrograms(page, read(page))),
  ...sources.toSorted().flatMap((page) => commentPrograms(page, read(page))),
])
const fixtures = await fixtureFolder(join(folder, 'fixtures'))
/** Pages run in a process each, and the doc comments of a room in one. */
const groups = grouped(built, ({ page }) => (page.startsWith('src/') ? page.split('/')[1] : basename(page)))
const running = new Map<string, Promise<Map<string, Outcome>>>()

async function outcomeOf(group: string, { main }: Built): Promise<Outcome | undefined> {
  const run = running.get(group) ?? runPrograms(group, groups.get(group) ?? [], fixtures)
  running.set(group, run)
  return (await run).get(main)
}

describe.each([...groups])('the examples of %s', (group, programs) => {
  it.each(programs)('$page: $title', async (program) => {
    expect(program.complaints.join('\n')).toBe('')
    const outcome = await outcomeOf(group, program)
    expect(outcome?.failure ?? '').toBe('')
    if (program.output !== undefined) expect(outcome?.printed).toBe(program.output)
  })
})
