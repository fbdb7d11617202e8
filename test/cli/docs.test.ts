import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { millraceCommand } from '../../src/cli/millraceCommand.ts'
import { allOf, treeOf } from '../../src/cli/completion/commandTree.ts'
import { ndarray } from '../../src/index.ts'
import { encodePng } from '../../src/image/index.ts'
import { freshFolder } from '../contract/freshFolder.ts'

/*
 * The examples of docs/cli.md are run, one after the other, in one folder: each line that begins with `$` is a command, and
 * what follows it is what it prints. In blocks marked `varies` the numbers, which are times or depend on them, and the widths
 * of columns are not compared.
 */

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const text = readFileSync(path('docs/cli.md'), 'utf8')
const folder = freshFolder()

const examples = [...text.matchAll(/^```console(| varies)\n(.*?)^```$/gms)].flatMap((found) =>
  found[2].split(/^\$ /m).flatMap((part) => {
    const end = part.indexOf('\n')
    return part === '' ? [] : [{ command: part.slice(0, end), prints: part.slice(end + 1), varies: found[1] !== '' }]
  }),
)

beforeAll(async () => {
  mkdirSync(folder)
  symlinkSync(path('node_modules'), join(folder, 'node_modules'))
  for (const [, name, code] of text.matchAll(/^```\w+\n(?:\/\/ |# )([\w.]+)\n(.*?)^```$/gms))
    writeFileSync(join(folder, name), code)
  const picture = await encodePng(ndarray(new Uint8Array(16 * 16 * 3).fill(100), [16, 16, 3]))
  for (const name of ['daisy', 'rose']) {
    mkdirSync(join(folder, 'flower_photos', name), { recursive: true })
    for (const i of name === 'daisy' ? [1, 2, 3] : [1])
      writeFileSync(join(folder, 'flower_photos', name, `${i}.png`), picture)
  }
})

/** A text without what depends on time. */
const still = (printed: string) =>
  printed
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DATE')
    .replaceAll(/[0-9a-f]{32}/g, 'KEY')
    .replaceAll(/\d[\d,]*(\.\d+)?/g, 'N')
    .replaceAll(/ seconds? /g, ' s ')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ $/gm, '')

describe('docs/cli.md', () => {
  it.each(examples)('$command', ({ command, prints, varies }) => {
    const script = `millrace() { "${process.execPath}" "${path('dist/cli/main.js')}" "$@"; }; ${command}`
    const printed = execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
    if (varies) expect(still(printed)).toBe(still(prints))
    else expect(printed).toBe(prints)
  })

  it('has an example of every command', () => {
    const sink = { write: () => true }
    const tree = treeOf(millraceCommand({ stdout: sink, stderr: sink }, () => undefined))
    const shown = allOf(tree).filter(({ commands }) => commands.length === 0)
    expect(shown.map(({ path: words }) => words).filter((words) => !text.includes(`\n$ ${words} `))).toEqual([])
  })
})
