import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { groups } from './cases/groups.ts'
import type { Result } from './group.ts'
import { benchOptions } from './options.ts'
import { installPeers } from './python/python.ts'

/** `npm run bench`: every case, its sides in turn; Markdown on standard output. */
const { json, python, rounds } = benchOptions()
if (python) installPeers()
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0].model.trim()}, median of ${rounds} rounds\n`)
const results: Result[] = []
for (const group of Object.keys(groups)) {
  // As in training: what finds mistakes in development is left out.
  const env = { NODE_ENV: 'production', ...process.env, BENCH_GROUP: group }
  const child = fork(fileURLToPath(new URL('group.js', import.meta.url)), process.argv.slice(2), {
    env,
    execArgv: ['--expose-gc'],
  })
  child.on('message', (result) => results.push(result as Result))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) {
    console.error(`The cases of ${group} failed.`)
    process.exitCode = 1
  }
}
if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`)
