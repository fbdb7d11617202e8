#!/usr/bin/env node
import { run } from './run.ts'

// Whoever reads the output may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
const exitCode = await run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr })
// Once all is written: a module of the user's may have left something open that would keep the process alive.
process.stdout.write('', () => process.exit(exitCode))
