import { Command, InvalidArgumentError } from 'commander'
import { examples, json, type Example, type JsonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'

export interface ClearOptions extends JsonOptions {
  /** In milliseconds. */
  readonly olderThan?: number
  readonly key?: string
  readonly damaged: boolean
  readonly unfinished: boolean
  readonly saved: boolean
  readonly yes: boolean
}

/**
 * `millrace cache ...`
 *
 * @param exit to be called with the exit code where something is damaged, or cannot be deleted
 */
export function cacheCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const cache = new Command('cache').description('Look at, check and clear what cache, snapshot and save left on disk')
  const add = (usage: string, description: string, ...lines: readonly Example[]): Command =>
    cache
      .command(usage)
      .description(description)
      .addOption(json)
      .addHelpText('after', examples(...lines))
  add('list <directories...>', 'What is in directories: elements, sizes, ages, and whether each is whole', [
    'millrace cache list runs/cache',
    'a line for each pass that is kept',
  ]).action(async (directories: string[], options: JsonOptions) => {
    await (await import('./list.ts')).list(directories, options, terminal)
  })
  add('info <directories...>', 'The same at length: keys, seeds, what an element is, files', [
    'millrace cache info runs/cache',
    'or of one folder in it',
  ]).action(async (directories: string[], options: JsonOptions) => {
    await (await import('./info.ts')).info(directories, options, terminal)
  })
  add('verify <directories...>', 'Read every element and check it; exit code 1 where one is damaged', [
    'millrace cache verify runs/cache',
    'checksums, numbers and sizes',
  ]).action(async (directories: string[], options: JsonOptions) => {
    if (!(await (await import('./verify.ts')).verify(directories, options, terminal))) exit(1)
  })
  add(
    'clear <directories...>',
    'Delete passes that caches and snapshots keep, and what killed processes left; without --yes, only show it',
    ['millrace cache clear runs/cache', 'show what would be deleted'],
    ['millrace cache clear runs/cache --older-than 7d --yes', 'delete what was written a week ago or before'],
    ['millrace cache clear runs/cache --unfinished --yes', 'only what killed processes left'],
  )
    .option('--older-than <age>', 'only what was written so long ago: 30s, 90m, 12h, 7d or 2w', age)
    .option('--key <key>', 'only passes whose key begins so')
    .option('--damaged', 'only what is damaged', false)
    .option('--unfinished', 'only what killed processes left', false)
    .option('--saved', 'also what save wrote, which nothing makes again', false)
    .option('--yes', 'delete it', false)
    .action(async (directories: string[], options: ClearOptions) => {
      if (!(await (await import('./clear.ts')).clear(directories, options, terminal))) exit(1)
    })
  return cache
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

function age(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text)
  if (found === null) throw new InvalidArgumentError('It takes a number and a unit: 30s, 90m, 12h, 7d or 2w.')
  return Number(found[1]) * unitSeconds[found[2]] * 1000
}
