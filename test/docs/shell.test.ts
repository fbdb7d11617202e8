import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { codeBlocks } from './codeBlocks.ts'
import { fixtureFolder } from './fixtureFolder.ts'
import { pages } from './pages.ts'
import { shellPath } from './shellPath.ts'

/* The shell blocks of the documentation run, in a folder of fixtures, with what shellPath.ts says in the place of npm. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (page: string): string => readFileSync(`${root}${page}`, 'utf8')
const work = mkdtempSync(join(tmpdir(), 'millrace-shell-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))
const fixtures = await fixtureFolder(join(work, 'fixtures'))
const bin = shellPath(work)

async function shell(script: string): Promise<string> {
  const cwd = mkdtempSync(join(work, 'run-'))
  cpSync(fixtures, cwd, { recursive: true })
  symlinkSync(`${root}node_modules`, join(cwd, 'node_modules'))
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
  return promisify(execFile)('bash', ['-eo', 'pipefail', '-c', script], { cwd, env }).then(() => '', String)
}

const blocks = pages.flatMap((page) => {
  return codeBlocks(read(page)).flatMap(({ language, lines, heading }) => {
    if (language !== 'sh') return []
    return [{ place: `${page}:${lines[0].number}`, heading, script: lines.map(({ text }) => text).join('\n') }]
  })
})

describe('the shell blocks', () => {
  it.each(blocks)('$place $heading', async ({ script }) => {
    expect(await shell(script)).toBe('')
  })

  it('fail where a command does not exist', async () => {
    expect(await shell('npm run nothing')).toContain('there is no script nothing')
    expect(await shell('npm start -- --nothing')).toContain('start has no flag --nothing')
    expect(await shell('npm install left-pad')).toContain('left-pad is no package that we know of')
    expect(await shell('npx millrace nothing')).toContain('nothing')
  })
})

const commands = pages.flatMap((page) => {
  return [
    ...new Set([...read(page).matchAll(/`(npm (?:run|start|test)[^`]*|npx millrace [^`]*)`/g)].map(([, text]) => text)),
  ].map((command) => ({ page, command }))
})

describe('the commands named in text', () => {
  it.each(commands)('$page: $command', async ({ command }) => {
    const words = command.replace(/\[.*?\]|\|.*|…/g, '')
    expect(await shell(words.startsWith('npx') ? `${words.split(' ').slice(0, 3).join(' ')} --help` : words)).toBe('')
  })
})
