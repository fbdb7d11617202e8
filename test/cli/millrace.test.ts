import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { millraceCommand } from '../../src/cli/millraceCommand.ts'
import { allOf, treeOf } from '../../src/cli/completion/commandTree.ts'
import { fails, ok, runMillrace } from './terminal.ts'

const sink = { write: () => true }
const commands = allOf(treeOf(millraceCommand({ stdout: sink, stderr: sink }, () => undefined)))
const millrace = (...args: string[]) => runMillrace('~', args)

describe('millrace', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(await millrace('--version')).toEqual(ok(`${version}\n`))
  })

  it('prints its help without a command, with exit code 2', async () => {
    const { code, out, err } = await millrace()
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', 'Usage: millrace [options] [command]'])
  })

  it.each([
    [['exlain'], 'exlain', 'explain'],
    [['prview', 'x'], 'prview', 'preview'],
    [['tfrecord', 'verfy', 'x'], 'verfy', 'verify'],
    [['cache', 'lst', 'x'], 'lst', 'list'],
  ])('names the command that %j is near to', async (args, wrong, near) => {
    expect(await millrace(...args)).toEqual(fails(2, `error: unknown command '${wrong}'\n(Did you mean ${near}?)`))
  })

  it('names the option that is near', async () => {
    expect(await millrace('bench', 'x', '--repaet', '1')).toEqual(
      fails(2, "error: unknown option '--repaet'\n(Did you mean --repeat?)"),
    )
  })

  it('does not take for its own what is no error of its own', async () => {
    const broken = { stdout: { write: () => { throw new Error('broken pipe') } }, stderr: sink } // prettier-ignore
    const { run } = await import('../../src/cli/run.ts')
    await expect(run(['--version'], broken)).rejects.toThrow('broken pipe')
  })
})

describe.each(commands.map(({ path, ...command }) => ({ path, ...command })))('$path', (command) => {
  const words = command.path.split(' ').slice(1)

  it('has help with examples, in lines that fit a page', async () => {
    const { code, out, err } = await millrace(...words, '--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^Usage: ${command.path} `))
    if (command.commands.length === 0) expect(out).toMatch(/\nExamples?:\n {2}\w/)
    for (const [, example] of out.matchAll(/^ {2}(?:source <\()?(millrace .*?)(?: {2,}#|\))/gm)) {
      expect(commands.some(({ path }) => `${example} `.startsWith(`${path} `))).toBe(true)
    }
  })

  it('prints JSON where it prints results', () => {
    const prints = command.commands.length === 0 && command.name !== 'completion'
    expect(command.options.some(({ flags }) => flags.includes('--json'))).toBe(prints)
  })
})

describe('the start', () => {
  it('loads commander alone: what a command needs is loaded once that runs', () => {
    const src = new URL('../../src/', import.meta.url)
    const packages = new Set<string>()
    const seen = new Set<string>()
    const visit = (url: URL): void => {
      if (seen.has(url.href)) return
      seen.add(url.href)
      const statements = readFileSync(url, 'utf8').matchAll(
        /^(?:import|export) (?!type )[^'\n]*?(?:\n[^']*?)?from '([^']+)'/gm,
      )
      for (const [, target] of statements) {
        if (target.startsWith('.')) visit(new URL(target, url))
        else packages.add(target)
      }
    }
    visit(new URL('cli/main.ts', src))
    expect([...seen].filter((href) => !href.startsWith(new URL('cli/', src).href))).toEqual([])
    expect(seen.size).toBeGreaterThan(10)
    expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['commander'])
  })
})
