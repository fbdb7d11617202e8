import { groups } from './cases/groups.ts'
import { measure, type Timing } from './measure.ts'
import { benchOptions } from './options.ts'

/** A case that was measured. */
export interface Result {
  readonly name: string
  readonly element: string
  readonly timings: readonly Timing[]
}

/** How long a side runs in a round, at least. */
const leastMs = 150

/** Runs the cases of the group that the environment names, prints their tables, and sends them to the process above. */
const { quick, rounds, names } = benchOptions()
for (const one of await groups[process.env.BENCH_GROUP ?? '']()) {
  const { name, element } = one
  if (names.length > 0 && !names.some((part) => name.includes(part))) continue
  const opened = await one.open(quick)
  try {
    const timings = await measure(opened.sides, rounds, quick ? 0 : leastMs)
    print(name, element, timings)
    process.send?.({ name, element, timings } satisfies Result)
  } finally {
    for (const side of opened.sides) side.close?.()
    await opened.close?.()
  }
}
process.disconnect()

function print(name: string, element: string, timings: readonly Timing[]): void {
  console.log(`### ${name}\n\n| | time a ${element} | least to most | times ours |\n|---|---|---|---|`)
  for (const { name: side, median, least, most, ratio } of timings) {
    console.log(`| ${side} | ${time(median)} | ${time(least)} to ${time(most)} | ${ratio.toFixed(2)} |`)
  }
  console.log()
}

function time(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(1)} ns`
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(2)} us`
  return `${(nanoseconds / 1e6).toFixed(1)} ms`
}
