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

/** What the harness has to find wrong, by what it says. */
const faults = {
  'it is    2\nand not  3': '1 + 1 // 3',
  "is not assignable to type 'string'": 'const text: string = 1',
  'the reason': "throw new Error('the reason')",
  '1 of 1 checks were not reached': 'for (const x of []) console.log(x) // 1',
  'it is    nothing': '1 // throws Error: x',
}

const built = buildPrograms([
  ...Object.entries(faults).flatMap(([fault, code]) =>
    pagePrograms('faults', `# ${fault.replace('\n', ' ')}\n\`\`\`ts\n${code}\n\`\`\``),
  ),
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

describe('an example', () => {
  it.each(Object.keys(faults).map((fault, i) => [fault, i] as const))('that is wrong: %s', async (fault, i) => {
    const program = (groups.get('faults') ?? [])[i]
    const outcome = await outcomeOf('faults', program)
    expect([...program.complaints, outcome?.failure].join('\n')).toContain(fault)
  })
})

describe.each([...groups].filter(([group]) => group !== 'faults'))('the examples of %s', (group, programs) => {
  it.each(programs)('$page: $title', async (program) => {
    expect(program.complaints.join('\n')).toBe('')
    const outcome = await outcomeOf(group, program)
    expect(outcome?.failure ?? '').toBe('')
    if (program.output !== undefined) expect(outcome?.printed).toBe(program.output)
  })
})
