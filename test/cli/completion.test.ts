import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { millraceCommand } from '../../src/cli/millraceCommand.ts'
import { allOf, treeOf } from '../../src/cli/completion/commandTree.ts'
import { freshFolder } from '../contract/freshFolder.ts'
import { runMillrace } from './terminal.ts'

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0
const sink = { write: () => true }
const tree = treeOf(millraceCommand({ stdout: sink, stderr: sink }, () => undefined))
const commands = tree.commands.map(({ name }) => name)

async function scriptOf(shell: string): Promise<string> {
  const { code, out, err } = await runMillrace('~', ['completion', shell])
  expect([code, err]).toEqual([0, ''])
  return out
}

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  it('knows every command, every option, and every word that an option takes', async () => {
    const script = await scriptOf(shell)
    for (const { path, options } of allOf(tree)) {
      expect(script).toContain(path)
      for (const { flags, value } of options) {
        for (const flag of flags) expect(script).toContain(shell === 'fish' ? flag.replace(/^-+/, '') : flag)
        if (typeof value !== 'string') expect(script).toContain(value.join(' '))
      }
    }
  })
})

it.each(['bash', 'zsh', 'fish'].filter(has))('the script for %s is one that the shell can read', async (shell) => {
  const file = freshFolder()
  writeFileSync(file, await scriptOf(shell))
  expect(spawnSync(shell, ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
})

describe.runIf(has('bash'))('bash', () => {
  const file = freshFolder()
  beforeAll(async () => {
    writeFileSync(file, await scriptOf('bash'))
  })

  /** What is offered for the last word. */
  function offered(...words: string[]): string[] {
    const code = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`
    const out = execFileSync('bash', ['--norc', '-c', code, 'bash', file, 'millrace', ...words], { encoding: 'utf8' })
    return out.split('\n').filter((word) => word !== '')
  }

  it.each<[string[], string[]]>([
    [[''], commands],
    [['e'], ['explain']],
    [['tfrecord', 'ver'], ['verify']],
    [['tfrecord', 'm'], ['merge']],
    [
      ['cache', ''],
      ['list', 'info', 'verify', 'clear'],
    ],
    [['--v'], ['--version']],
    [
      ['bench', '--'],
      ['--args', '--json', '--elements', '--seconds', '--warmup', '--repeat', '--help'],
    ],
    [['bench', 'pipeline.ts', '--re'], ['--repeat']],
    [['cache', 'clear', '--json', '--o'], ['--older-than']],
    [
      ['tfrecord', 'merge', '--compression', ''],
      ['GZIP', 'ZLIB'],
    ],
    [['tfrecord', 'convert', 'a.csv', '--from', 'j'], ['jsonl']],
    [['completion', 'z'], ['zsh']],
    // Names of files are bash's own.
    [['explain', 'pipe'], []],
    [['tfrecord', 'info', ''], []],
    [['preview', 'x', '-o', ''], []],
    [['bench', 'x', '--repeat', ''], []],
    [['nothing', 'b'], ['bench']],
  ])('offers for %j %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected)
  })

  it('offers files where the script has nothing to offer', () => {
    const folder = freshFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'a pipeline.ts'), '')
    const out = execFileSync('bash', ['--norc', '-c', 'source "$1"; complete -p millrace', 'bash', file], {
      encoding: 'utf8',
    })
    expect(out).toMatch(/^complete -o bashdefault -o default -F _millrace millrace\n$/)
  })
})
