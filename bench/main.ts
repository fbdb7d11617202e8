import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { groups } from './cases/groups.ts'
import type { GroupMessage } from './group.ts'
import { describeMachine } from './machine.ts'
import { installNpmPeers, npmPeersMissing } from './npm/npmPeers.ts'
import { benchOptions, usage, type BenchOptions } from './options.ts'
import { installPythonPeers, pythonPeersMissing } from './python/python.ts'
import { writeReport } from './report/writeReport.ts'
import type { Run } from './run.ts'
import { readRun, writeRun } from './runFile.ts'

/** `npm run bench`: every case, its sides in turn; Markdown on standard output, and as files what the options ask for. */
try {
  const options = benchOptions(process.argv.slice(2))
  if (options === undefined) process.stdout.write(usage)
  else await main(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}

async function main(options: BenchOptions): Promise<void> {
  const { python, npm, report, from } = options
  if (python) installPythonPeers()
  if (npm) installNpmPeers()
  const run = from === undefined ? await measureAll(options) : readRun(from)
  if (report === undefined) return
  const counts = Object.entries(writeReport(run, report)).map(([state, count]) => `${count} ${state}`)
  console.log(`${report}: of what is asked ${counts.join(', ')}.`)
}

/** Runs the groups one after the other. What is measured is kept as it comes. */
async function measureAll({ quick, rounds, names, json }: BenchOptions): Promise<Run> {
  const notes = [pythonPeersMissing(), npmPeersMissing()].filter((note) => note !== undefined)
  for (const note of notes) console.error(note)
  let run: Run = { complete: false, quick, rounds, names, machine: describeMachine(), results: [], notes }
  const { versions, cores, cpu } = run.machine
  console.log(`Node ${versions.node}, ${cores} x ${cpu}, median of ${rounds} rounds\n`)
  const keep = (changed: Partial<Run>): void => {
    run = { ...run, ...changed }
    if (json !== undefined) writeRun(json, run)
  }
  for (const group of Object.keys(groups)) {
    const code = await runGroup(group, (message) => {
      if ('result' in message) keep({ results: [...run.results, message.result] })
      else keep({ notes: [...run.notes, message.note] })
    })
    if (code === 0) continue
    process.exitCode = 1
    const note = `The process of the group ${group} ended with ${String(code)}.`
    console.error(note)
    keep({ notes: [...run.notes, note] })
  }
  if (names.length > 0 && run.results.length === 0 && run.notes.length === notes.length) {
    throw new Error(`No case ran: none has a name that contains ${names.join(' or ')}.`)
  }
  keep({ complete: true })
  return run
}

/** Runs a group in a process of its own; returns how it ended. */
async function runGroup(group: string, receive: (message: GroupMessage) => void): Promise<number | string> {
  // As in training: what finds mistakes in development is left out.
  const env = { NODE_ENV: 'production', ...process.env, BENCH_GROUP: group }
  const child = fork(fileURLToPath(new URL('group.js', import.meta.url)), process.argv.slice(2), {
    env,
    execArgv: ['--expose-gc'],
  })
  child.on('message', (message) => receive(message as GroupMessage))
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return code ?? signal ?? 1
}
