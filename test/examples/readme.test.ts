import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as ops from '../../src/ops/index.ts'
import * as sources from '../../src/sources/index.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const text = (name: string) => readFile(path(name), 'utf8')

describe('the README', () => {
  it('shows the sample program as it is', async () => {
    expect(await text('README.md')).toContain(`\`\`\`ts\n${await text('examples/readme/main.ts')}\`\`\``)
  })

  it('shows what the sample prints', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'readme-'))
    const run = promisify(execFile)(process.execPath, [path('examples/dist/readme/main.js')], { cwd: folder })
    const { stdout } = await run.finally(() => rm(folder, { recursive: true }))
    expect(await text('README.md')).toContain(`prints\n\n\`\`\`\n${stdout}\`\`\``)
  })
})

describe('the table of tf.data operations', () => {
  it.each([...Object.keys(ops), ...Object.keys(sources)])('has %s', async (name) => {
    expect(await text('docs/tensorflow.md')).toContain(name)
  })
})
