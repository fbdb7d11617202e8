import type { Argument, Command, Option } from 'commander'

/** What may follow an option, or stand as an argument: one of some words, a file, anything else, or nothing. */
export type Value = readonly string[] | 'file' | 'other' | 'none'

/** An option, as scripts of completion need it. */
export interface OptionWords {
  /** As it is typed, `-o` and `--output`. */
  readonly flags: readonly string[]
  readonly description: string
  readonly value: Value
}

/** A command, as scripts of completion need it. */
export interface CommandTree {
  readonly name: string
  /** The words that lead to it: `millrace tfrecord info`. */
  readonly path: string
  readonly description: string
  readonly options: readonly OptionWords[]
  /** What its arguments are. */
  readonly value: Value
  readonly commands: readonly CommandTree[]
}

const help: OptionWords = { flags: ['-h', '--help'], description: 'display help', value: 'none' }

/** A command with those below it. */
export function treeOf(command: Command, before = ''): CommandTree {
  const path = `${before}${command.name()}`
  return {
    name: command.name(),
    path,
    description: command.description(),
    options: [...command.options.map(optionWords), help],
    value: argumentValue(command.registeredArguments[0]),
    commands: command.commands.map((child) => treeOf(child, `${path} `)),
  }
}

/** All commands of a tree, the outermost first. */
export function allOf(tree: CommandTree): CommandTree[] {
  return [tree, ...tree.commands.flatMap(allOf)]
}

function optionWords({ short, long, description, argChoices, flags }: Option): OptionWords {
  const words = [short, long].filter((word) => word !== undefined)
  if (!/[<[]/.test(flags)) return { flags: words, description, value: 'none' }
  return { flags: words, description, value: argChoices ?? (/<(file|dir)/.test(flags) ? 'file' : 'other') }
}

function argumentValue(argument: Argument | undefined): Value {
  return argument === undefined ? 'none' : (argument.argChoices ?? 'file')
}
