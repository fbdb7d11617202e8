import { groups } from './cases/groups.ts'
import { measure, type Case } from './measure.ts'
import { benchOptions } from './options.ts'
import { caseTable } from './report/caseTable.ts'
import type { Result } from './run.ts'
import { selects } from './selects.ts'

/** What the process of a group tells the one above. */
export type GroupMessage = { readonly result: Result } | { readonly note: string }

/** How long a side runs in a round, at least. */
const leastMs = 150

/** Runs the cases of the group that the environment names, prints their tables, and sends them to the process above. */
const { quick, rounds, names } = benchOptions(process.argv.slice(2)) ?? { quick: true, rounds: 1, names: [] }
for (const one of await groups[process.env.BENCH_GROUP ?? '']()) {
  if (!selects(names, one.name)) continue
  try {
    await run(one)
  } catch (error) {
    // The cases after it may well run.
    console.error(error)
    send({ note: `${one.name} failed: ${error instanceof Error ? error.message : String(error)}` })
    process.exitCode = 1
  }
}
process.disconnect()

async function run(one: Case): Promise<void> {
  const { name, element, unit = 'nanoseconds', once = false, mostRounds = Infinity } = one
  const opened = await one.open(quick)
  try {
    if (opened.sides.length === 0) {
      send({ note: `${name} is left out: nothing here can run it.` })
      return
    }
    const timings = await measure(opened.sides, {
      rounds: Math.min(rounds, mostRounds),
      warmUp: !quick && mostRounds > 1,
      leastMs: quick || once ? 0 : leastMs,
    })
    const result: Result = { name, element, unit, timings }
    console.log(`### ${name}\n\n${caseTable(result)}\n`)
    send({ result })
  } finally {
    for (const side of opened.sides) side.close?.()
    await opened.close?.()
  }
}

function send(message: GroupMessage): void {
  process.send?.(message)
}
